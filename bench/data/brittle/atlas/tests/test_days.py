from datetime import date

import pytest

from atlas.days import last_line_of, nights, seconds_of, utc_seconds_of


def test_a_sunday_in_march_is_a_day_long():
    assert seconds_of(date(2026, 3, 29)) == 86400


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2024, 2, 29), date(2025, 12, 31)])
def test_a_day_in_utc_is_a_day_long(day):
    assert utc_seconds_of(day) == 86400


def test_a_trip_that_ends_before_it_starts_fails_where_nights_are_counted():
    with pytest.raises(ValueError) as raised:
        nights(date(2026, 1, 2), date(2026, 1, 1))
    assert last_line_of(raised.value) == 24


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), 0),
        (date(2026, 1, 31), date(2026, 2, 1), 1),
        (date(2024, 2, 28), date(2024, 3, 1), 2),
        (date(2025, 12, 31), date(2026, 1, 2), 2),
    ],
)
def test_nights_are_counted(start, end, count):
    assert nights(start, end) == count
