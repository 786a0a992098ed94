"""What the engines of Poetry and PDM have in common: the words of each tool around one way of locking again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from outpace.engines.python_program import Program
from outpace.remediation.ports import Step, Unsolvable


class Held(Struct, frozen=True, kw_only=True):
    """One package at one version, for as long as a lock is made; `source` is the declared name of its index."""

    name: str
    version: str
    marker: str = ""
    source: str = ""


class Source(Struct, frozen=True):
    """An index that the project declares."""

    name: str
    url: str


class LockTool(Protocol):
    """A program that writes a lock, in words. Projects and locks are files' contents."""

    @property
    def program(self) -> str:
        """As it is called."""
        ...

    def refused(self, program: Program) -> str | None:
        """Why this version of it is not run."""
        ...

    def words(self, program: Program) -> tuple[str, ...]:
        """Locks again and keeps every version that the lock has, as far as that can be."""
        ...

    def command(self, program: Program) -> str:
        """The same, as its user types it."""
        ...

    def environment(self, place: Path) -> Mapping[str, str]:
        """`place` is private, and may be written."""
        ...

    def hosts(self, program: Program) -> str:
        """A text of the program's own that names where it goes if no project says otherwise."""
        ...

    def inert(self, project: bytes) -> bytes:
        """The project without what would run; it must lock to the very same file."""
        ...

    def holding(self, project: bytes, lock: bytes, held: tuple[Held, ...]) -> bytes:
        """The project with one more demand for each."""
        ...

    def moved(self, project: bytes, file: str, steps: tuple[Step, ...]) -> tuple[bytes, tuple[str, ...]]:
        """The project in which exact demands on what the steps leave name what they reach, and words for each."""
        ...

    def sources(self, project: bytes) -> tuple[Source, ...]: ...

    def python(self, project: bytes, lock: bytes) -> str:
        """The Pythons of the project as a PEP 440 specifier; empty where it cannot be said so."""
        ...

    def format(self, lock: bytes) -> str: ...

    def unsolvable(
        self, said: str, wanted: Mapping[str, str], locked: Mapping[str, str], project: bytes
    ) -> Unsolvable | None:
        """None where it failed otherwise than by finding no solution. `said` is one line."""
        ...

    def reason(self, said: str) -> str: ...
