import unittest
from datetime import datetime

from rota.shifts import Plan, Shift


def shift(person, day, start, end):
    return Shift(person, datetime(2026, 5, day, start), datetime(2026, 5, day, end))


class PlanTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.monday = shift("ada", 4, 8, 16)
        cls.tuesday = shift("ada", 5, 8, 14)

    def setUp(self):
        self.plan = Plan([self.tuesday, self.monday])

    def test_shifts_are_kept_by_person(self):
        self.assertEqual(self.plan._by_person["ada"], [self.tuesday, self.monday])

    def test_shifts_are_listed_by_start(self):
        self.assertEqual(self.plan.of("ada"), [self.monday, self.tuesday])

    def test_hours_add_up(self):
        self.assertEqual(self.plan.hours("ada"), 14)

    def test_a_stranger_has_no_hours(self):
        self.assertEqual(self.plan.hours("grace"), 0)

    def test_overlapping_shifts_are_refused(self):
        with self.assertRaises(ValueError):
            self.plan.add(shift("ada", 4, 15, 18))

    def test_others_may_work_at_the_same_time(self):
        self.plan.add(shift("grace", 4, 8, 16))
        self.assertEqual(len(self.plan), 3)

    def test_a_plan_shows_its_size(self):
        self.assertEqual(repr(self.plan), "Plan(people=1, shifts=2)")

    def test_a_shift_ends_after_it_starts(self):
        with self.assertRaises(ValueError):
            shift("ada", 4, 9, 9)

    def test_shifts_that_touch_do_not_overlap(self):
        self.assertFalse(shift("ada", 4, 8, 12).overlaps(shift("ada", 4, 12, 16)))
