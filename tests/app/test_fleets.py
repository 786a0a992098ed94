"""Many repositories as one: sums are sums, and nothing is said of all that holds of some."""

from __future__ import annotations

import pytest
from msgspec import structs

from outpace.app.fleets import united
from outpace.assessment.assessment import DeadlineMet
from outpace.assessment.paths import UnknownPath
from outpace.model.errors import BadInput
from tests.fakes import assessments


def test_one_repository_is_no_fleet() -> None:
    one = assessments.watered_down()
    assert united([one]) is one


def test_none_at_all_is_an_error() -> None:
    with pytest.raises(BadInput):
        united([])


def test_episodes_items_and_landings_add_up() -> None:
    many = [assessments.watered_down(), assessments.adopted_truly(), assessments.stalled()]
    whole = united(many)
    assert len(whole.history.episodes) == sum(len(each.history.episodes) for each in many)
    assert len(whole.history.items) == sum(len(each.history.items) for each in many)
    assert whole.horizon.landings == sum(each.horizon.landings for each in many)
    assert (whole.kind, whole.repositories) == ("fleet", 3)


def test_a_fleet_has_no_one_path_and_counts_those_of_its_repositories() -> None:
    whole = united([assessments.watered_down(), assessments.adopted_truly(), assessments.watered_down()])
    assert whole.path == UnknownPath(why="a fleet has no one path: 1 true, 2 watered-down")


def test_deadlines_of_the_same_words_are_counted_together() -> None:
    met = DeadlineMet(name="all", within="30 days", since="published", met=1, missed=2, unknown=3)
    many = [structs.replace(assessments.watered_down(), deadlines=(met,)) for _ in range(2)]
    assert united(many).deadlines == (structs.replace(met, met=2, missed=4, unknown=6),)


def test_what_a_step_saves_is_the_mean_over_every_episode_of_the_fleet() -> None:
    one = assessments.watered_down()
    other = structs.replace(one, plan=structs.replace(one.plan, steps=()))
    for step in united([one, other]).plan.steps:
        alone = next(each for each in one.plan.steps if each.lever == step.lever)
        if alone.saves is None or alone.saves.value is None:
            assert step.saves is None
        else:
            assert step.saves is not None
            assert step.saves.value == pytest.approx(alone.saves.value / 2)
        assert step.because == "It is due in 1 of 2 repositories."
