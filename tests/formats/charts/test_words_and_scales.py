"""Durations, shares and axes: what a reader is told of a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.formats.charts.scales import Linear, LogTime, nice_end
from outpace.formats.charts.words import band, days, ended, percent, short
from outpace.statistics.curves import Estimate

SECOND = 1 / 86_400


@pytest.mark.parametrize(
    ("value", "said", "shorter"),
    [
        (0.0, "0 days", "0 d"),
        (SECOND * 0.4, "0.4 s", "0.4 s"),
        (SECOND * 28, "28 s", "28 s"),
        (SECOND * 180, "3 min", "3 min"),
        (1 / 24, "1 hour", "1 h"),
        (0.6, "14 hours", "14 h"),
        (1.0, "1 day", "1 d"),
        (6.24, "6.2 days", "6.2 d"),
        (19.4, "19 days", "19 d"),
        (1_734.0, "1,734 days", "1,734 d"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_fits(value: float, said: str, shorter: str) -> None:
    assert (days(value).replace("\N{NO-BREAK SPACE}", " "), short(value).replace("\N{NO-BREAK SPACE}", " ")) == (
        said,
        shorter,
    )


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0%"), (0.001, "under 1%"), (0.236, "24%"), (0.999, "over 99%"), (1.0, "100%")]
)
def test_a_part_is_never_nothing_and_nearly_all_is_never_all(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (4.8, 7.0, "4.8 to 7"),
        (4.8, None, "at least 4.8"),
        (None, 7.0, "at most 7"),
        (None, None, "not bounded by the data"),
    ],
)
def test_a_side_without_a_bound_is_said_to_have_none(low: float | None, high: float | None, said: str) -> None:
    assert band(Estimate(value=5.0, low=low, high=high)) == said


def test_a_sentence_ends_once() -> None:
    assert [ended("a"), ended("a."), ended("a?"), ended("a…")] == ["a.", "a.", "a?", "a…"]


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_later_never_lies_left_of_earlier_and_nothing_leaves_the_field(one: float, other: float) -> None:
    first, second = sorted((one, other))
    for scale in (Linear(left=40.0, right=600.0, end=90.0), LogTime(left=40.0, right=600.0)):
        assert 40.0 <= scale.x(first) <= scale.x(second) <= 600.0


def test_a_day_of_machines_and_the_months_of_people_both_have_room() -> None:
    scale = LogTime(left=0.0, right=100.0)
    assert [round(scale.x(each)) for each in (SECOND, 3_600 * SECOND, 1.0, 30.0, 730.0)] == [0, 22, 30, 66, 100]


@pytest.mark.parametrize(("days_", "end"), [(3.0, 30.0), (31.0, 90.0), (200.0, 360.0), (9_000.0, 2_880.0)])
def test_an_axis_ends_at_a_number_that_six_parts_divide(days_: float, end: float) -> None:
    assert nice_end(days_) == end
    assert [round(at) for at, _ in Linear(left=0, right=1, end=end).ticks()] == [round(end * n / 6) for n in range(7)]
