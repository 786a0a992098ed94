"""What two answers say of a probe: the exploit's, and its benign twin's."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.model.fact import digest_of
from outpace.model.probe import Exploited, Held, Probe, ProbeResult, ProbeUndecided, Sign


class Response(Struct, frozen=True, kw_only=True):
    """What came back; the body as far as it was read."""

    status: int
    body: bytes = b""


class NoResponse(Struct, frozen=True, tag=True):
    """Refused, cut off, too late, or not sent."""

    why: str


Exchange: TypeAlias = Response | NoResponse


class Probed(Struct, frozen=True, kw_only=True):
    """A result, when the exchange began, and of which probe."""

    result: ProbeResult
    at: datetime
    probe: str  # digest


def digest(probe: Probe) -> str:
    return digest_of("probe", probe)


def shows(sign: Sign, response: Response) -> bool:
    """All that the sign gives must hold."""
    status = sign.status is None or response.status == sign.status
    return status and (sign.contains is None or sign.contains.encode() in response.body)


def judge(exploit: Exchange, twin: Exchange, probe: Probe) -> ProbeResult:
    """Held only if the service is well: an exploit that gets nothing from a service that is down shows nothing."""
    match exploit:
        case Response() if shows(probe.exploited, exploit):
            return Exploited(f"{_told(probe.request.method, probe.request.path)} answered {_described(exploit, probe)}")
        case NoResponse(why):
            return ProbeUndecided(f"the exploit was not answered: {why}")
        case Response():
            return _by_twin(twin, probe)


def _by_twin(twin: Exchange, probe: Probe) -> ProbeResult:
    match twin:
        case NoResponse(why):
            return ProbeUndecided(f"the benign twin was not answered: {why}")
        case Response() if shows(probe.success, twin):
            return Held()
        case Response(status=status):
            return ProbeUndecided(f"the benign twin did not succeed either: it was answered with {status}")


def _told(method: str, path: str) -> str:
    return f"{method.upper()} {path}"


def _described(response: Response, probe: Probe) -> str:
    contains = probe.exploited.contains
    return f"{response.status}" if contains is None else f"{response.status} with {contains!r}"
