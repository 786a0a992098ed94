"""What testing needs of the world, and the records that go back and forth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from outpace.model.unknown import Unknown


class Told(Struct, frozen=True, kw_only=True):
    """What a program of `outpace.inside` answered, a JSON object a row. `ended` says why rows may be missing; `log` is
    the end of what the project's own code printed."""

    rows: tuple[bytes, ...]
    ended: Unknown | None = None
    log: str = ""


class Inside(Protocol):
    """The project's own Python over a tree that is thrown away, in the sandbox."""

    def ask(
        self,
        module: str,
        request: Mapping[str, Any],
        *,
        seconds: float,
        memory: int = 0,
        loopback: bool = True,
        routed: bool = False,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] = ...,
    ) -> Told:
        """Runs `outpace.inside.MODULE` with the request; without `loopback` there is no network at all;
        `routed`, every other address can be sent to, and nobody answers there.

        `heard` is given each row as it comes, for what shall outlive a run that is ended; in another thread.
        """
        ...
