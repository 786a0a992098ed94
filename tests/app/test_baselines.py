"""What earlier assessments measured: kept once a day, and compared after a month."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec import structs

from outpace.app.baselines import Baselines
from outpace.assessment.assessment import Assessment
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
