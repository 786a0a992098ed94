import unittest
from unittest import mock

from rota import settings
from rota.weeks import week_start


class SettingsTest(unittest.TestCase):
    def test_a_week_starts_on_monday(self):
        self.assertEqual(settings.setting("week_starts"), "monday")

    def test_an_office_may_start_on_sunday(self):
        from datetime import date

        settings.change("week_starts", "sunday")
        self.assertEqual(week_start(date(2026, 5, 6)), date(2026, 5, 3))

    def test_a_longer_shift_may_be_allowed(self):
        with mock.patch.dict(settings.DEFAULTS, longest_shift=12):
            self.assertEqual(settings.setting("longest_shift"), 12)

    def test_unknown_settings_are_refused(self):
        with self.assertRaises(KeyError):
            settings.change("color", "red")
