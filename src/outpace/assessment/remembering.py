"""What a plan promised: each step keeps its proof and its day until that is over, and is then told as it came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from msgspec.structs import replace

from outpace.assessment.chronicle import Chronicle
from outpace.assessment.episodes import Episode, History
from outpace.assessment.plan import Baseline, Compared, Lever, Plan, Planned, StageName, StageTime, Step
from outpace.assessment.stage_times import stage_times

PROVED: Mapping[Lever, frozenset[StageName]] = MappingProxyType(
    {
        "landing bot": frozenset({"until the first commit", "until it landed"}),
        "urgent lane": frozenset({"on the branch", "until it landed"}),
        "staging": frozenset({"until a tag"}),
    }
)
"""The stage in which it shows that a step worked."""


def promised(plan: Plan, at: date) -> tuple[Planned, ...]:
    """What was planned before keeps its day, also where the step was taken since and is due no longer."""
    kept = _running(plan.baseline, at)
    known = {each.lever for each in kept}
    return (*kept, *(_planned(step, plan.stages, at) for step in plan.steps if step.lever not in known))


def dated(steps: Sequence[Step], baseline: Baseline, at: date) -> tuple[Step, ...]:
    """Whoever asks every week is not put off every week."""
    days = {each.lever: each.measured_again for each in _running(baseline, at)}
    return tuple(replace(step, measured_again=days.get(step.lever, step.measured_again)) for step in steps)


def proofs(baseline: Baseline, history: History, chronicle: Chronicle, at: datetime) -> Iterator[Compared]:
    """The very measure of each step, of what opened since it was planned; unknown where no history tells it."""
    for each in baseline.planned:
        if each.stage is None:
            yield Compared(measure=f"{each.lever}: {each.proof}", then=None, now=None)
            continue
        since = replace(history, episodes=tuple(opened_since(history, each.since, at)))
        now = next((stage for stage in stage_times(since, chronicle, at=at) if stage.name == each.stage), None)
        yield Compared(
            measure=f"{each.lever}: days {each.stage} since {each.since}",
            then=each.median,
            now=None if now is None else now.median.value,
        )


def opened_since(history: History, day: date, at: datetime) -> list[Episode]:
    return [each for each in history.episodes if each.opened.date() > day and each.opened <= at]


def _running(baseline: Baseline | None, at: date) -> tuple[Planned, ...]:
    planned = () if baseline is None else baseline.planned
    return tuple(each for each in planned if each.measured_again is not None and at <= each.measured_again)


def _planned(step: Step, stages: Sequence[StageTime], at: date) -> Planned:
    shows = next((stage for stage in stages if stage.name in PROVED.get(step.lever, ())), None)
    return Planned(
        lever=step.lever,
        proof=step.proof,
        since=at,
        measured_again=step.measured_again,
        stage=None if shows is None else shows.name,
        median=None if shows is None else shows.median.value,
    )
