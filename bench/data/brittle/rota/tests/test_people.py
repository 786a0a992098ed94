import unittest
from datetime import date

from rota.people import is_holiday, load_holidays, register


class RegistryTest(unittest.TestCase):
    def test_a_person_is_registered_by_name(self):
        self.assertEqual(register("ada"), "ada")

    def test_a_name_is_registered_once(self):
        people = {}
        register("grace", people=people)
        with self.assertRaises(ValueError):
            register("grace", people=people)

    def test_a_person_belongs_to_a_country(self):
        people = {}
        register("grace", "us", people=people)
        self.assertEqual(people, {"grace": "us"})


class HolidayTest(unittest.TestCase):
    def test_germany_has_five_fixed_holidays(self):
        self.assertEqual(len(load_holidays("de", 2026)), 5)

    def test_the_third_of_october_is_a_holiday(self):
        self.assertTrue(is_holiday(date(2026, 10, 3)))

    def test_a_given_calendar_is_asked_instead(self):
        self.assertTrue(is_holiday(date(2026, 7, 4), {date(2026, 7, 4)}))

    def test_a_country_without_holidays_is_unknown(self):
        with self.assertRaises(KeyError):
            load_holidays("xx", 2026)

    def test_independence_day_is_loaded_for_its_year(self):
        self.assertIn(date(2031, 7, 4), load_holidays("us", 2031))


if __name__ == "__main__":
    unittest.main()
