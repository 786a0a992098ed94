import unittest

import pytest

from vault import lock
from vault.lock import Lock, LockedOut, scratch_name


class LockTest(unittest.TestCase):
    def setUp(self):
        self.lock = Lock("open sesame", failed={})

    def test_the_right_word_opens(self):
        self.assertTrue(self.lock.open("ada", "open sesame"))

    def test_a_wrong_word_does_not_open(self):
        self.assertFalse(self.lock.open("ada", "open barley"))

    def test_two_wrong_words_are_forgiven(self):
        shared = Lock("open sesame")
        self.assertFalse(shared.open("ali", "open wheat"))
        self.assertFalse(shared.open("ali", "open barley"))

    def test_the_third_wrong_word_locks_out(self):
        for word in ("a", "b", "c"):
            self.lock.open("ada", word)
        with self.assertRaises(LockedOut):
            self.lock.open("ada", "open sesame")

    def test_the_right_word_forgives_the_wrong_ones(self):
        self.lock.open("ada", "a")
        self.lock.open("ada", "open sesame")
        self.assertEqual(self.lock._failed, {})

    def test_others_are_not_locked_out(self):
        for word in ("a", "b", "c"):
            self.lock.open("ada", word)
        self.assertTrue(self.lock.open("grace", "open sesame"))


def test_a_scratch_name_fits_the_old_file_system():
    assert len(scratch_name()) <= 11


@pytest.mark.parametrize("pid", [1, 4321, 4194303])
def test_a_scratch_name_holds_the_process(pid):
    assert scratch_name(pid) == f".{pid}.tmp"


def test_the_lock_has_its_names_in_order():
    names = [name for name in vars(lock) if not name.startswith("_") and name != "os"]
    assert names == ["FAILED", "LIMIT", "LockedOut", "Lock", "scratch_name"]
