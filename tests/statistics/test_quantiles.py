"""The running quantile: of buckets, of enough, and of what is usual lately."""

from __future__ import annotations

from outpace.statistics.quantiles import RunningQuantile


def test_a_quantile_of_few_is_not_said() -> None:
    quantile = RunningQuantile(0.99, least=100, half_life=20_000)
    quantile.add([(10.0, 99)])
    assert quantile.bound() is None
    quantile.add([(10.0, 1)])
    assert quantile.bound() == 10.0


def test_a_quantile_is_the_bound_that_its_share_lies_at_or_below() -> None:
    quantile = RunningQuantile(0.99, least=100, half_life=20_000)
    quantile.add([(1.0, 900), (5.0, 80), (25.0, 15), (100.0, 5), (500.0, 0)])
    assert quantile.bound() == 25.0


def test_what_was_usual_long_ago_is_forgotten() -> None:
    quantile = RunningQuantile(0.5, least=1, half_life=20_000)
    quantile.add([(1.0, 50_000)])
    for _ in range(100):
        quantile.add([(9.0, 600)])
    assert quantile.bound() == 9.0


def test_bounds_may_change_from_look_to_look() -> None:
    quantile = RunningQuantile(0.5, least=1, half_life=20_000)
    quantile.add([(1.0, 10)])
    quantile.add([(2.0, 30), (4.0, 10)])
    assert quantile.bound() == 2.0
