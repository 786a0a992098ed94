"""The plan: which kind of modernization, its steps, and how what an earlier assessment measured has moved since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from outpace.assessment.assessment import Assessment, Latency
from outpace.assessment.chronicle import Chronicle
from outpace.assessment.episodes import Episode, History
from outpace.assessment.evidence import Evidence
from outpace.assessment.evidence import Path as Which
from outpace.assessment.gates import AssessedGate
from outpace.assessment.latency import HORIZON, latency_of, present, since_published
from outpace.assessment.legacy import Sign, in_words
from outpace.assessment.levers import Ground, holds_fixes_up, steps
from outpace.assessment.ordering import is_served, longest_after
from outpace.assessment.paths import Adoption, Stalled, TrueAdoption, UnknownPath, WateredDown
from outpace.assessment.plan import Baseline, Compared, Modernization, Plan
from outpace.assessment.rehearsal import rehearse
from outpace.assessment.remembering import dated, opened_since, promised, proofs
from outpace.assessment.stage_times import longest_wait, stage_times
from outpace.pipelines.surveyed import Survey
from outpace.statistics.survival import survival

MOST = 8
FEWEST = 5  # of fewer a median says nothing


def plan(
    history: History,
    latency: Latency,
    adoption: Adoption,
    survey: Survey,
    gates: Sequence[AssessedGate],
    chronicle: Chronicle,
    baseline: Baseline | None,
    at: datetime,
    *,
    legacy: tuple[Sign, ...] = (),
) -> Plan:
    """Of how it is at present. `legacy` are the signs of it, `outpace.assessment.legacy.signs_of_legacy`."""
    now = present(history, at=at)
    stages = stage_times(now, chronicle, at=at)
    ground = Ground(
        history=now,
        survey=survey,
        gates=tuple(gates),
        stages=stages,
        rehearsal=rehearse(now, latency_of(now, at=at).from_published, chronicle, gates, at=at),
        legacy=legacy,
        at=at.date(),
    )
    kind, because = modernization(adoption, legacy if holds_fixes_up(now) else ())
    is_whole = len(now.episodes) == len(history.episodes)
    todo = steps(ground)[:MOST]
    longest = longest_wait(history, stages, since=None if is_whole else now.episodes[0].opened.date())
    wait = longest_after(stages)
    found = Plan(
        modernization=kind,
        because=because,
        stages=stages,
        steps=todo,
        longest=longest if wait is None or is_served(wait, todo) or not todo else f"{longest} No step here is for it.",
    )
    if baseline is None:
        return found
    since = since_then(baseline, opened_since(history, baseline.at, at))
    proved = proofs(baseline, history, chronicle, at)
    return replace(
        found,
        steps=dated(todo, baseline, at.date()),
        baseline=baseline,
        compared=(*compare(baseline, measured(latency, found, at)), since, *proved),
    )


def without_days(planned: Plan) -> Plan:
    """As of a day that is long over, nothing can be promised to be measured again."""
    return replace(planned, steps=tuple(replace(step, measured_again=None) for step in planned.steps))


def modernization(adoption: Adoption, legacy: Sequence[Sign]) -> tuple[Modernization, str]:
    """Which kind, and why the evidence says so. What is true stays true, whatever it is written in.

    `legacy` are signs of a system that holds fixes up; one that does not is a step, and no kind.
    """
    match adoption:
        case TrueAdoption(evidence=evidence):
            return "keep", _says(evidence, "true")
        case _ if legacy:
            return "transform", f"{in_words(legacy)} Fixes that need a major version wait far longer than patches here."
        case WateredDown(evidence=evidence):
            return "complete", _says(evidence, "watered-down")
        case Stalled(evidence=evidence):
            return "restart", _says(evidence, "stalled")
        case UnknownPath(why=why):
            return "unknown", f"Which kind is needed cannot be said yet: {why}"


def baseline_of(assessment: Assessment) -> Baseline:
    return measured(assessment.latency, assessment.plan, assessment.at)


def measured(latency: Latency, planned: Plan, at: datetime) -> Baseline:
    curve = latency.from_published
    return Baseline(
        at=at.date(),
        median=None if curve is None else curve.median.value,
        exposure_days=None if curve is None else curve.area.value,
        immune_share=latency.immune_share,
        open=latency.open,
        steps=tuple(step.lever for step in planned.steps),
        planned=promised(planned, at.date()),
    )


def compare(baseline: Baseline, now: Baseline) -> tuple[Compared, ...]:
    """Every measure of the whole history, then and now."""
    return (
        Compared(measure="days until landed, median", then=baseline.median, now=now.median),
        Compared(measure="exposure-days an episode", then=baseline.exposure_days, now=now.exposure_days),
        Compared(measure="immune share, %", then=_percent(baseline.immune_share), now=_percent(now.immune_share)),
        Compared(measure="open vulnerabilities", then=baseline.open, now=now.open),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def since_then(baseline: Baseline, opened_since: Sequence[Episode]) -> Compared:
    """What a step changed shows in what opened after it: the whole history holds the old days too."""
    curve = survival((since_published(each) for each in opened_since), horizon=HORIZON)
    now = curve.median.value if curve.count >= FEWEST else None
    name = f"days until landed, median, of {curve.count} opened since {baseline.at}"
    return Compared(measure=name, then=baseline.median, now=now)


def _says(evidence: Sequence[Evidence], path: Which) -> str:
    said = tuple(_speaking(evidence, path))
    return said[0] if said else "its evidence is listed with the verdict."


def _speaking(evidence: Sequence[Evidence], path: Which) -> Iterator[str]:
    """Outcomes before practices, and those before ceremonies."""
    for strength in ("outcome", "practice", "ceremony"):
        yield from (e.says for e in evidence if e.speaks_for == path and e.strength == strength)
