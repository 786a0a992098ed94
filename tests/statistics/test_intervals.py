"""Intervals: values of textbooks, and what must hold of any."""

from __future__ import annotations

from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.statistics.curves import Estimate
from outpace.statistics.intervals import bootstrap, median_of, proportion, share_of_groups


@pytest.mark.parametrize(
    ("k", "n", "interval"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0, 0.1611)), (1, 29, (0.0061, 0.1718))],
    ids=str,
)
def test_the_interval_of_a_share_is_the_published_one(k: int, n: int, interval: tuple[float, float]) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = proportion(k, n)
    assert found.value == k / n
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == interval


def test_a_share_of_nothing_is_not_known() -> None:
    assert proportion(0, 0) == Estimate(value=None)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval_within_zero_and_one(case: tuple[int, int]) -> None:
    found = proportion(*case)
    assert 0 <= (found.low or 0) <= (found.value or 0) <= (found.high or 0) <= 1


@pytest.mark.parametrize(
    ("n", "ranks"),
    [(1, None), (5, None), (6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (12, (3, 10)), (15, (4, 12)), (20, (6, 15))],
    ids=str,
)
def test_the_interval_of_a_median_is_of_the_tabled_ranks(n: int, ranks: tuple[int, int] | None) -> None:
    """Ranks that cover 95 % at least: Conover 1999, table A3; also Dixon and Massey, table A-25."""
    values = list(range(n, 0, -1))
    low, high = ranks or (None, None)
    assert median_of(values) == Estimate(value=median(values), low=low, high=high)


def test_the_median_of_nothing_is_not_known() -> None:
    assert median_of([]) == Estimate(value=None)


def test_the_median_of_very_many_has_a_narrow_interval() -> None:
    found = median_of(range(20_001))
    assert (found.value, found.low, found.high) == (10_000, 9_861, 10_139)


VALUES = [3.0, 8.0, 1.0, 22.0, 5.0, 13.0, 2.0, 90.0]


def test_one_seed_gives_one_interval_and_another_seed_another() -> None:
    assert bootstrap(VALUES, fmean, 7) == bootstrap(VALUES, fmean, 7)
    assert bootstrap(VALUES, fmean, 7) != bootstrap(VALUES, fmean, 8)


def test_the_interval_of_a_mean_is_about_that_of_its_standard_error() -> None:
    values = [float(n % 10) for n in range(400)]
    found = bootstrap(values, fmean, 1)
    assert found.value == 4.5
    assert (found.low, found.high) == (pytest.approx(4.5 - 0.28, abs=0.03), pytest.approx(4.5 + 0.28, abs=0.03))


def test_too_few_have_no_interval() -> None:
    assert bootstrap([], fmean, 1) == Estimate(value=None)
    assert bootstrap([4.0], fmean, 1) == Estimate(value=4.0)


def test_what_never_varies_has_an_interval_of_one_point() -> None:
    assert bootstrap([4.0] * 9, fmean, 1) == Estimate(value=4.0, low=4.0, high=4.0)


def test_groups_that_decide_as_one_count_as_many_as_would_be_independent() -> None:
    assert share_of_groups([(1, 1)] * 6 + [(0, 1)] * 4) == proportion(6, 10)
    assert share_of_groups([(5, 5)] * 6 + [(0, 5)] * 4) == proportion(6, 10)
    assert share_of_groups([(20, 20), (1, 1), (0, 0)]) == proportion(441 / 401, 441 / 401)
    assert share_of_groups([]) == share_of_groups([(0, 0)]) == Estimate(value=None)
    low = share_of_groups([(20, 20), (0, 1), (1, 1)]).low
    assert low is not None
    assert 0 < low < 0.3
