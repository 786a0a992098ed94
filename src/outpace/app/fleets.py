"""Many repositories as one: what their episodes say together, and which step saves the most over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import structs

from outpace.assessment.assessment import Assessment, DeadlineMet
from outpace.assessment.attempts import Untangled
from outpace.assessment.chronicle import Chronicle, Horizon
from outpace.assessment.episodes import History, Undated
from outpace.assessment.evidence import Count, Question
from outpace.assessment.latency import latency_of
from outpace.assessment.ordering import ordered
from outpace.assessment.paths import UnknownPath, word_of
from outpace.assessment.plan import Plan, StageTime, Step
from outpace.assessment.stage_times import longest_wait, stage_times
from outpace.model.advisory import Coverage
from outpace.model.errors import BadInput
from outpace.model.package import Package
from outpace.statistics.curves import Estimate

NAMED = 10  # clones that could not be assessed: more make no page


def united(assessments: Sequence[Assessment], failed: Sequence[tuple[str, str]] = ()) -> Assessment:
    """A fleet has no path of its own, and no words or gates: they are of its repositories.

    `failed` are clones that could not be assessed, each with why.
    """
    if not assessments:
        raise BadInput("none of the clones could be assessed", hint="assess one of them: outpace assess DIR")
    if len(assessments) == 1 and not failed:
        return assessments[0]
    first, at = assessments[0], max(each.at for each in assessments)
    history = _history(assessments)
    chronicle = Chronicle(horizon=_horizon(assessments))
    stages = stage_times(history, chronicle, at=at)
    return Assessment(
        name=_name(len(assessments), len(failed)),
        root="",
        at=at,
        coverage=_coverage([each.coverage for each in assessments if each.coverage is not None]),
        horizon=chronicle.horizon,
        history=history,
        latency=latency_of(history, at=at),
        attackers=first.attackers,
        path=UnknownPath(why=f"a fleet has no one path: {_paths(assessments)}"),
        untangled=Untangled(),
        deadlines=_deadlines(assessments),
        plan=Plan(
            modernization="unknown",
            because=f"It is chosen for each repository: {_paths(assessments)}.{_without(failed)}",
            stages=stages,
            steps=_steps(assessments, stages),
            longest=longest_wait(history, stages),
        ),
        questions=(*_failed(failed), *_questions(assessments)),
        kind="fleet",
        repositories=len(assessments),
    )


def _name(read: int, failed: int) -> str:
    return f"{read} of {read + failed} repositories" if failed else f"{read} repositories"


def _without(failed: Sequence[tuple[str, str]]) -> str:
    if not failed:
        return ""
    return f" {'1 clone' if len(failed) == 1 else f'{len(failed)} clones'} could not be read: nothing here is of them."


def _coverage(every: Sequence[Coverage]) -> Coverage | None:
    """All data reach as far as those that reach least; where some do not tell, nobody knows how far."""
    if not every:
        return None
    least = min(every, key=lambda each: (each.cutoff is not None, each.cutoff or each.fetched))
    return structs.replace(
        least,
        source=", ".join(dict.fromkeys(each.source for each in every)),
        ecosystem=", ".join(dict.fromkeys(name for each in every for name in each.ecosystem.split(", "))),
        records=max(each.records for each in every),
    )


def _history(assessments: Sequence[Assessment]) -> History:
    every = [each.history for each in assessments]
    began = [history.since for history in every if history.since is not None]
    uncovered = Counter[str]()
    for history in every:
        uncovered.update(dict(history.uncovered))
    return History(
        items=tuple(item for history in every for item in history.items),
        episodes=tuple(sorted((e for h in every for e in h.episodes), key=lambda e: (e.opened, e.package, e.ids))),
        locks=tuple(lock for history in every for lock in history.locks),
        since=min(began, default=None),
        advisories=sum(history.advisories for history in every),
        uncovered=tuple(sorted(uncovered.items())),
        undated=_undated(every),
        unread=tuple(one for history in every for one in history.unread),
        moved=tuple(one for history in every for one in history.moved),
    )


def _undated(histories: Sequence[History]) -> tuple[Undated, ...]:
    """Those of one reason together."""
    found: dict[Undated, dict[Package, None]] = {}
    for each in (one for history in histories for one in history.undated):
        found.setdefault(structs.replace(each, packages=()), {}).update(dict.fromkeys(each.packages))
    return tuple(structs.replace(each, packages=tuple(packages)) for each, packages in found.items())


def _horizon(assessments: Sequence[Assessment]) -> Horizon:
    every = [each.horizon for each in assessments]
    return Horizon(
        tip="",
        branch="",
        shallow=any(each.shallow for each in every),
        partial=any(each.partial for each in every),
        landings=sum(each.landings for each in every),
        began=min((each.began for each in every if each.began), default=None),
        ended=max((each.ended for each in every if each.ended), default=None),
    )


def _paths(assessments: Sequence[Assessment]) -> str:
    counts = Counter[str](word_of(each.path) for each in assessments)
    return ", ".join(
        f"{counts[name]} {name}" for name in ("true", "watered-down", "stalled", "unknown") if counts[name]
    )


def _deadlines(assessments: Sequence[Assessment]) -> tuple[DeadlineMet, ...]:
    """Those of the same words are one."""
    found: dict[tuple[str, str, str], DeadlineMet] = {}
    for each in (deadline for assessment in assessments for deadline in assessment.deadlines):
        key = (each.name, each.within, each.since)
        known = found.get(key)
        found[key] = each if known is None else _sum(known, each)
    return tuple(found.values())


def _sum(one: DeadlineMet, other: DeadlineMet) -> DeadlineMet:
    return structs.replace(
        one,
        met=one.met + other.met,
        missed=one.missed + other.missed,
        unknown=one.unknown + other.unknown,
        running=one.running + other.running,
        why_unknown=one.why_unknown or other.why_unknown,
        counts=tuple(_together(one.counts, other.counts)),
    )


def _together(one: Sequence[Count], other: Sequence[Count]) -> Iterator[Count]:
    for says in dict.fromkeys(each.says for each in (*one, *other)):
        same = [each for each in (*one, *other) if each.says == says]
        yield Count(says=says, of=tuple(w for each in same for w in each.of), more=sum(each.more for each in same))


def _steps(assessments: Sequence[Assessment], stages: Sequence[StageTime]) -> tuple[Step, ...]:
    """One for each lever: what it saves is the mean over the episodes of the fleet, nothing where it is not due."""
    total = sum(len(each.history.episodes) for each in assessments)
    by_lever: dict[str, list[tuple[int, Step]]] = {}
    for assessment in assessments:
        for step in assessment.plan.steps:
            by_lever.setdefault(step.lever, []).append((len(assessment.history.episodes), step))
    return ordered([_step(rows, len(assessments), total) for rows in by_lever.values()], stages)


def _step(rows: Sequence[tuple[int, Step]], repositories: int, episodes: int) -> Step:
    first = max(rows, key=lambda row: row[0])[1]
    told = [(count, step.saves) for count, step in rows if step.saves is not None and step.saves.value is not None]
    due, known = sum(count for count, _ in rows), sum(count for count, _ in told)
    saves = _mean(told, episodes - (due - known)) if known and 2 * known >= due else None
    untold = len(rows) - len(told)
    left_out = f"; what it saves is unknown in {untold} of them, which are left out of it" if saves and untold else ""
    return structs.replace(
        first,
        because=f"It is due in {len(rows)} of {repositories} repositories{left_out}.",
        saves=saves,
        effort_days=sum(step.effort_days for _, step in rows),
        why="" if saves is not None else f"it is unknown in {untold} of these {len(rows)}" if told else first.why,
        counts=(),
    )


def _mean(told: Sequence[tuple[int, Estimate]], episodes: int) -> Estimate:
    """The ends of the intervals are weighed like the values: together too wide rather than too narrow."""

    def weighed(values: Sequence[tuple[int, float | None]]) -> float:
        return sum(count * (value or 0.0) for count, value in values) / episodes

    return Estimate(
        value=weighed([(count, saves.value) for count, saves in told]),
        low=weighed([(count, saves.low) for count, saves in told]),
        high=weighed([(count, saves.high) for count, saves in told]),
    )


def _failed(failed: Sequence[tuple[str, str]]) -> Iterator[Question]:
    for place, why in failed[:NAMED]:
        yield Question(what=place, why=f"it could not be assessed: {why}", would_settle=f"outpace assess {place}")
    if len(failed) > NAMED:
        yield Question(
            what=f"{len(failed) - NAMED} more clones",
            why="they could not be assessed either",
            would_settle="outpace assess over the same clones, which lists each with why",
        )


def _questions(assessments: Sequence[Assessment]) -> Iterator[Question]:
    for assessment in assessments:
        for question in assessment.questions[:2]:
            yield structs.replace(question, what=f"{assessment.name}: {question.what}")
