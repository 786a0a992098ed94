"""Which places of a file are in the diff, and which of them no test takes."""

from __future__ import annotations

import pytest

from outpace.testing.result.diffs import Changed, Place, changed_file, changed_lines, data_in, diff_of
from outpace.testing.result.records import Diff, Untaken

LINES = (
    ("", "a\nb\n", {1, 2}),
    ("a\nb\n", "a\nb\n", set[int]()),
    ("a\nb\nc\n", "a\nx\nc\n", {2}),
    ("a\nb\nc\n", "a\nc\n", {2}),
    ("a\nb\n", "a\n", {1}),
    ("a\n", "a\nb\n", {2}),
    ("a\nb\nc\nd\n", "b\nc\nx\nd\ny\n", {1, 3, 5}),
)


@pytest.mark.parametrize(("before", "after", "lines"), LINES)
def test_changed_lines_are_those_of_the_new_text(before: str, after: str, lines: set[int]) -> None:
    assert changed_lines(before, after) == lines


def test_a_function_whose_code_is_what_it_was_is_the_same_whatever_its_comments() -> None:
    before = b"def f():\n    return 1\n\ndef g():\n    return 2\n"
    after = b"def f():\n    # new words\n    return 1\n\ndef g():\n    return 3\n"
    assert changed_file(before, after) == Changed(lines=frozenset({2, 6}), same=frozenset({"f"}))
    assert changed_file(before, b"LIMIT = 1\n" + after).same == frozenset()
    assert changed_file(None, b"\xff\xfe").lines == frozenset()


def place(line: int, kind: str, function: str, lines: tuple[int, int, int], *, taken: bool = False) -> Place:
    return Place("shop.py", line, kind, function, lines, taken)


def test_a_function_that_is_not_entered_stands_for_all_that_is_in_it() -> None:
    places = [
        place(1, "function", "f", (1, 9, 0)),
        place(2, "true", "f", (2, 2, 3)),
        place(4, "function", "f.inner", (4, 5, 0)),
        place(11, "function", "g", (11, 20, 0), taken=True),
        place(12, "true", "g", (12, 12, 13)),
        place(12, "false", "g", (12, 12, 0), taken=True),
        place(15, "handler", "g", (15, 15, 16)),
        place(30, "function", "h", (30, 40, 0)),
    ]
    changed = {"shop.py": Changed(lines=frozenset({3, 5, 13, 33}), same=frozenset({"h"}))}
    assert diff_of("main", places, changed, {"b.json": False, "a.json": True}, ("bad.py",)) == Diff(
        base="main",
        places=5,
        untaken=(
            Untaken(path="shop.py", line=1, kind="function", function="f"),
            Untaken(path="shop.py", line=12, kind="true", function="g"),
        ),
        unread=("b.json",),
        unparsed=("bad.py",),
    )


def test_data_is_what_a_running_program_could_read() -> None:
    data = ("app/rates.json", "app/templates/mail.html", "settings.yaml", "app/schema.sql", "data/names.txt")
    other = (
        "README.md", "docs/a.json", "tests/data/x.json", ".github/workflows/ci.yml", "app/shop.py", "uv.lock",
        "pyproject.toml", "requirements/base.txt", "LICENSE", "setup.cfg", ".gitignore", "Dockerfile", "tox.ini",
    )  # fmt: skip
    assert data_in((*data, *other)) == tuple(sorted(data))
