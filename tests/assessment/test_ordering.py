"""In which order steps are taken: a small number never hides a large wait that nobody can estimate."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from outpace.assessment.ordering import is_served, longest_after, ordered
from outpace.assessment.plan import Lately, Lever, StageName, StageTime, Step
from outpace.statistics.curves import Estimate

EVERY: tuple[Lever, ...] = (
    "tests",
    "lock file",
    "landing bot",
    "urgent lane",
    "staging",
    "scanning",
    "gates",
    "legacy",
)


def step(lever: Lever, saves: tuple[float, float, float] | None, *, effort: float = 2) -> Step:
    """`saves` are the value and its interval."""
    told = None if saves is None else Estimate(value=saves[0], low=saves[1], high=saves[2])
    return Step(lever=lever, says="", because="Evidence.", saves=told, effort_days=effort, why="" if told else "why")


def stage(name: StageName, share: float) -> StageTime:
    return StageTime(name=name, median=Estimate(value=1), total=1, share=share, count=9)


def levers(*steps: Step, stages: tuple[StageTime, ...] = ()) -> list[Lever]:
    return [each.lever for each in ordered(steps, stages)]


LANDING = (stage("until it landed", 0.94), stage("until a tag", 0.06))
BOT, STAGED = step("landing bot", None), step("staging", (8.3, 2.0, 12.0), effort=10)


def test_the_step_for_the_longest_wait_goes_first_where_nobody_can_estimate_what_it_saves() -> None:
    found = ordered((STAGED, BOT), LANDING)
    assert [each.lever for each in found] == ["landing bot", "staging"]
    assert found[0].because == (
        "Evidence. It is for the longest wait and goes first, although what it saves cannot be estimated."
    )
    assert found[1] == STAGED


@pytest.mark.parametrize(
    "stages",
    [
        (stage("until it landed", 0.2), stage("until a tag", 0.8)),
        (stage("before anybody knew", 0.9), stage("until it landed", 0.02), stage("until a tag", 0.08)),
        (),
    ],
    ids=["it is for the shorter wait", "before the advisory nobody can act", "nothing was measured"],
)
def test_elsewhere_what_is_estimated_goes_before_what_is_not(stages: tuple[StageTime, ...]) -> None:
    assert levers(BOT, STAGED, stages=stages) == ["staging", "landing bot"]


def test_the_longest_wait_is_of_the_time_after_the_advisory() -> None:
    stages = (stage("before anybody knew", 0.8), stage("until it landed", 0.15), stage("until a tag", 0.05))
    assert longest_after(stages) == stages[1]
    assert levers(STAGED, BOT, stages=stages) == ["landing bot", "staging"]


def test_a_wait_that_is_over_is_aimed_at_no_more() -> None:
    lately = Lately(median=Estimate(value=6, low=5, high=7), count=22, of="tags", since=date(2023, 10, 25))
    ended = replace(stage("until a tag", 0.6), median=Estimate(value=243), lately=lately)
    landing = stage("until it landed", 0.4)
    assert longest_after((landing, ended)) == landing
    staging = step("staging", None, effort=10)
    assert levers(staging, BOT, stages=(landing, ended))[0] == "landing bot"
    still = replace(ended, lately=replace(lately, median=Estimate(value=200, low=150, high=260)))
    luck = replace(ended, lately=replace(lately, median=Estimate(value=6)))  # of too few to be sure
    assert [longest_after((landing, each)) for each in (still, luck)] == [still, luck]


def test_of_three_waits_none_of_which_is_half_no_unknown_one_goes_first() -> None:
    stages = (stage("until the first commit", 0.4), stage("on the branch", 0.3), stage("until a tag", 0.3))
    assert longest_after(stages) is None
    assert levers(STAGED, BOT, stages=stages) == ["staging", "landing bot"]


def test_what_may_save_nothing_comes_last_and_is_called_no_saving() -> None:
    doubtful = step("legacy", (1.5, -0.8, 4.9), effort=40)
    found = ordered((doubtful, step("scanning", None), STAGED), ())
    assert [each.lever for each in found] == ["staging", "scanning", "legacy"]
    assert found[-1] == replace(
        doubtful, saves=None, why="it cannot be told from nothing (-0.8 to 4.9 days an episode, simulated)"
    )


def test_an_interval_without_an_end_that_begins_at_nothing_is_no_saving() -> None:
    endless = replace(step("legacy", None), saves=Estimate(value=3, low=0.0))
    assert ordered((endless,), ())[0].why == "it cannot be told from nothing (from 0.0 days an episode on, simulated)"


def test_tests_go_right_before_what_rests_on_them() -> None:
    assert levers(step("tests", None), BOT, STAGED, stages=LANDING) == ["tests", "landing bot", "staging"]


def test_a_stage_is_served_by_a_step_that_shortens_it() -> None:
    assert is_served(LANDING[0], (STAGED, BOT))
    assert not is_served(LANDING[0], (STAGED,))


@given(st.permutations(EVERY), st.sampled_from([(), LANDING]))
def test_no_step_is_lost_and_the_surest_saving_for_the_effort_is_before_any_smaller_one(
    order: list[Lever], stages: tuple[StageTime, ...]
) -> None:
    steps = [step(lever, (at + 1.0, at - 2.0, at + 2.0) if at % 2 else None) for at, lever in enumerate(order)]
    found = ordered(steps, stages)
    saved = [each.saves.value or 0.0 for each in found if each.saves is not None and each.lever != "tests"]
    assert sorted(each.lever for each in found) == sorted(EVERY)
    assert saved == sorted(saved, reverse=True)
    assert all((each.saves.low or 0) > 0 for each in found if each.saves is not None)
