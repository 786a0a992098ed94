"""A test is kept for what no other one has; what it claims is what the file was seen to do."""

from __future__ import annotations

from outpace.testing.writing.earning import Unit, branches_of, credited, needed, units_of
from outpace.testing.writing.found import Branch, FoundTest

IF, NOT, LINE = Branch(3, "a > 1", 1, 0), Branch(3, "a > 1", 0, 0), Branch(4, "", 1)


def found(*takes: Branch, length: int = 1) -> FoundTest:
    return FoundTest(target="f", program=("x" * length,), asserts=(), takes=takes)


def unit(node: str, *takes: Branch, length: int = 1) -> Unit:
    return Unit(node=node, function=node, tests=(found(*takes, length=length),))


def test_each_case_of_a_function_is_one_of_the_tests_it_was_made_of() -> None:
    first, second = found(IF), found(NOT)
    units = units_of(["a.py::T::test_a[1]", "a.py::T::test_a[2]"], {"test_a": (first, second)})
    assert [(each.node, each.function, each.tests) for each in units] == [
        ("a.py::T::test_a[1]", "test_a", (first,)),
        ("a.py::T::test_a[2]", "test_a", (second,)),
    ]


def test_a_function_that_runs_as_one_holds_all_its_tests() -> None:
    tests = (found(IF), found(NOT))
    assert units_of(["T::test_a"], {"test_a": tests}) == (Unit(node="T::test_a", function="test_a", tests=tests),)


def test_of_two_that_kill_the_same_the_shorter_is_kept() -> None:
    units = (unit("long", IF, length=9), unit("short", IF), unit("other"))
    kills = {"long": frozenset({"m"}), "short": frozenset({"m"}), "other": frozenset({"n"})}
    assert [each.node for each in needed(units, kills)] == ["short", "other"]


def test_two_that_stand_for_each_other_do_not_both_go() -> None:
    units = (unit("one"), unit("two"))
    kills = {"one": frozenset({"m"}), "two": frozenset({"m"})}
    assert len(needed(units, kills)) == 1


def test_a_branch_alone_is_worth_a_test_and_nothing_at_all_is_not() -> None:
    units = (unit("one", IF), unit("two", IF, NOT, length=5), unit("three"))
    assert [each.node for each in needed(units, {})] == ["two"]


def test_a_mutant_is_credited_to_the_first_that_kills_it() -> None:
    units = (unit("one"), unit("two"))
    kills = {"two": frozenset({"m", "n"}), "one": frozenset({"n"})}
    assert credited(units, kills) == {"n": "one", "m": "two"}


def test_a_line_is_named_where_there_is_no_condition_to_name() -> None:
    told = branches_of((unit("one", IF, LINE), unit("two", LINE, Branch(7, "", 1))))
    assert told == {"one": ("line 3: a > 1 is true",), "two": ("line 7 runs",)}
