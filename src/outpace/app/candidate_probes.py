"""Declared probes, sent straight to a candidate: the fix itself is shown before a user is sent to it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from outpace.model.probe import Exploited, Held, Probe, ProbeResult, ProbeUndecided


class Prober(Protocol):
    def probe(self, url: str, probe: Probe) -> ProbeResult: ...


def probed(
    probes: Collection[Probe],
    *,
    prober: Prober,
    candidate: str,
    baseline: str | None,
    exposed: Collection[str],
    report: Callable[[str], None],
) -> str:
    """Why it must not go on; empty: it may. `candidate` and `baseline` are addresses; `exposed` are the advisories that
    the candidate's locks match still: those exploit it, and it is not meant to hold them."""
    for probe in probes:
        name = probe.advisories[0]
        seen = prober.probe(candidate, probe)
        before = prober.probe(baseline, probe) if baseline is not None else None
        match seen:
            case Held():
                power = "exploits the release that runs, and " if isinstance(before, Exploited) else ""
                report(f"the probe of {name} {power}is held by the candidate")
            case Exploited(evidence) if isinstance(before, Held):
                return f"the probe of {name} exploits it, and not the release that runs: {evidence}"
            case Exploited(evidence) if not set(probe.advisories) & set(exposed):
                return f"it holds the fix of {name} by its locks, and the probe exploits it all the same: {evidence}"
            case Exploited():
                report(f"the probe of {name} exploits the candidate, which does not fix it")
            case ProbeUndecided(why):
                report(f"the probe of {name} says nothing of the candidate: {why}")
    return ""
