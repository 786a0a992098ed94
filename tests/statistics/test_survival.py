"""Survival curves: values of textbooks, and what must hold of any."""

from __future__ import annotations

import random
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.statistics.curves import Curve, Estimate, Point, Span
from outpace.statistics.survival import Z, left_at, survival

# Remission in weeks, of 21 with 6-mercaptopurine and 21 with a placebo: Freireich et al., Blood 21 (1963)
TREATED = [
    *(Span(days, True) for days in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *(Span(days, False) for days in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]
PLACEBO = [Span(d, True) for d in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]
# Remission in weeks, of acute myelogenous leukemia with maintained chemotherapy: `aml` of R's survival
MAINTAINED = [
    *(Span(days, True) for days in (9, 13, 18, 23, 31, 34, 48)),
    *(Span(days, False) for days in (13, 28, 45, 161)),
]
NOT_MAINTAINED = [
    *(Span(days, True) for days in (5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45)),
    Span(16, False),
]

spans = st.lists(st.builds(Span, st.floats(0, 1000).map(lambda d: round(d, 1)), st.booleans()), max_size=40)


def curve(followed: list[Span], horizon: float = 35) -> Curve:
    return survival(followed, horizon=horizon)


def test_the_curve_of_the_leukemia_trial_is_the_textbooks() -> None:
    """Klein and Moeschberger 2003, table 4.1; the share that is left, and how many were followed until then."""
    found = [(p.days, round(p.share, 3), p.at_risk) for p in curve(TREATED).points]
    assert found == [
        (0, 1.0, 21),
        (6, 0.857, 21),
        (7, 0.807, 17),
        (10, 0.753, 15),
        (13, 0.690, 12),
        (16, 0.627, 11),
        (22, 0.538, 7),
        (23, 0.448, 6),
        (35, 0.448, 1),
    ]


def test_the_band_is_greenwoods_on_the_log_log_scale() -> None:
    """As R 4's `survfit(..., conf.type = "log-log")` prints it for the same data."""
    found = [(p.days, round(p.low, 3), round(p.high, 3)) for p in curve(TREATED).points[1:-1]]
    assert found == [
        (6, 0.620, 0.952),
        (7, 0.563, 0.923),
        (10, 0.503, 0.889),
        (13, 0.432, 0.849),
        (16, 0.368, 0.805),
        (22, 0.268, 0.747),
        (23, 0.188, 0.680),
    ]


@pytest.mark.parametrize(
    ("followed", "median"),
    [
        pytest.param(TREATED, Estimate(value=23, low=13), id="the upper band never gets to one half"),
        pytest.param(PLACEBO, Estimate(value=8, low=4, high=11), id="all ended"),
        pytest.param(TREATED[9:], Estimate(value=None), id="none ended"),
        pytest.param([], Estimate(value=None), id="nobody"),
    ],
)
def test_the_median_is_where_the_curve_crosses_one_half_with_its_band(followed: list[Span], median: Estimate) -> None:
    assert curve(followed).median == median


def area(followed: list[Span], *, until: float) -> tuple[float, float]:
    """With the standard error that its interval is of."""
    found = survival(followed, horizon=until).area
    assert found.value is not None
    assert found.low is not None
    return found.value, (found.value - found.low) / Z


def test_the_area_of_the_leukemia_trial_is_the_textbooks() -> None:
    """Klein and Moeschberger 2003, example 4.3: 23.287 weeks of 35, standard error 2.827."""
    mean, error = area(TREATED, until=35)
    assert (round(mean, 3), round(error, 3)) == (23.287, 2.827)


@pytest.mark.parametrize(
    ("followed", "printed"), [(MAINTAINED, (52.65, 19.83)), (NOT_MAINTAINED, (22.71, 4.18))], ids=["with", "without"]
)
def test_the_area_is_what_r_prints(followed: list[Span], printed: tuple[float, float]) -> None:
    """`print(survfit(Surv(time, status) ~ x, data = aml), print.rmean = TRUE)`, until 161 weeks."""
    mean, error = area(followed, until=161)
    assert (round(mean, 2), round(error, 2)) == printed


def test_without_censoring_the_area_is_the_mean() -> None:
    found = curve(PLACEBO).area
    mean = sum(span.days for span in PLACEBO) / 21
    error = sqrt(sum((span.days - mean) ** 2 for span in PLACEBO)) / 21
    assert found.value == pytest.approx(mean)
    assert found.high == pytest.approx(mean + 1.959963984540054 * error)


def test_the_area_reaches_no_further_than_somebody_was_followed() -> None:
    assert (curve(TREATED, 1000).horizon, curve(PLACEBO, 1000).horizon, curve(TREATED, 20).horizon) == (35, 1000, 20)


def test_who_is_censored_when_another_ends_was_at_risk_of_it() -> None:
    found = curve([Span(5, True), Span(5, False), Span(9, True)]).points
    assert [(p.days, p.at_risk, round(p.share, 4)) for p in found] == [(0, 3, 1), (5, 3, 0.6667), (9, 1, 0)]


def test_what_ends_at_once_leaves_the_curve_on_day_zero() -> None:
    found = curve([Span(0, True), Span(-2, True), Span(7, False), Span(0, False)])
    assert [(p.days, p.share, p.at_risk) for p in found.points] == [(0, 1, 4), (0, 0.5, 4), (7, 0.5, 1)]
    assert found.median.value == 0


def test_all_at_once_is_a_curve_of_no_days() -> None:
    found = curve([Span(0, True), Span(0, True)])
    assert (found.points[-1].share, found.median.value, found.area) == (0, 0, Estimate(value=0, low=0, high=0))


def test_nobody_is_a_curve_that_says_nothing() -> None:
    nothing = Estimate(value=None)
    assert curve([]) == Curve(
        points=(Point(days=0, share=1, low=0, high=1, at_risk=0),),
        count=0,
        events=0,
        censored=0,
        median=nothing,
        p90=nothing,
        area=nothing,
        horizon=0,
    )


@pytest.mark.parametrize(
    ("days", "left"), [(0, 1.0), (5.9, 1.0), (6, 0.857), (22.5, 0.538), (35, 0.448), (36, None)], ids=str
)
def test_what_is_left_at_a_day_is_read_from_the_curve(days: float, left: float | None) -> None:
    found = left_at(curve(TREATED), days).value
    assert (found if found is None else round(found, 3)) == left


def test_behind_an_end_of_all_nothing_is_left() -> None:
    assert left_at(curve(PLACEBO), 900).value == 0


@given(spans)
def test_the_curve_falls_within_zero_and_one_and_its_band_holds_it(followed: list[Span]) -> None:
    points = survival(followed, horizon=365).points
    shares = [point.share for point in points]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= p.low <= p.share + 1e-12 and p.share <= p.high + 1e-12 <= 1 + 1e-11 for p in points)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_without_censoring_the_curve_is_the_share_that_took_longer(days: list[int]) -> None:
    found = survival([Span(d, True) for d in days], horizon=50)
    for point in found.points[1:]:
        assert point.share == pytest.approx(sum(d > point.days for d in days) / len(days), abs=1e-12)
    half = sorted(days)[(len(days) - 1) // 2]
    assert found.median.value == half


@given(spans, st.randoms(use_true_random=False))
def test_the_order_of_the_spans_does_not_matter(followed: list[Span], order: random.Random) -> None:
    shuffled = list(followed)
    order.shuffle(shuffled)
    assert survival(shuffled, horizon=365) == survival(followed, horizon=365)


@given(spans.filter(bool), st.floats(1, 1000))
def test_the_area_lies_within_its_interval_and_the_horizon(followed: list[Span], horizon: float) -> None:
    found = survival(followed, horizon=horizon)
    low, mean, high = found.area.low, found.area.value, found.area.high
    assert low is not None
    assert mean is not None
    assert high is not None
    assert 0 <= low <= mean + 1e-9 <= high + 2e-9 <= found.horizon + 3e-9
