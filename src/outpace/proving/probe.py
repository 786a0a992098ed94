"""What an exchange says: exploited, held or undecided, and what base and change together prove."""

from __future__ import annotations

from outpace.model.probe import Exploited, Held, Probe, ProbeResult, ProbeUndecided, Sign
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.unknown import Unknown
from outpace.proving.ports import Answer, Exchange, NoResponse, Rehearsed, Response

SERVER_ERROR = 500
STARTS = "see that the application starts and serves its twin"


def read(probe: Probe, rehearsed: Rehearsed) -> ProbeResult:
    """Held needs the benign twin to succeed before and after the exploit; an exploit that shows needs nothing else."""
    match rehearsed:
        case Unknown(why):
            return ProbeUndecided(why)
        case Exchange(before=before, exploit=exploit, after=after):
            if shows(probe.exploited, exploit):
                return Exploited(_evidence(probe))
            if not shows(probe.success, before):
                return ProbeUndecided(f"the benign twin did not succeed: {_told(before)}")
            if not shows(probe.success, after):
                return ProbeUndecided(f"the benign twin did not succeed after the exploit: {_told(after)}")
            return Held() if isinstance(exploit, Response) else ProbeUndecided(f"the exploit: {_told(exploit)}")


def shows(sign: Sign, answer: Answer) -> bool:
    match answer:
        case NoResponse():
            return False
        case Response(status=status, body=body):
            held = sign.status is None or sign.status == status
            return held and (sign.contains is None or sign.contains.encode() in body)


def judge(probe: Probe, base: Rehearsed, change: Rehearsed) -> Result:
    """Exploited on base with a twin that succeeds there, and held on the change."""
    on_base, on_change = read(probe, base), read(probe, change)
    match on_change:
        case Exploited(evidence):
            return Failed(f"still exploited on the change: {evidence}")
        case ProbeUndecided(why):
            return CheckUndecided(f"no answer on the change: {why}", STARTS)
        case Held():
            pass
    match on_base:
        case Held():
            return CheckUndecided(
                "base is not exploited: it is held there too", "a probe that exploits what runs today"
            )
        case ProbeUndecided(why):
            return CheckUndecided(f"no answer on base: {why}", STARTS)
        case Exploited(evidence):
            if not _twin_succeeds(probe, base):
                return CheckUndecided("the benign twin does not succeed on base", "another `benign` request")
            return Passed(f"exploited on base ({evidence}), held on the change")


def _twin_succeeds(probe: Probe, rehearsed: Rehearsed) -> bool:
    return isinstance(rehearsed, Exchange) and shows(probe.success, rehearsed.before)


def _evidence(probe: Probe) -> str:
    sign = probe.exploited
    shown = [f"status {sign.status}"] if sign.status is not None else []
    shown += [f"the answer contains {sign.contains!r}"] if sign.contains is not None else []
    return f"{probe.request.method} {probe.request.path}: {', '.join(shown)}"


def _told(answer: Answer) -> str:
    match answer:
        case NoResponse(why):
            return why
        case Response(status=status):
            return f"status {status}" if status < SERVER_ERROR else f"status {status}, a server error"
