"""Which units of a module may read docstrings, or tell where code lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.inside.recording.words import NONE, Flags, flags

TEXT = """import inspect

def plain():
    return 1

def told(
    text=plain.__doc__,
):
    return text

class Shown:
    def text(self):
        return inspect.getsource(type(self))

    def line(self, seen): return seen.f_lineno
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "shown.py").write_text(TEXT)
    return str(tmp_path / "shown.py")


def test_what_a_body_says_is_the_function_s_and_what_a_signature_says_the_module_s(file: str) -> None:
    assert flags(file, own=True, is_test=False, marked=True) == Flags(frozenset({""}), frozenset({"Shown.text", ""}))


def test_where_nobody_sees_what_is_entered_all_of_it_is_the_module_s(file: str) -> None:
    assert flags(file, own=True, is_test=False, marked=False) == Flags(frozenset({""}), frozenset({""}))


def test_lines_are_looked_for_in_the_project_alone(file: str) -> None:
    assert flags(file, own=False, is_test=False, marked=False) == Flags(frozenset({""}), frozenset())


def test_a_module_that_says_neither_has_no_flags(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("def plain():\n    return 1\n")
    assert flags(str(tmp_path / "plain.py"), own=True, is_test=True, marked=True) == NONE
