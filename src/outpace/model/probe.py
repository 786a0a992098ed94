"""An exchange that exploits the vulnerable and is held by the fixed, with a benign twin that succeeds on both."""

from __future__ import annotations

from collections.abc import Mapping
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


class Response(Struct, frozen=True, tag=True, kw_only=True):
    """All of an answer."""

    status: int
    body: bytes = b""


class Partial(Struct, frozen=True, tag=True, kw_only=True):
    """What could be read of an answer: what is missing may be just what was looked for."""

    status: int
    body: bytes
    why: str


class NoResponse(Struct, frozen=True, tag=True):
    """Refused, cut off before its body, too late, or not sent."""

    why: str


Answer: TypeAlias = Response | Partial | NoResponse

SERVER_ERROR = 500


def judged(probe: Probe, exploit: Answer, twins: Mapping[str, Answer]) -> ProbeResult:
    """Held needs whole answers, and each twin to succeed: a service that is down holds everything. An exploit that
    shows needs nothing else. `twins` are by when they were sent."""
    if shows(probe.exploited, exploit):
        return Exploited(_evidence(probe))
    for when, twin in twins.items():
        if not succeeds(probe, twin):
            return ProbeUndecided(f"the benign twin did not succeed{when and ' '}{when}: {_told(twin)}")
    match exploit:
        case Response():
            return Held()
        case Partial() | NoResponse():
            return ProbeUndecided(f"the exploit: {_told(exploit)}")


def succeeds(probe: Probe, twin: Answer) -> bool:
    return isinstance(twin, Response) and shows(probe.success, twin)


def shows(sign: Sign, answer: Answer) -> bool:
    """All that the sign gives is there, in as much of the answer as came."""
    match answer:
        case NoResponse():
            return False
        case Response(status=status, body=body) | Partial(status=status, body=body):
            held = sign.status is None or sign.status == status
            return held and (sign.contains is None or sign.contains.encode() in body)


def _evidence(probe: Probe) -> str:
    sign = probe.exploited
    shown = [f"status {sign.status}"] if sign.status is not None else []
    shown += [f"the answer contains {sign.contains!r}"] if sign.contains is not None else []
    return f"{probe.request.method} {probe.request.path}: {', '.join(shown)}"


def _told(answer: Answer) -> str:
    match answer:
        case NoResponse(why):
            return why
        case Partial(why=why):
            return f"no whole answer: {why}"
        case Response(status=status):
            return f"status {status}" if status < SERVER_ERROR else f"status {status}, a server error"
