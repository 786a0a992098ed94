"""What staging needs from a database engine."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from outpace.delivery.staging.masks import Plan
from outpace.delivery.staging.schema import Schema


class Copy(Struct, frozen=True, kw_only=True):
    """A masked copy that is complete. `address` may hold a password: it is for the application's environment alone."""

    name: str
    address: str
    bytes: int
    seconds: float
    rows: int
    cpu_seconds: float = 0.0  # of Outpace and of the programs that it ran, not of a database server
    way: str = ""  # how it was made

    def __repr__(self) -> str:
        return f"Copy(name={self.name!r}, bytes={self.bytes}, seconds={self.seconds}, rows={self.rows})"


class Copier(Protocol):
    """Only reads from the source, also where its role may write."""

    def schema(self, source: str) -> Schema:
        """Of a source or a copy. Samples values to say what they look like; none of them is in the answer."""
        ...

    def copy(self, source: str, plan: Plan, name: str) -> Copy:
        """Nobody can see the copy before it is masked. `name`: lower case letters, digits and _; another one of that
        name is refused. What a killed call leaves is among the leftovers."""
        ...

    def drop(self, name: str) -> None:
        """Also with somebody connected; a name that is not there is dropped already."""
        ...

    def leftovers(self) -> tuple[str, ...]:
        """Half-made copies whose makers are dead, by names that `drop` takes."""
        ...
