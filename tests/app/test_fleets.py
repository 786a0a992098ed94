"""Many repositories as one: sums are sums, and nothing is said of all that holds of some."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from outpace.app.fleets import united
from outpace.assessment.assessment import Assessment, DeadlineMet
from outpace.assessment.episodes import Undated
from outpace.assessment.evidence import Question
from outpace.assessment.paths import UnknownPath
from outpace.model.errors import BadInput
from outpace.model.package import Package
from outpace.statistics.curves import Estimate
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
        assert step.because.startswith("It is due in 1 of 2 repositories.")


def of_landing_bot(saves: Estimate | None, count: int) -> Assessment:
    one = assessments.few(assessments.watered_down(), count)
    step = structs.replace(assessments.STEPS[1], saves=saves, why="" if saves else "too few fixes")
    return structs.replace(one, plan=structs.replace(one.plan, steps=(step,)))


def test_an_unknown_saving_of_a_repository_is_left_out_of_a_fleets_and_not_counted_as_none() -> None:
    known, unknown = of_landing_bot(Estimate(value=8, low=4, high=12), 30), of_landing_bot(None, 20)
    (step,) = united([known, unknown]).plan.steps
    assert step.saves == Estimate(value=8, low=4, high=12)
    assert step.because == (
        "It is due in 2 of 2 repositories; what it saves is unknown in 1 of them, which are left out of it."
    )


def test_a_saving_that_is_unknown_of_most_episodes_where_it_is_due_is_unknown_of_a_fleet() -> None:
    known, unknown = of_landing_bot(Estimate(value=8, low=4, high=12), 20), of_landing_bot(None, 30)
    (step,) = united([known, unknown]).plan.steps
    assert (step.saves, step.why) == (None, "it is unknown in 1 of these 2")


def test_what_deadlines_of_the_same_words_count_stays_named() -> None:
    one = assessments.watered_down()
    due = united([one, one]).deadlines[1]
    assert [(each.says, len(each.of)) for each in due.counts] == [
        ("met", due.met),
        ("missed", due.missed),
        ("unknown", due.unknown),
        ("running", due.running),
    ]


def test_clones_that_could_not_be_read_are_counted_and_named() -> None:
    many = [assessments.watered_down(), assessments.adopted_truly()]
    whole = united(many, [("/srv/shop", "it is no git repository"), ("/srv/pay", "git took too long")])
    assert whole.name == "2 of 4 repositories"
    assert whole.plan.because.endswith(" 2 clones could not be read: nothing here is of them.")
    assert whole.questions[:2] == (
        Question(
            what="/srv/shop",
            why="it could not be assessed: it is no git repository",
            would_settle="outpace assess /srv/shop",
        ),
        Question(
            what="/srv/pay", why="it could not be assessed: git took too long", would_settle="outpace assess /srv/pay"
        ),
    )


def test_one_that_could_be_read_of_two_is_a_fleet_that_says_so() -> None:
    whole = united([assessments.watered_down()], [("/srv/shop", "it is no git repository")])
    assert (whole.name, whole.kind, whole.repositories) == ("1 of 2 repositories", "fleet", 1)


def test_of_many_that_could_not_be_read_ten_are_named_and_the_rest_are_counted() -> None:
    whole = united([assessments.watered_down()] * 2, [(f"/srv/{n}", "gone") for n in range(14)])
    assert [each.what for each in whole.questions[9:11]] == ["/srv/9", "4 more clones"]


def test_packages_without_dates_of_their_releases_stay_named() -> None:
    undated = Undated(packages=(Package("PyPI", "django"),), why="nobody was asked", would_settle="--release-dates")
    more = structs.replace(undated, packages=(Package("PyPI", "django"), Package("PyPI", "flask")))
    one = assessments.watered_down()
    many = [structs.replace(one, history=structs.replace(one.history, undated=(each,))) for each in (undated, more)]
    assert united(many).history.undated == (more,)


def test_the_data_of_a_fleet_reach_as_far_as_those_that_reach_least() -> None:
    one = assessments.watered_down()
    assert one.coverage is not None
    python = structs.replace(one.coverage, ecosystem="PyPI", cutoff=datetime(2026, 8, 1, tzinfo=UTC))
    go = structs.replace(one.coverage, ecosystem="Go", cutoff=datetime(2025, 2, 1, tzinfo=UTC))
    whole = united([structs.replace(one, coverage=each) for each in (python, go)]).coverage
    assert whole is not None
    assert (whole.ecosystem, whole.cutoff) == ("PyPI, Go", go.cutoff)
    told = united([structs.replace(one, coverage=each) for each in (python, structs.replace(go, cutoff=None))]).coverage
    assert told is not None
    assert told.cutoff is None
