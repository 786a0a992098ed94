"""What an exchange says: exploited, held or undecided, and what base and change together prove."""

from __future__ import annotations

from outpace.model.probe import Exploited, Held, Probe, ProbeResult, ProbeUndecided, judged, succeeds
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.unknown import Unknown
from outpace.proving.ports import Exchange, Rehearsed

STARTS = "see that the application starts and serves its twin"


def read(probe: Probe, rehearsed: Rehearsed) -> ProbeResult:
    match rehearsed:
        case Unknown(why):
            return ProbeUndecided(why)
        case Exchange(before=before, exploit=exploit, after=after):
            return judged(probe, exploit, {"": before, "after the exploit": after})


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
    return isinstance(rehearsed, Exchange) and succeeds(probe, rehearsed.before)
