from datetime import date, datetime

import pytest

from rota.shifts import Shift
from rota.weeks import day_of, utc_day_of, week_label


def test_this_week_has_its_iso_label():
    assert week_label() == date.today().strftime("%G-W%V")


@pytest.mark.parametrize(
    ("day", "label"),
    [(date(2026, 5, 4), "2026-W19"), (date(2026, 1, 5), "2026-W02"), (date(2024, 2, 29), "2024-W09")],
)
def test_a_day_belongs_to_a_week(day, label):
    assert week_label(day) == label


def test_a_punch_at_midnight_belongs_to_new_year():
    assert day_of(1767229200) == date(2026, 1, 1)


def test_a_punch_has_a_day_in_utc():
    assert utc_day_of(1767229200) == date(2026, 1, 1)


def test_a_punch_of_the_clock_survives_the_way_back():
    stamp = datetime(2026, 6, 1, 12).timestamp()
    assert day_of(stamp) == date(2026, 6, 1)


@pytest.mark.parametrize("hours", [1, 4, 8, 10])
def test_a_usual_shift_is_not_long(hours):
    assert not Shift("ada", datetime(2026, 5, 4, 8), datetime(2026, 5, 4, 8 + hours)).is_long


def test_a_shift_of_eleven_hours_is_long():
    assert Shift("ada", datetime(2026, 5, 4, 8), datetime(2026, 5, 4, 19)).is_long


def test_a_shift_counts_its_hours():
    assert Shift("ada", datetime(2026, 5, 4, 8), datetime(2026, 5, 4, 12, 30)).hours == 4.5
