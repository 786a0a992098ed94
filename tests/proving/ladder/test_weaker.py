"""A mended test asks for as many values as it asked for before."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.weaker import told

LESS = "test_it of tests/test_a.py asks for one value 0 times, and asked 1 times before"
MENDS: dict[str, tuple[str, str, str]] = {
    "another value": ("assert f(1) == 4", "assert f(1) == 2", ""),
    "one of several": ("assert f(1) == 4", "assert f(1) in (4, 2)", LESS),
    "one or the other": ("assert f(1) == 4", "assert f(1) == 4 or f(1) == 2", LESS),
    "any other value": ("assert f(1) == 4", "assert f(1) != 9999", LESS),
    "called at all": ("m.assert_called_once_with(4)", "m.assert_called()", LESS),
    "a bound": ("assert f(1) == 4", "assert f(1) <= 4", LESS),
    "a method for one value": ("self.assertEqual(f(1), 4)", "self.assertIn(f(1), (4, 2))", LESS),
    "both in one": ("assert f(1) == 4\n    assert f(2) == 5", "assert f(1) == 4 and f(2) == 6", ""),
    "a value more": ("assert f(1) == 4", "assert f(1) == 4\n    assert f(2) == 6", ""),
    "no assertion before": ("f(1)", "f(2)", ""),
}


@pytest.mark.parametrize(("before", "after", "sentence"), MENDS.values(), ids=MENDS.keys())
def test_fewer_assertions_of_one_value_are_told(before: str, after: str, sentence: str) -> None:
    sources = [f"def test_it(self=0):\n    {each}\n".encode() for each in (before, after)]
    assert told(Patch.of([PatchedFile(path="tests/test_a.py", before=sources[0], after=sources[1])])) == sentence


def test_what_is_no_test_and_what_is_new_asks_for_what_it_likes() -> None:
    new = PatchedFile(path="tests/test_b.py", after=b"def test_it():\n    pass\n")
    code = PatchedFile(path="a.py", before=b"def f():\n    assert f() == 1\n", after=b"def f():\n    pass\n")
    assert told(Patch.of([new, code])) == ""
