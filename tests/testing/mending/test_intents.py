"""What a change says of itself, and what of it speaks of one test."""

from __future__ import annotations

import pytest

from outpace.testing.mending.intents import Lines, intent, is_document, removal_of, words

OLD = '"""Durations: `1h`, `45s`."""\n\n\ndef merged():\n    """Those that overlap or touch become one."""\n'
NEW = '"""Durations: `1h`, `45s`, `1w`."""\n\n\ndef merged():\n    """Those that overlap become one."""\n'


def test_what_came_and_what_went_is_told_by_place() -> None:
    found = intent(("Read weeks",), {"a.py": OLD, "NEWS.md": "old\nkept\n"}, {"a.py": NEW, "NEWS.md": "kept\nnew\n"})
    assert found.documents == Lines(came=("new",), went=("old",))
    assert {place: lines.words for place, lines in found.docstrings.items()} == {
        ("a.py", ""): frozenset(),
        ("a.py", "merged"): frozenset({"touch"}),
    }
    assert found.docstrings["a.py", ""].quoted == {"1w"}


def test_code_alone_says_nothing() -> None:
    found = intent((), {"a.py": "def f():\n    return 1\n"}, {"a.py": "def f():\n    return 2\n"})
    assert (found.lines, found.docstrings) == ((), {})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- Removed `old` for good", "- Removed `old` for good"),
        ("old is no longer there", "old is no longer there"),
        ("Removed older", ""),
        ("Rename old() to young()", "Rename old() to young()"),
        ("Removed the deprecated `A.older` and `old` methods", "Removed the deprecated `A.older` and `old` methods"),
        ("`old` was removed", "`old` was removed"),
        ("Remove trailing whitespace behind old", ""),
        ("Drop Python 3.8; old is renamed nowhere", ""),
        ("Removed what old needed", ""),
        ("Replaced the cache. old is faster", ""),
        ("old is fast", ""),
    ],
)
def test_a_removal_is_told_by_name_and_word(line: str, said: str) -> None:
    assert removal_of("old", (line,)) == said


@pytest.mark.parametrize(
    ("path", "is_one"), [("NEWS.md", True), ("CHANGES", True), ("docs/a.rst", True), ("a.py", False), ("data", False)]
)
def test_a_document_is_told_by_its_name(path: str, is_one: bool) -> None:
    assert is_document(path) is is_one


def test_words_are_compared_without_their_endings() -> None:
    assert words("those that touch become ones") & words("Touching intervals") == {"touch"}
