"""What was good before does not vouch for what begins like it."""

from __future__ import annotations

from outpace.proving.ladder.cases import Activates, Leaks, Returns, Witness
from outpace.proving.ladder.remembered import GOOD, MOST, QUIET, remembered


def test_a_call_comes_behind_good_ones_that_begin_alike() -> None:
    found = remembered([Witness(setup="S", does="f('a b=c')", exploited=Activates())], ())
    assert {(case.setup, case.of) for case in found} == {("S" + QUIET, 0)}
    assert [case.control for case in found] == [
        ("S", f"f({text!r})") for text in ("a", *GOOD[:1] * 2, *GOOD[1:] * 2, "c=b a")
    ]
    assert [case.does for case in found] == [
        "[_quiet(lambda: f('a')), _quiet(lambda: f('a b')), f('a b=c')][-1]",
        *(
            f"[_quiet(lambda: f({good!r})), f({text!r})][-1]"
            for good in GOOD
            for text in (f"{good} a b=c", f"{good}a b=c")
        ),
        "[_quiet(lambda: f('c=b a')), _quiet(lambda: f('a b=c')), _quiet(lambda: f('a b=cx')), f('a b=c')][-1]",
    ]


def test_what_is_told_by_its_value_or_says_itself_is_not_remembered() -> None:
    assert remembered([Witness(does="f('a')", exploited=Returns("1"))], ()) == ()
    leak = Witness(does="f()", exploited=Leaks("key"))
    assert remembered([leak], ("f('key')",)) == ()


def test_no_more_is_remembered_than_can_be_run() -> None:
    ways = tuple(f"f('a{number} b', 'c d')" for number in range(90))
    assert 0 < len(remembered([Witness(does="f('x y')", exploited=Activates())], ways)) <= MOST
