"""`outpace assess` as JSON v1 and as CSV of its episodes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO
from itertools import chain
from typing import TypeVar

import msgspec
from msgspec import Struct

from outpace.assessment.assessment import Assessment, Latency
from outpace.assessment.episodes import Episode, Item
from outpace.assessment.gates import AssessedGate
from outpace.assessment.paths import Adoption, UnknownPath, word_of
from outpace.assessment.plan import Plan
from outpace.formats.assess_v1 import (
    AssessV1,
    AttackersV1,
    AttemptV1,
    BaselineV1,
    ClaimV1,
    ComparedV1,
    CurveV1,
    DeadlineV1,
    EpisodeV1,
    EstimateV1,
    EvidenceV1,
    FailedV1,
    FleetV1,
    GapV1,
    GateV1,
    HorizonV1,
    ItemV1,
    LatencyV1,
    LockV1,
    PathV1,
    PlanV1,
    PointV1,
    StagesV1,
    StageTimeV1,
    StepV1,
    UncoveredV1,
    UpheavalV1,
    WhereV1,
    WindowV1,
    WithinV1,
)
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.report.seen import lost, why_unseen
from outpace.statistics.curves import Curve, Estimate

T = TypeVar("T", bound=Struct)
DAY = timedelta(days=1)
COLUMNS: tuple[str, ...] = (
    "repository", "ecosystem", "package", "advisories", "state", "entry", "began", "opened", "closed", "days",
    "exposed_days",
    "reopened", "before", "after", "jump", "by_bot", "score", "in_kev", "commit", "told", "fix_released", "published",
    "first_commit", "landed", "tagged", "tag", "as_of", "advisories_until", "why",
)  # fmt: skip


def answer(assessment: Assessment, *, command: str = "assess") -> bytes:
    unknown = unknown_of(assessment)
    return encoded(command, result_of(assessment), coverage=assessment.coverage, unknown=unknown)


def fleet(assessments: Sequence[Assessment], failed: Sequence[tuple[str, str]]) -> bytes:
    result = FleetV1(
        repositories=tuple(map(result_of, assessments)),
        failed=tuple(FailedV1(place=place, why=why) for place, why in failed),
    )
    unknown = tuple(
        UnknownItem(what=f"{each.name}: {item.what}", why=item.why, would_settle=item.would_settle)
        for each in assessments
        for item in unknown_of(each)
    )
    coverage = next((each.coverage for each in assessments if each.coverage is not None), None)
    return encoded("assess fleet", result, coverage=coverage, unknown=unknown)


def unknown_of(assessment: Assessment) -> tuple[UnknownItem, ...]:
    return tuple(UnknownItem(what=q.what, why=q.why, would_settle=q.would_settle) for q in assessment.questions)


def result_of(assessment: Assessment) -> AssessV1:
    history, untangled = assessment.history, assessment.untangled
    return AssessV1(
        repository=assessment.name,
        as_of=assessment.at,
        asked=assessment.asked,
        since=history.since,
        horizon=_same(assessment.horizon, HorizonV1),
        path=path_of(assessment.path),
        latency=_latency(assessment.latency),
        plan=_plan(assessment.plan),
        deadlines=tuple(_same(each, DeadlineV1) for each in assessment.deadlines),
        claims=tuple(_same(each, ClaimV1) for each in assessment.claims),
        gates=tuple(map(_gate, assessment.gates)),
        attempts=tuple(_same(each, AttemptV1) for each in untangled.attempts),
        upheavals=tuple(_same(each, UpheavalV1) for each in untangled.upheavals),
        fear=untangled.fear,
        attackers=_same(assessment.attackers, AttackersV1),
        advisories=history.advisories,
        uncovered=tuple(UncoveredV1(ecosystem=name, packages=count) for name, count in history.uncovered),
        locks=tuple(_same(each, LockV1) for each in history.locks),
        episodes=tuple(map(_episode, history.episodes)),
        items=tuple(_item(each, assessment.at) for each in history.items),
    )


def _same(record: Struct, public: type[T]) -> T:
    """The fields of the same names; those that the public type does not have stay inside."""
    return msgspec.convert(record, public, from_attributes=True)


def path_of(adoption: Adoption) -> PathV1:
    is_unknown = isinstance(adoption, UnknownPath)
    return PathV1(
        verdict=word_of(adoption),
        confidence="" if is_unknown else adoption.confidence,
        why=adoption.why if is_unknown else "",
        evidence=tuple(_same(each, EvidenceV1) for each in adoption.evidence),
    )


def _estimate(estimate: Estimate) -> EstimateV1:
    return _same(estimate, EstimateV1)


def _curve(curve: Curve | None) -> CurveV1 | None:
    if curve is None:
        return None
    return CurveV1(
        count=curve.count,
        events=curve.events,
        censored=curve.censored,
        median_days=_estimate(curve.median),
        p90_days=_estimate(curve.p90),
        area_days=_estimate(curve.area),
        horizon_days=curve.horizon,
        points=tuple(_same(point, PointV1) for point in curve.points),
    )


def _latency(latency: Latency) -> LatencyV1:
    return LatencyV1(
        immune=latency.immune,
        reactive=latency.reactive,
        adopted=latency.adopted,
        open=latency.open,
        since_published=_curve(latency.from_published),
        since_released=_curve(latency.from_released),
        recent=_curve(latency.recent),
        recent_count=latency.recent_count,
        within=tuple(WithinV1(days=days, share=_estimate(share)) for days, share in latency.within),
    )


def _gate(gate: AssessedGate) -> GateV1:
    return GateV1(
        name=gate.name,
        kind=gate.kind,
        manual=gate.manual,
        wait_s=None if gate.wait is None else gate.wait.total_seconds(),
        touch_s=None if gate.touch is None else gate.touch.total_seconds(),
        replaced_by=gate.replaced_by,
        human_keeps=gate.human_keeps,
        declared=gate.declared,
        where=tuple(_same(each, WhereV1) for each in gate.where),
    )


def _plan(plan: Plan) -> PlanV1:
    return PlanV1(
        modernization=plan.modernization,
        because=plan.because,
        longest=plan.longest,
        stages=tuple(_same(each, StageTimeV1) for each in plan.stages),
        steps=tuple(_same(each, StepV1) for each in plan.steps),
        baseline=None if plan.baseline is None else _same(plan.baseline, BaselineV1),
        compared=tuple(_same(each, ComparedV1) for each in plan.compared),
    )


def _episode(episode: Episode) -> EpisodeV1:
    return EpisodeV1(
        ecosystem=episode.package.ecosystem,
        package=episode.package.name,
        advisories=episode.ids,
        state=episode.state,
        why=episode.why,
        entry=episode.entry,
        began=episode.began,
        opened=episode.opened,
        closed=episode.closed,
        commit=episode.commit,
        told=episode.told,
        days=_round(episode.days),
        exposed_days=_round(episode.exposed_days),
        reopened=episode.reopened,
        jump=episode.jump,
        before=episode.before,
        after=episode.after,
        by_bot=episode.by_bot,
        score=episode.score,
        in_kev=episode.exploited,
        stages=_same(episode.stages, StagesV1),
    )


def _item(item: Item, at: datetime) -> ItemV1:
    days = None if item.days is None else _round(item.days)
    open_days = (((window.closed or item.closed or at) - window.opened) / DAY for window in item.windows)
    return ItemV1(
        ecosystem=item.package.ecosystem,
        package=item.package.name,
        advisory=item.id,
        aliases=item.aliases,
        published=item.published,
        score=item.score,
        in_kev=item.exploited,
        files=item.files,
        entry=item.entry,
        state=item.state,
        why=item.why,
        opened=item.opened,
        closed=item.closed,
        commit=item.commit,
        told=item.told,
        days=days if item.state in ("fixed", "removed", "open") else None,
        exposed_days=_round(sum(open_days)) if item.state in ("fixed", "removed", "open") else None,
        reopened=item.reopened,
        windows=tuple(_same(each, WindowV1) for each in item.windows),
        unknown_windows=tuple(_same(each, GapV1) for each in item.gaps),
        before=item.before,
        after=item.after,
        stages=_same(item.stages, StagesV1),
    )


def _round(days: float) -> float:
    """To about a second."""
    return round(days, 5)


def episodes_table(assessments: Sequence[Assessment], failed: Sequence[tuple[str, str]] = ()) -> bytes:
    """RFC 4180: a row for each episode, and one whose state is unknown for each of which nothing could be seen."""
    from outpace.formats.csv_table import safe_cell

    page = StringIO()
    writer = csv.DictWriter(page, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in (*chain.from_iterable(map(_rows, assessments)), *(_unseen(place, why) for place, why in failed)):
        writer.writerow({name: safe_cell(_cell(value)) for name, value in row.items()})
    return page.getvalue().encode("utf-8", "backslashreplace")


def _rows(assessment: Assessment) -> Iterator[dict[str, object]]:
    until = assessment.coverage.cutoff if assessment.coverage is not None else None
    dated = {"as_of": assessment.at, "advisories_until": until}
    if lost(assessment) is None:
        why = why_unseen(assessment) or next((each.why for each in assessment.questions), "")
        yield _unseen(assessment.name, why) | dated
    for episode in assessment.history.episodes:
        yield dict(zip(COLUMNS, _row(assessment.name, episode), strict=False)) | dated | {"why": episode.why}


def _unseen(name: str, why: str) -> dict[str, object]:
    return {"repository": name, "state": "unknown", "why": why}


def _row(name: str, e: Episode) -> tuple[object, ...]:
    s = e.stages
    return (
        name, e.package.ecosystem, e.package.name, " ".join(e.ids), e.state, e.entry, e.began, e.opened, e.closed,
        _round(e.days), _round(e.exposed_days), e.reopened, e.before, e.after, e.jump, e.by_bot, e.score, e.exploited,
        e.commit, e.told, s.fix_released, s.published, s.first_commit, s.landed, s.tagged, s.tag,
    )  # fmt: skip


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
