"""The waterfall of one exposure, with gaps, disorder and what still runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outpace.assessment.clock import (
    ORDER,
    SEEN_BY,
    Early,
    Finished,
    Gap,
    Stage,
    StillRunning,
    Waiting,
    Waterfall,
    waterfall,
)
from outpace.model.milestone import OF_THE_EDGE, Kind, Milestone
from outpace.model.unknown import Unknown

ATTACHED = tuple(kind for kind in Kind if kind not in OF_THE_EDGE)
NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def milestone(kind: Kind, hours: float, source: str = "outpace") -> Milestone:
    return Milestone(kind=kind, at=NOON + hours * HOUR, source=source)


def stage(kind: Kind, hours: float, after: Kind | None = None, took: float | None = None) -> Stage:
    spent = None if took is None else took * HOUR
    return Stage(kind=kind, at=NOON + hours * HOUR, source="outpace", after=after, took=spent)


def test_a_whole_story_is_a_chain_of_waits_with_the_longest_named() -> None:
    hours = [0, 4, 30, 30, 31, 33, 40, 41, 42]
    seen = [milestone(kind, hour) for kind, hour in zip(ATTACHED, hours, strict=True)]
    flow = waterfall(seen, now=NOON + 100 * HOUR)
    assert (flow.gaps, flow.ahead, flow.early, flow.waiting) == ((), (), (), None)
    assert flow.total == 42 * HOUR
    assert flow.longest == Finished(stage(Kind.KNOWN, 30, Kind.ADVISORY_PUBLISHED, 26))
    assert flow.stages[0] == stage(Kind.FIX_RELEASED, 0)


def test_a_story_at_the_edge_has_its_own_milestones_instead_of_a_deployment() -> None:
    kinds = (Kind.MATCHED, Kind.PROVED, Kind.LANDED, Kind.STAGED, Kind.FIRST_TRAFFIC)
    flow = waterfall([milestone(kind, hour) for hour, kind in enumerate(kinds)], now=NOON + 9 * HOUR)
    assert flow.ahead == (Kind.PROMOTED, Kind.VERIFIED, Kind.SETTLED)
    assert Kind.DEPLOYED not in {gap.kind for gap in flow.gaps}


def test_what_was_not_seen_is_a_gap_that_says_what_would_have_seen_it() -> None:
    told = Unknown("the last proof is undecided: no suite", "a suite")
    seen = [milestone(Kind.MATCHED, 0), milestone(Kind.PROPOSED, 1), milestone(Kind.VERIFIED, 5)]
    flow = waterfall(seen, now=NOON + 6 * HOUR, gaps={Kind.PROVED: told})
    assert flow.gaps == (
        *(Gap(kind=kind, unknown=SEEN_BY[kind]) for kind in (Kind.FIX_RELEASED, Kind.ADVISORY_PUBLISHED, Kind.KNOWN)),
        Gap(kind=Kind.PROVED, unknown=told),
        *(Gap(kind=kind, unknown=SEEN_BY[kind]) for kind in (Kind.LANDED, Kind.DEPLOYED)),
    )
    assert flow.stages[-1] == stage(Kind.VERIFIED, 5, Kind.PROPOSED, 4)


def test_what_still_runs_counts_as_a_wait_and_says_why() -> None:
    blocked = Unknown("blocked: another pin", "a code change")
    seen = [milestone(Kind.KNOWN, 0), milestone(Kind.MATCHED, 2)]
    flow = waterfall(seen, now=NOON + 9 * HOUR, gaps={Kind.PROPOSED: blocked})
    waiting = Waiting(
        awaiting=Kind.PROPOSED, after=Kind.MATCHED, since=NOON + 2 * HOUR, so_far=7 * HOUR, because=blocked
    )
    assert flow.waiting == waiting
    assert flow.longest == StillRunning(waiting)
    assert flow.ahead == (Kind.PROPOSED, Kind.PROVED, Kind.LANDED, Kind.DEPLOYED, Kind.VERIFIED)
    assert waterfall(seen, now=NOON + 3 * HOUR).longest == Finished(stage(Kind.MATCHED, 2, Kind.KNOWN, 2))


def test_nothing_is_awaited_of_what_was_closed_otherwise() -> None:
    flow = waterfall([milestone(Kind.MATCHED, 0)], now=NOON + HOUR, awaits="nothing")
    assert (flow.waiting, flow.longest) == (None, None)


def test_an_advisory_before_its_fix_is_out_of_order_and_no_wait_is_negative() -> None:
    seen = [milestone(Kind.FIX_RELEASED, 10), milestone(Kind.ADVISORY_PUBLISHED, 0), milestone(Kind.KNOWN, 12)]
    flow = waterfall(seen, now=NOON + 12 * HOUR)
    assert flow.early == (Early(kind=Kind.ADVISORY_PUBLISHED, before=Kind.FIX_RELEASED, by=10 * HOUR),)
    assert flow.stages == (
        stage(Kind.ADVISORY_PUBLISHED, 0),
        stage(Kind.FIX_RELEASED, 10, Kind.ADVISORY_PUBLISHED, 10),
        stage(Kind.KNOWN, 12, Kind.FIX_RELEASED, 2),
    )


def test_what_stands_from_before_is_neither_missing_nor_awaited_nor_counted() -> None:
    standing = [milestone(Kind.LANDED, -9), milestone(Kind.KNOWN, -90), milestone(Kind.MATCHED, -50)]
    flow = waterfall([milestone(Kind.MATCHED, 0)], now=NOON + HOUR, standing=standing)
    assert flow.standing == (milestone(Kind.KNOWN, -90), milestone(Kind.LANDED, -9))
    assert [gap.kind for gap in flow.gaps] == [Kind.FIX_RELEASED, Kind.ADVISORY_PUBLISHED]
    assert (flow.total, flow.ahead) == (
        timedelta(),
        (Kind.PROPOSED, Kind.PROVED, Kind.DEPLOYED, Kind.VERIFIED),
    )


def test_the_first_sight_of_a_milestone_counts() -> None:
    seen = [milestone(Kind.MATCHED, 3), milestone(Kind.MATCHED, 1), milestone(Kind.MATCHED, 2)]
    assert waterfall(seen, now=NOON).stages == (stage(Kind.MATCHED, 1),)


def test_a_time_that_has_not_come_is_pointed_out_and_waited_for_by_nobody() -> None:
    flow = waterfall([milestone(Kind.LANDED, 2)], now=NOON)
    assert flow.from_the_future == (Kind.LANDED,)
    assert flow.waiting is not None
    assert flow.waiting.so_far == timedelta()


def test_without_a_milestone_everything_is_ahead() -> None:
    assert waterfall([], now=NOON) == Waterfall(ahead=ATTACHED)


milestones = st.lists(
    st.builds(
        Milestone,
        kind=st.sampled_from(Kind),
        at=st.integers(-500, 500).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        source=st.sampled_from(["git", "outpace"]),
    ),
    min_size=1,
    max_size=14,
)


@given(milestones, st.data())
def test_waits_sum_up_to_last_minus_first_in_every_order_and_repetition(
    seen: list[Milestone], data: st.DataObject
) -> None:
    flow = waterfall(seen, now=NOON)
    waits = [each.took for each in flow.stages if each.took is not None]
    first = {kind: min(m.at for m in seen if m.kind == kind) for kind in {m.kind for m in seen}}
    assert flow.total == sum(waits, timedelta()) == max(first.values()) - min(first.values())
    assert min(waits, default=timedelta()) >= timedelta()
    shown = {*(s.kind for s in flow.stages), *(g.kind for g in flow.gaps), *flow.ahead}
    kinds = {m.kind for m in seen}
    by_edge = bool(kinds & set(OF_THE_EDGE))
    expected = (set(ORDER) - {Kind.DEPLOYED} if by_edge else set(ATTACHED)) | kinds
    assert (len(flow.stages) + len(flow.gaps) + len(flow.ahead), shown) == (len(expected), expected)
    assert waterfall(data.draw(st.permutations(seen + seen[:3])), now=NOON) == flow
