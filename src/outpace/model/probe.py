"""An exchange that exploits the vulnerable and is held by the fixed, with a benign twin that succeeds on both."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sent exactly as written: the path is not normalized."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: str = ""


class Sign(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What in a response means it; all that is given must hold, and something must be given."""

    status: int | None = None
    contains: str | None = None

    def __post_init__(self) -> None:
        if self.status is None and self.contains is None:
            raise ValueError("a sign needs `status`, `contains` or both")


class Probe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    advisories: tuple[str, ...]
    request: Request
    exploited: Sign
    benign: Request
    success: Sign
    unsafe_allow_write: bool = False

    def __post_init__(self) -> None:
        if not self.advisories:
            raise ValueError("a probe names the advisories that it speaks of in `advisories`")
        methods = {self.request.method.upper(), self.benign.method.upper()}
        if not methods <= SAFE_METHODS and not self.unsafe_allow_write:
            raise ValueError(f"a probe uses {', '.join(sorted(SAFE_METHODS))} unless `unsafe_allow_write = true`")


class Exploited(Struct, frozen=True, tag=True):
    evidence: str


class Held(Struct, frozen=True, tag=True):
    """The exploit got nothing and the benign twin succeeded."""


class ProbeUndecided(Struct, frozen=True, tag="Undecided"):
    """Refused, unreachable, or the benign twin failed too."""

    why: str


ProbeResult: TypeAlias = Exploited | Held | ProbeUndecided
