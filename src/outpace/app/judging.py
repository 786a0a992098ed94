"""The judge of a rollout with its trail: each look is written down before it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from outpace.app.rollout_parts import LEAST_RPS
from outpace.delivery.edge.standing import Rollout
from outpace.delivery.rollout.budget import Budget, budget
from outpace.delivery.rollout.counts import Source, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import Header
from outpace.delivery.rollout.verdicts import Verdict
from outpace.model.edge import Risk, Urgency


class Trail(Protocol):
    """Of one rollout. Appending raises DiskFull where there is no room."""

    def judge(self) -> Judge | None:
        """As it stood at the end of what is written; None where nothing is."""
        ...

    def begin(self, header: Header) -> None: ...
    def add(self, tick: Tick, verdict: Verdict) -> None: ...


class Trailed:
    """Implements `rollout.Judging`. Looks that begin before the end of the trail, since whoever looks has lost the
    clock, go on from there."""

    def __init__(self, judge: Judge, trail: Trail) -> None:
        self._judge = judge
        self._trail = trail
        self._behind: float | None = None

    def hear(self, tick: Tick) -> Verdict:
        if self._behind is None:
            self._behind = max(self._judge.at - tick.at, 0.0)
        tick = replace(tick, at=tick.at + self._behind)
        verdict = self._judge.see(tick)
        self._trail.add(tick, verdict)
        return verdict


class Judges:
    """Implements `rollout.Judges`: by the risk that is declared."""

    def __init__(
        self,
        risk: Risk,
        *,
        urgency: Urgency,
        exposed_hours: float,
        soak_s: float,
        trails: Callable[[Rollout], Trail],
        report: Callable[[str], None],
        explain: bool = False,
    ) -> None:
        """`explain`: the whole arithmetic is reported, and not only what it comes to."""
        self._explain = explain
        self._risk = risk
        self._urgency: Urgency = urgency
        self._exposed_hours = exposed_hours
        self._soak_s = soak_s
        self._trails = trails
        self._report = report

    def of(self, rollout: Rollout, rps: float, sources: tuple[Source, ...]) -> Trailed:
        trail = self._trails(rollout)
        judge = trail.judge()
        if judge is None:
            made = budget(
                self._risk,
                urgency=self._urgency,
                rps=rps,
                soak_s=self._soak_s,
                exposed_hours=self._exposed_hours,
                before=sources,
            )
            for line in made.lines if self._explain else (_in_short(made, self._urgency),):
                self._report(line)
            judge = Judge(made)
            trail.begin(Header(baseline=rollout.baseline or "", candidate=rollout.candidate, budget=made))
        return Trailed(judge, trail)


def _in_short(made: Budget, urgency: Urgency) -> str:
    rate = f"{made.rps:.3g} requests a second" if made.rps > LEAST_RPS else "no request"
    return (
        f"{made.requests} requests without a failure promote it; if it fails, that may cost users {made.bad_responses} "
        f"bad answers at most ({urgency}, {rate} now)"
    )
