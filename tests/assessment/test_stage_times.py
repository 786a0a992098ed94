"""Where the days go, of histories written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from outpace.assessment.chronicle import Chronicle, Horizon, Landing, Tag
from outpace.assessment.episodes import Episode, History, Stages
from outpace.assessment.evidence import Where
from outpace.assessment.plan import StageName, StageTime
from outpace.assessment.stage_times import longest_wait, over, passed, stage_times
from outpace.model.package import Package
from outpace.statistics.curves import Estimate

AT = datetime(2026, 8, 1, tzinfo=UTC)
NO_TAGS = Chronicle(horizon=Horizon(tip="", branch="main"))


def day(number: float) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number)


def episode(number: int, days: float, commit: float | None = None, **stages: object) -> Episode:
    """Every 50 days one; `commit` is how many days after its advisory work on it began."""
    opened = day(50 * number)
    told = Stages(
        published=opened,
        landed=opened + timedelta(days=days),
        first_commit=None if commit is None else opened + timedelta(days=commit),
    )
    return Episode(
        package=Package("PyPI", "django"),
        ids=(f"PYSEC-{number}",),
        state="fixed",
        entry="reactive",
        opened=opened,
        closed=opened + timedelta(days=days),
        days=days,
        exposed_days=days,
        stages=replace(told, **stages),
    )


def history(*days: tuple[float, float | None]) -> History:
    return History(episodes=tuple(episode(n, whole, commit) for n, (whole, commit) in enumerate(days)))


@pytest.mark.parametrize(
    ("told", "before", "branch"),
    [
        pytest.param(episode(0, 10, 7), 7, 3, id="work began after the advisory"),
        pytest.param(episode(0, 10, -21), 0, 10, id="the fix was on its branch before the advisory"),
        pytest.param(episode(0, 10, 12), 10, 0, id="a date that lies behind the landing"),
        pytest.param(episode(0, 10), None, None, id="no branch was kept"),
    ],
)
def test_a_wait_is_split_where_its_branch_was_kept(told: Episode, before: float | None, branch: float | None) -> None:
    found = passed(told)
    assert found is not None
    assert (found.until_commit, found.on_branch) == (before, branch)


@pytest.mark.parametrize("changed", [{"state": "open"}, {"state": "unknown"}, {"began": "before"}], ids=str)
def test_what_was_not_followed_from_begin_to_end_is_in_no_stage(changed: dict[str, object]) -> None:
    assert passed(replace(episode(0, 10, 7), **changed)) is None


SPLIT = history((10, 8), (10, 6), (10, 9), (10, 7), (20, 10), (90, None))
KEPT = tuple(Where(kind="advisory", name=f"PYSEC-{n}") for n in range(5))


def stage(name: StageName, median: float, total: float, share: float) -> StageTime:
    landed = (date(2024, 1, 11), date(2024, 8, 8))
    return StageTime(
        name=name, median=Estimate(value=median), total=total, share=share, count=5, of=KEPT, landed=landed
    )


def test_the_stages_of_kept_branches_are_told_in_the_order_of_time() -> None:
    assert stage_times(SPLIT, NO_TAGS, at=AT) == (
        stage("until the first commit", 8, 40, 40 / 60),
        stage("on the branch", 3, 20, 20 / 60),
    )


def test_the_longest_wait_is_named_with_its_numbers() -> None:
    assert longest_wait(SPLIT, stage_times(SPLIT, NO_TAGS, at=AT)) == (
        "The longest wait is before the first commit: 67% of the waiting days, 8.0 days at the median, in 5 episodes."
    )


def test_where_branches_are_not_kept_one_stage_stands_for_all_and_says_so() -> None:
    squashed = history(*[(n, None) for n in (4, 6, 8, 10, 12, 14)], (5, 2))
    still_open = replace(episode(9, 30), state="open", closed=None)
    told = replace(squashed, episodes=(*squashed.episodes, still_open))
    stages = stage_times(told, NO_TAGS, at=AT)
    median = Estimate(value=8, low=4, high=14)
    of = tuple(Where(kind="advisory", name=f"PYSEC-{n}") for n in range(7))
    assert stages == (
        StageTime(
            name="until it landed",
            median=median,
            total=59,
            share=1,
            count=7,
            of=of,
            landed=(date(2024, 1, 5), date(2024, 11, 1)),
        ),
    )
    assert longest_wait(told, stages, since=date(2023, 5, 1)) == (
        "The longest wait is until it landed: 100% of the waiting days, 8.0 days at the median (4.0 to 14.0), in 7 "
        "episodes since 2023-05-01. It cannot be split further, since branches are not kept; merge commits (a squash "
        "or a rebase erases when work on a fix began), or outpace record known would settle it. 1 more is still open, "
        "and counted in none of it."
    )


def test_a_release_before_its_advisory_is_a_stage_of_its_own_as_far_back_as_the_lock_files_reach() -> None:
    silent = tuple(
        replace(each, stages=replace(each.stages, fix_released=each.opened - timedelta(days=80)))
        for each in SPLIT.episodes
    )
    told = replace(SPLIT, episodes=silent, since=day(-30))
    first, *rest = stage_times(told, NO_TAGS, at=AT)
    assert (first.name, first.total, first.count) == ("before anybody knew", 30 + 5 * 80, 6)
    assert [stage.name for stage in rest] == ["until the first commit", "on the branch"]
    assert sum(stage.share for stage in (first, *rest)) == pytest.approx(1)
    said = longest_wait(told, (first, *rest))
    assert said.startswith("The longest wait is between the release of a fix and its advisory: 86% of the waiting days")
    assert "After the advisory it is before the first commit: 10% of the waiting days" in said


def tagged(chronicle_tags: int) -> tuple[History, Chronicle]:
    """A landing every eight days, and of the first so many a tag a week after each."""
    landings = tuple(Landing(id=f"c{n}", at=day(8 * n)) for n in range(60))
    tags = tuple(Tag(name=f"v{n}", at=day(8 * n + 7), commit=f"c{n}", first=1) for n in range(chronicle_tags))
    chronicle = Chronicle(horizon=Horizon(tip="c59", branch="main"), landings=landings, tags=tags)
    told = tuple(replace(each, stages=replace(each.stages, tagged=each.closed)) for each in SPLIT.episodes)
    later = tuple(
        replace(each, stages=replace(each.stages, tagged=(each.closed or AT) + timedelta(days=6))) for each in told
    )
    return replace(SPLIT, episodes=later), chronicle


def test_the_wait_for_a_tag_is_a_stage_where_tags_follow_landings() -> None:
    told, chronicle = tagged(60)
    last = stage_times(told, chronicle, at=AT)[-1]
    assert (last.name, last.median.value, last.count, last.total) == ("until a tag", 6, 6, pytest.approx(36))


def test_a_wait_for_a_tag_from_before_tags_were_seen_to_follow_is_none_of_that_stage() -> None:
    told, chronicle = tagged(60)
    older = tuple(replace(landing, at=landing.at + timedelta(days=1000)) for landing in chronicle.landings)
    tags = tuple(replace(tag, at=tag.at + timedelta(days=1000)) for tag in chronicle.tags)
    later = replace(chronicle, landings=older, tags=tags)
    assert "until a tag" not in [stage.name for stage in stage_times(told, later, at=AT)]


def test_where_tags_do_not_follow_landings_they_are_no_stage() -> None:
    told, chronicle = tagged(6)
    assert [stage.name for stage in stage_times(told, chronicle, at=AT)] == ["until the first commit", "on the branch"]


def test_of_too_few_nothing_is_said() -> None:
    few = history((10, 8), (10, 8))
    assert stage_times(few, NO_TAGS, at=AT) == ()
    assert longest_wait(few, ()) == (
        "Too few fixes were followed from their advisory to their landing to measure a stage of the wait."
    )


def test_what_is_open_and_what_is_not_known_are_told_apart_beside_the_longest_wait() -> None:
    waits = [replace(episode(20 + n, 9), state=state) for n, state in enumerate(("open", "unpinned", "unknown"))]
    past = history(*[(10.0, None)] * 6)
    stages = stage_times(past, NO_TAGS, at=AT)
    told = longest_wait(replace(past, episodes=(*past.episodes, *waits)), stages)
    assert told.endswith("1 more is still open, 1 more is unpinned, 1 more is unknown, and counted in none of it.")


def test_fixes_of_one_day_and_of_one_tag_are_one_draw_and_their_band_is_no_narrower_than_that() -> None:
    """Twelve fixes landed on two days, and one tag holds them all."""
    own = tuple(
        replace(episode(n, 10), opened=at, closed=day(700 + n // 6), days=(day(700 + n // 6) - at) / timedelta(days=1))
        for n in range(12)
        for at in [day(600 + n)]
    )
    released = tuple(
        replace(e, stages=replace(e.stages, first_commit=None, landed=e.closed, tagged=day(900), tag="v1")) for e in own
    )
    landings = tuple(Landing(id=f"c{n}", at=day(500 + 8 * n)) for n in range(60))
    tags = tuple(Tag(name=f"v{n}", at=day(500 + 8 * n + 7), commit=f"c{n}", first=1) for n in range(60))
    line = Chronicle(horizon=Horizon(tip="c59", branch="main"), landings=landings, tags=tags)
    landed, tag = stage_times(History(episodes=released), line, at=AT)
    assert (landed.draws, landed.median.low, landed.median.high) == (2, None, None)
    assert (tag.draws, tag.median.low, tag.median.high) == (1, None, None)
    said = longest_wait(History(episodes=released), (landed, tag))
    assert "in 12 episodes that share 1 tag. That wait, of what landed from 2025-12-01 to 2025-12-02, is over" in said
    assert "half of 46 tags held changes that had waited 7.0 days or less. What is left is until it landed" in said


def test_a_wait_that_ended_long_ago_is_said_to_be_over_only_where_that_is_sure() -> None:
    slow = [(replace(episode(n, 60), stages=Stages()), 0) for n in range(12)]
    quick = [replace(episode(40 + n, 2 + n % 2), stages=Stages()) for n in range(8)]
    line = Chronicle(
        horizon=Horizon(tip="c", branch="main"), landings=(Landing(id="c", at=quick[-1].closed or day(0)),)
    )
    past = History(episodes=(*(each for each, _ in slow), *quick))
    (whole,) = stage_times(past, line, at=AT)
    assert whole.is_over
    assert over(whole).startswith("That wait, of what landed from 2024-03-01 to 2030-06-11, is over: since ")
    assert over(whole).endswith("half of 8 fixes passed it within 2.5 days.")
    fewer = replace(past, episodes=past.episodes[:-4])
    assert not stage_times(fewer, line, at=AT)[0].is_over
