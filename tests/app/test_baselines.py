"""What earlier assessments measured: kept once a day, and compared after a month."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec import structs

from outpace.app.assess import with_strength
from outpace.app.baselines import Baselines
from outpace.assessment.assessment import Assessment
from outpace.assessment.suite_strength import UNTRIED, SuiteStrength
from outpace.store.facts import Facts
from tests.fakes import assessments

DAY = timedelta(days=1)


def of_day(number: int) -> Assessment:
    one = assessments.watered_down()
    return structs.replace(one, at=one.at + number * DAY, latency=structs.replace(one.latency, open=number))


def kept(place: Path, *numbers: int) -> Baselines:
    baselines = Baselines(Facts(place / "facts.sqlite"), ["root"])
    for number in numbers:
        baselines.keep(of_day(number))
    return baselines


def test_the_first_assessment_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    assert kept(tmp_path).baseline(of_day(0).at) is None


def test_an_assessment_is_never_compared_with_one_of_its_own_day(tmp_path: Path) -> None:
    assert kept(tmp_path, 0).baseline(of_day(0).at + timedelta(hours=1)) is None


def test_in_the_first_month_the_first_of_all_is_the_baseline(tmp_path: Path) -> None:
    baseline = kept(tmp_path, 0, 5, 9).baseline(of_day(10).at)
    assert baseline is not None
    assert baseline.open == 0


def test_after_a_month_the_newest_that_is_a_month_old_is_the_baseline(tmp_path: Path) -> None:
    baseline = kept(tmp_path, 0, 5, 9, 30).baseline(of_day(38).at)
    assert baseline is not None
    assert baseline.open == 5


def test_of_the_tests_the_last_that_was_told_by_then_is_known(tmp_path: Path) -> None:
    baselines, at = kept(tmp_path), of_day(0).at
    for day, killed in ((1, 40), (3, 70), (9, 90)):
        baselines.keep_strength(
            SuiteStrength(commit=f"c{day}", at=at + day * DAY, judged=100, killed=killed, unreached=5)
        )
    assert baselines.strength(at) is None
    told = baselines.strength(at + 5 * DAY)
    assert told is not None
    assert (told.commit, told.killed) == ("c3", 70)


def test_an_assessment_says_how_strong_the_tests_are_or_asks_for_it() -> None:
    made = assessments.watered_down()
    told = SuiteStrength(commit="c1", at=made.at, judged=100, killed=71, unreached=5, sampled_of=900)
    *others, strength = with_strength(made, told).path.evidence
    assert tuple(others) == made.path.evidence
    assert strength.says.startswith(
        "The tests killed 71 of 100 mutants drawn from 900, 71% (61% to 79%); 5 are in code"
    )
    assert with_strength(made, None).questions == (*made.questions, UNTRIED)
    assert with_strength(made, structs.replace(told, judged=20, killed=3)).questions == (*made.questions, UNTRIED)


def test_of_one_day_the_first_is_kept(tmp_path: Path) -> None:
    baselines = kept(tmp_path, 3)
    again = of_day(3)
    baselines.keep(
        structs.replace(again, at=again.at + timedelta(hours=2), latency=structs.replace(again.latency, open=99))
    )
    baseline = baselines.baseline(of_day(9).at)
    assert baseline is not None
    assert baseline.open == 3


def test_nothing_is_kept_of_a_shallow_clone(tmp_path: Path) -> None:
    baselines = kept(tmp_path)
    one = of_day(0)
    baselines.keep(structs.replace(one, horizon=structs.replace(one.horizon, shallow=True)))
    assert baselines.baseline(of_day(60).at) is None


def test_another_repository_has_another_baseline(tmp_path: Path) -> None:
    kept(tmp_path, 0)
    assert Baselines(Facts(tmp_path / "facts.sqlite"), ["other"]).baseline(of_day(60).at) is None
