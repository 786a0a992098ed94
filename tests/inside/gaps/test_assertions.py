"""Assertions in a file's own style."""

from __future__ import annotations

import pytest

from outpace.inside.gaps.assertions import Style, assertions, quoted, style_of

SINGLE, DOUBLE = Style(False, False, {"Kind": object}), Style(True, False, {})
UNITTEST = Style(False, True, {})
LONG = "', '".join("abcdefghijklmnop")


@pytest.mark.parametrize(
    ("place", "one", "other", "style", "first"),
    [
        ("{}", ("is", "None"), None, DOUBLE, "assert x is None"),
        ("{}.name", ("equal", "'a'"), ("equal", "'b'"), DOUBLE, 'assert x.name == "a"'),
        ("{}.name", ("equal", "'a'"), ("equal", "'b'"), SINGLE, "assert x.name == 'a'"),
        ("{}", ("equal", "'say \"a\"'"), None, DOUBLE, "assert x == 'say \"a\"'"),
        ("len({})", ("equal", "3"), None, UNITTEST, "self.assertEqual(len(x), 3)"),
        ("{}", ("is", "True"), None, UNITTEST, "self.assertTrue(x)"),
        ("{}", ("is", "None"), None, UNITTEST, "self.assertIsNone(x)"),
        ("{}", ("member", "shop:Kind.A"), None, SINGLE, "assert x is Kind.A"),
        ("{}", ("member", "shop:Kind.A"), None, DOUBLE, 'assert x.name == "A"'),
        ("{}", ("type", "shop:Bill"), None, DOUBLE, 'assert type(x).__name__ == "Bill"'),
        ("{}", ("nan", ""), None, DOUBLE, "assert x != x"),
    ],
)
def test_an_assertion_says_what_stands_there(
    place: str, one: tuple[str, str], other: tuple[str, str] | None, style: Style, first: str
) -> None:
    assert next(assertions("x", place, one, other, style)).line == first


@pytest.mark.parametrize(
    ("mine", "theirs", "first"),
    [
        (repr(f"one\ntwo\n{LONG}"), repr(f"one\n{LONG}"), "assert 'two' in x"),
        (repr(f"one\n{LONG}"), repr(f"one\ntwo\n{LONG}"), "assert 'two' not in x"),
        (f"['{LONG}']", f"['{LONG}', 1]", "assert len(x) == 16"),
        (f"['{LONG}', 1]", f"['{LONG}', 2]", "assert x[16] == 1"),
        (f"{{'a': 1, 'b': ['{LONG}']}}", f"{{'a': 2, 'b': ['{LONG}']}}", "assert x['a'] == 1"),
    ],
)
def test_of_a_long_value_only_what_differs_is_asserted(mine: str, theirs: str, first: str) -> None:
    assert next(assertions("x", "{}", ("equal", mine), ("equal", theirs), SINGLE)).line == first


def test_a_literal_that_needs_a_module_which_the_file_does_not_import_is_not_written() -> None:
    date = ("equal", "datetime.date(2020, 1, 31)")
    assert list(assertions("x", "{}", date, None, DOUBLE)) == []
    known = Style(True, False, {"datetime": object})
    assert [each.line for each in assertions("x", "{}", date, None, known)] == [
        "assert x == datetime.date(2020, 1, 31)"
    ]


def test_quotes_are_those_that_the_file_uses_most() -> None:
    assert style_of("a = 'x'\nb = 'y'\nc = \"z\"\n", unittest=False, names={}).double is False
    assert style_of("a = 'x'\nb = \"y\"\n", unittest=False, names={}).double is True
    assert quoted("f('a', b'b', 'it\\'s', '\"')", DOUBLE) == "f(\"a\", b\"b\", 'it\\'s', '\"')"
