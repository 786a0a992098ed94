"""The measured present, simulated: it comes out as measured or is refused, and changes save what they must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outpace.assessment.chronicle import Chronicle, Horizon, Landing, Tag
from outpace.assessment.episodes import Episode, History, Stages
from outpace.assessment.gates import AssessedGate
from outpace.assessment.latency import latency_of
from outpace.assessment.rehearsal import Rehearsal, Way, differs, rehearse
from outpace.assessment.simulation import Train
from outpace.assessment.sooner import as_it_is, as_quick, begun_daily, like, tagged_quickly
from outpace.model.package import Package
from outpace.statistics.curves import Curve, Estimate, Span
from outpace.statistics.survival import survival

BEGAN = datetime(2022, 1, 1, tzinfo=UTC)
AT = datetime(2026, 8, 1, tzinfo=UTC)
EMPTY = Chronicle(horizon=Horizon(tip="", branch="main"))


def after(days: float) -> datetime:
    return BEGAN + timedelta(days=days)


def episode(opened: float, before: float, branch: float | None, **changed: object) -> Episode:
    """`branch` None: it was not kept, and the wait is not split."""
    days = before + (branch or 0.0)
    first = None if branch is None else after(opened + before)
    fixed = Episode(
        package=Package("PyPI", "django"),
        ids=("PYSEC-1",),
        state="fixed",
        entry="reactive",
        opened=after(opened),
        closed=after(opened + days),
        days=days,
        exposed_days=days,
        commit=f"c{opened}",
        jump="patch",
        stages=Stages(published=after(opened), first_commit=first, landed=after(opened + days)),
    )
    return replace(fixed, **changed)


def still_open(opened: float, **stages: object) -> Episode:
    days = (AT - after(opened)) / timedelta(days=1)
    told = replace(Stages(published=after(opened)), **stages)
    return replace(episode(opened, days, None), state="open", closed=None, commit="", stages=told)


def drawn(count: int, seed: int = 1) -> tuple[Episode, ...]:
    chance = Random(seed)
    every = 1500 / count
    return tuple(episode(n * every, chance.expovariate(1 / 12), chance.expovariate(1 / 4)) for n in range(count))


def rehearsed(episodes: tuple[Episode, ...], *gates: AssessedGate, chronicle: Chronicle = EMPTY) -> Rehearsal | str:
    history = History(episodes=episodes)
    return rehearse(history, latency_of(history, at=AT).from_published, chronicle, gates, at=AT)


def present(episodes: tuple[Episode, ...], *gates: AssessedGate, chronicle: Chronicle = EMPTY) -> Rehearsal:
    found = rehearsed(episodes, *gates, chronicle=chronicle)
    assert isinstance(found, Rehearsal), found
    return found


def measured(episodes: tuple[Episode, ...]) -> Curve:
    curve = latency_of(History(episodes=episodes), at=AT).from_published
    assert curve is not None
    return curve


def told(found: Estimate | str) -> Estimate:
    assert isinstance(found, Estimate), found
    return found


@pytest.mark.parametrize(
    "episodes",
    [
        pytest.param(drawn(60), id="all landed"),
        pytest.param((*drawn(60), *map(still_open, range(900, 1600, 50))), id="a fifth still open"),
        pytest.param(tuple(episode(20 * n, 3 + n, None) for n in range(60)), id="branches not kept"),
    ],
)
def test_the_simulated_present_has_the_measured_median_and_mean(episodes: tuple[Episode, ...]) -> None:
    found, curve = present(episodes), measured(episodes)
    for ours, theirs in ((found.median, curve.median), (found.mean, curve.area)):
        assert ours is not None
        assert (theirs.low or 0) <= ours <= (theirs.high or 1e9)
    assert found.mean == pytest.approx(curve.area.value, rel=0.05)


def test_too_few_that_landed_are_refused() -> None:
    assert rehearsed(drawn(9)) == "only 9 fixes were followed to their landing, and 10 are needed"


def test_a_present_that_does_not_come_out_as_measured_is_refused() -> None:
    """Of fifty, the thirty whose branch was kept were the fast ones: they do not stand for the whole."""
    kept = tuple(episode(20 * n, 1, 1) for n in range(30))
    squashed = tuple(episode(20 * n + 7, 200, None) for n in range(25))
    assert rehearsed((*kept, *squashed)) == (
        "the simulation of the present does not come out as measured: "
        "its mean is 2.0 days, measured were 65.9 to 118.1 days"
    )


def test_what_is_begun_daily_saves_the_wait_before_the_first_commit() -> None:
    """All wait 10 days and are 2 on their branch: within a day on average a half is left of the ten."""
    episodes = tuple(episode(20 * n, 10, 2) for n in range(60))
    saved = told(present(episodes).saves(begun_daily))
    assert (saved.value, saved.low, saved.high) == (
        pytest.approx(9.5, abs=0.05),
        pytest.approx(9.45, abs=0.04),
        pytest.approx(9.51, abs=0.04),
    )


def test_the_interval_is_of_the_episodes_and_not_of_the_dice() -> None:
    """A half waits 1 day and the other 40: what is saved is about 20, and how much of either comes is uncertain."""
    episodes = tuple(episode(20 * n, 40 if n % 2 else 1, 0) for n in range(60))
    saved = told(present(episodes).saves(begun_daily))
    assert saved.value == pytest.approx(20, abs=0.2)
    assert (saved.low, saved.high) == (pytest.approx(15, abs=1.5), pytest.approx(25, abs=1.5))


def test_fixes_that_landed_on_one_day_are_one_draw() -> None:
    """Of sixty that waited 40 days or 1, by turns: as sixty, in twelve landings of five, and in two of thirty."""
    alone = tuple(episode(20 * n, 40 if n % 2 else 1, 0) for n in range(60))

    def together(count: int) -> tuple[Episode, ...]:
        def landed(n: int) -> Episode:
            days = 40 if n * count // 60 % 2 else 1
            day = 100 * (n * count // 60 + 1)
            return episode(day - days, days, 0)

        return tuple(map(landed, range(60)))

    sure, less = told(present(alone).saves(begun_daily)), told(present(together(12)).saves(begun_daily))
    assert less.value == pytest.approx(sure.value, abs=1)
    assert width(less) > 1.7 * width(sure)
    assert present(together(2)).saves(begun_daily) == (
        "what was measured is of 2 days of landing only: too few to tell what the next ones will do"
    )


def width(found: Estimate) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_fixes_that_one_tag_held_are_one_draw_of_what_a_release_saves() -> None:
    """A landing every eight days; of the twenty fixes all but one waited for the same tag."""
    landings = tuple(Landing(id=f"c{n}", at=after(8 * n)) for n in range(100))
    tags = tuple(Tag(name=f"v{n}", at=after(8 * n + 7), commit=f"c{n}", first=1) for n in range(100))
    line = Chronicle(horizon=Horizon(tip="c99", branch="main"), landings=landings, tags=tags)

    def fixes(release: Callable[[int], float]) -> tuple[Episode, ...]:
        plain = [episode(200 + 10 * n, 5, 1) for n in range(20)]
        days = [release(n) for n in range(20)]
        return tuple(
            replace(each, stages=replace(each.stages, tagged=after(at), tag=f"of {at}"))
            for each, at in zip(plain, days, strict=True)
        )

    shared = present(fixes(lambda n: 210 if n == 0 else 700), chronicle=line)
    own = present(fixes(lambda n: 216 + 10 * n + (40 if n % 2 else 1)), chronicle=line)
    assert shared.saves(tagged_quickly, draws="tags") == (
        "what was measured is of 2 tags only: too few to tell what the next ones will do"
    )
    assert told(own.saves(tagged_quickly, draws="tags")).low is not None


def test_an_urgent_lane_saves_what_lies_above_the_fastest_quarter() -> None:
    episodes = tuple(episode(20 * n, 5, 1 if n % 4 == 0 else 9) for n in range(60))
    assert told(present(episodes).saves(as_quick)).value == pytest.approx(6, abs=0.01)


def test_a_major_version_is_left_to_people() -> None:
    """A third needs one: of 10 days in the mean a third stays."""
    episodes = tuple(episode(20 * n, 10, 0, jump="major" if n % 3 == 0 else "minor") for n in range(60))
    assert told(present(episodes).saves(begun_daily)).value == pytest.approx(9.5 * 2 / 3, abs=0.1)


def test_nothing_is_saved_of_what_nobody_saw_a_fix_of() -> None:
    """Ten are open since long: with a release of their fix a bot would have ended them, without it could not."""
    without = (*drawn(20), *(still_open(1000 + n) for n in range(10)))
    with_fix = (*drawn(20), *(still_open(1000 + n, fix_released=after(1000 + n)) for n in range(10)))
    least, most = (told(present(each).saves(begun_daily)).value for each in (without, with_fix))
    assert least is not None
    assert most is not None
    assert most > least + 50


def test_what_it_concerns_takes_the_times_of_the_others() -> None:
    major = tuple(episode(50 * n, 30, 0, jump="major") for n in range(15))
    patch = tuple(episode(50 * n + 9, 4, 0) for n in range(15))
    found = present((*major, *patch))
    patches = [donor for donor in found.pool.donors if donor.jump == "patch"]
    assert told(found.saves(like(patches, lambda donor: donor.jump == "major"))).value == pytest.approx(13)


def test_a_declared_gate_costs_its_wait() -> None:
    gate = AssessedGate(
        name="board",
        kind="authorize",
        manual=True,
        wait=timedelta(days=3),
        touch=timedelta(hours=1),
        replaced_by="",
        human_keeps="",
    )
    found = present(tuple(episode(20 * n, 5, 1) for n in range(30)), gate)
    assert told(found.saves(as_it_is, Way())).value == pytest.approx(3, abs=0.2)


def trains() -> tuple[tuple[Episode, ...], Chronicle]:
    """A merge of 40 commits every 14 days takes all fixes along that began since the last one."""
    landings = tuple(Landing(id=f"t{n}", at=after(14 * n), is_merge=True, branch_commits=40) for n in range(1, 100))
    episodes: list[Episode] = []
    for n in range(120):
        opened = n * 10.37
        begun = opened + 2
        train = int(begun // 14) + 1
        episodes.append(episode(opened, 2, 14 * train - begun, commit=f"t{train}"))
    return tuple(episodes), Chronicle(horizon=Horizon(tip="", branch="main"), landings=landings)


def test_merges_that_take_many_changes_along_are_simulated_as_departures() -> None:
    episodes, chronicle = trains()
    found = present(episodes, chronicle=chronicle)
    assert found.way.trains == Train(tuple(14.0 * n for n in range(1, 100)), 14.0)
    assert found.mean == pytest.approx(measured(episodes).area.value, rel=0.05)
    assert told(found.saves(as_quick)).value == pytest.approx(7 - 1.7, abs=0.5)


def test_who_left_without_a_train_waits_for_none() -> None:
    episodes, chronicle = trains()
    alone = tuple(episode(13 * n, 2, 0.5) for n in range(60))
    found = present((*episodes, *alone), chronicle=chronicle)
    assert found.way.trains is not None
    assert found.mean == pytest.approx(measured((*episodes, *alone)).area.value, rel=0.05)


def test_where_fewer_than_half_left_with_a_train_there_is_none() -> None:
    episodes, chronicle = trains()
    alone = tuple(episode(7 * n, 2, 0.5) for n in range(130))
    assert present((*episodes, *alone), chronicle=chronicle).way.trains is None


def test_departures_that_do_not_explain_the_waits_are_left_out() -> None:
    """All left with one, and yet waited for half a year, though the next was two weeks off."""
    _, chronicle = trains()
    slow = tuple(episode(20 * n, 2, 180, commit=f"t{n + 1}") for n in range(60))
    found = present(slow, chronicle=chronicle)
    assert (found.pool.trains is not None, found.way.trains) == (True, None)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        pytest.param(list(range(20)), "", id="the same"),
        pytest.param([3] * 10 + [2] * 10, "its median is 2.0 days, measured were 4.0 to 14.0 days", id="fast"),
        pytest.param([9] * 11 + [300] * 9, "its mean is 139.9 days, measured were 7.0 to 12.0 days", id="a tail"),
    ],
)
def test_a_present_is_compared_by_median_and_mean(found: list[float], why: str) -> None:
    curves = [survival([Span(d, True) for d in days], horizon=365) for days in (found, range(20))]
    assert differs(*curves) == why


waits = st.tuples(st.floats(0, 90), st.floats(0, 30), st.sampled_from(["patch", "minor", "major", ""]), st.booleans())


@settings(max_examples=12, deadline=None)
@given(st.lists(waits, min_size=12, max_size=30), st.integers(0, 4))
def test_what_is_only_ever_sooner_saves_something_or_nothing_and_no_more_than_there_is(
    drawn_waits: list[tuple[float, float, str, bool]], left_open: int
) -> None:
    landed = tuple(
        episode(40 * n, before, branch, jump=jump, by_bot=by_bot)
        for n, (before, branch, jump, by_bot) in enumerate(drawn_waits)
    )
    found = rehearsed((*landed, *(still_open(1300 + n) for n in range(left_open))))
    if isinstance(found, str):
        assert found.startswith("the simulation of the present does not come out as measured")
        return
    for change in (begun_daily, as_quick):
        saved = told(found.saves(change))
        assert saved.value is not None
        assert saved.low is not None
        assert saved.high is not None
        assert -1e-9 <= saved.low <= saved.value + 1e-9 <= saved.high + 2e-9 <= found.horizon + 1e-6


def test_the_same_history_gives_the_same_plan_of_saved_days() -> None:
    episodes = (*drawn(40), still_open(900))
    assert present(episodes) == present(episodes)
    assert present(episodes).saves(begun_daily) == present(episodes).saves(begun_daily) != Estimate(value=None)


def test_five_hundred_episodes_are_rehearsed_in_little_time() -> None:
    """0.3 s on the machine that built it; a bound that only a slower kind of algorithm breaks."""
    episodes = drawn(500)
    began = process_time()
    found = present(episodes)
    for _ in range(5):
        found.saves(begun_daily)
    assert process_time() - began < 3
