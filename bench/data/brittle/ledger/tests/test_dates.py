import unittest
from datetime import date

import pytest

from ledger.dates import day_in_utc, day_of_entry, due, month_end


class EntryTest(unittest.TestCase):
    def test_an_entry_late_at_night_belongs_to_its_day(self):
        self.assertEqual(day_of_entry(1772494200), "02.03.2026")

    def test_an_entry_has_a_day_in_utc(self):
        self.assertEqual(day_in_utc(1772494200), "02.03.2026")


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2026, 4, 30), date(2026, 4, 30)),
    ],
)
def test_a_month_ends(day, end):
    assert month_end(day) == end


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 5), 1, date(2027, 1, 5)),
        (date(2026, 3, 15), 12, date(2027, 3, 15)),
    ],
)
def test_an_invoice_is_due_months_later(day, months, expected):
    assert due(day, months) == expected


def test_the_end_of_this_month_is_in_it():
    today = date.today()
    assert month_end(today).month == today.month
