"""Edits inside of functions: other names of locals, f-strings, statements in another order."""

from __future__ import annotations

from typing import Any

import pytest

from outpace.inside.provoking.edits import edits_of
from outpace.inside.provoking.sources import Source, applied, together

CODE = """
def total(orders, rate):
    count = 0
    seen = []
    for each in orders:
        count += each
        seen.append(each)
    return count, [count for count in seen], "%s of %s, 100%% {x}" % (count, rate)


def kept(names):
    name = [name for name in names if name]
    return lambda: name


def told(value):
    text = str(value)
    return f"{text}!"


def looked():
    here = 1
    return locals()
"""


def edited(on: str, code: str = CODE) -> str:
    source = Source("a.py", code)
    edits = [edit for edit in edits_of([source]) if edit.on == on]
    return applied({"a.py": source.bytes}, edits).get("a.py", code.encode()).decode()


@pytest.mark.parametrize(
    ("on", "there"),
    [
        ("local name", "count_reworded += each_reworded"),
        ("formatting", "f'{count!s} of {rate!s}, 100% {{x}}'"),
        ("order of statements", "    seen = []\n    count = 0\n"),
    ],
)
def test_the_edit_is_made_and_changes_no_result(on: str, there: str) -> None:
    names: dict[str, Any] = {}
    exec(edited(on), names)
    assert there in edited(on)
    assert names["total"]([1, 2], 3) == (3, [1, 2], "3 of 3, 100% {x}")
    assert (names["kept"](["a", ""])(), names["told"](1), names["looked"]()) == (["a"], "1!", {"here": 1})


@pytest.mark.parametrize(
    "code",
    [
        'def f(pair):\n    return "%s %s" % pair\n',
        'def f(a, b):\n    return "%s %d" % (a, b)\n',
        "def f(a):\n    return \"%s %s\" % (a, {'b': a})\n",
    ],
)
def test_what_is_formatted_otherwise_or_from_one_value_is_left_alone(code: str) -> None:
    assert edited("formatting", code) == code


@pytest.mark.parametrize("code", ["def f():\n    a = 1\n    b = a\n", "def f():\n    a = g()\n    b = 1\n"])
def test_statements_that_know_each_other_or_call_something_stay_in_order(code: str) -> None:
    assert edited("order of statements", code) == code


def test_a_variable_of_a_comprehension_alone_keeps_its_name() -> None:
    code = "x = 1\n\n\ndef f():\n    return [x for x in ()], x\n"
    assert edited("local name", code) == code


def test_edits_that_overlap_are_in_groups_of_their_own_and_none_is_lost() -> None:
    edits = edits_of([Source("a.py", CODE)])
    groups = together(edits)
    assert sorted(edit for group in groups for edit in group) == sorted(edits)
    for group in groups:
        changed = applied({"a.py": CODE.encode()}, group)
        assert all(changed != applied({"a.py": CODE.encode()}, [e for e in group if e is not edit]) for edit in group)
