"""Python's words for what is missing, and what a comparison saw."""

from __future__ import annotations

import pytest

from outpace.testing.mending.failures import (
    Message,
    NoAttribute,
    NoKeyword,
    NoModule,
    NoName,
    NotRaised,
    TooManyArguments,
    Values,
    missing,
    oracle,
)
from outpace.testing.told import Result


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("E   ImportError: cannot import name 'u' from 'a.b' (/x/a/b.py)", NoName(module="a.b", name="u")),
        ("module 'a' has no attribute 'b'", NoName(module="a", name="b")),
        ("<module 'a' from '/x/a.py'> has no attribute '_b'", NoName(module="a", name="_b")),
        ("<class 'a.Roster'> has no attribute '_b'", NoAttribute(owner="Roster", name="_b")),
        ("No module named 'a.b'", NoModule(module="a.b")),
        ("'Roster' object has no attribute 'swap'", NoAttribute(owner="Roster", name="swap")),
        ("type object 'Version' has no attribute 'x'. Did you mean: 'y'?", NoAttribute(owner="Version", name="x")),
        ("show() got an unexpected keyword argument 'parts'", NoKeyword(function="show", name="parts")),
        ("A.__init__() takes 1 positional argument but 2 were given", TooManyArguments(function="A.__init__")),
        ("f() takes from 1 to 2 positional arguments but 3 were given", TooManyArguments(function="f")),
        ("assert 1 == 2", None),
    ],
)
def test_what_is_missing_is_told_by_the_message(message: str, found: object) -> None:
    assert missing(message) == found


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("assert '#a' == '#b'\n  \n  - #b\n  + #a", Values(observed="'#a'", expected="'#b'")),
        ("assert [1, '== 2'] == [2]", Values(observed="[1, '== 2']", expected="[2]")),
        ("'a' != 'b'\n- a\n+ b", Values(observed="'a'", expected="'b'")),
        ("assert A(x=1) == A(x=2)", Values(observed="A(x=1)", expected="A(x=2)")),
        ("0 should be less\nassert 0 == -1\n + where", Values(observed="0", expected="-1")),
        ("{'a[24 chars]er': 1} != {'b[23 chars]'}", Values(observed="{'a...er': 1}", expected="{'b...'}")),
        ("assert <A> == <B>", None),
        ("assert f(x for x in y) == 2", None),
        ("DID NOT RAISE <class 'a.b.Wrong'>", NotRaised(exception="Wrong")),
        ("DID NOT RAISE ValueError", NotRaised(exception="")),
        (
            "Regex pattern did not match.\n  Expected regex: 'not a'\n  Actual message: 'no a'",
            Message(expected="not a", observed="no a"),
        ),
    ],
)
def test_both_sides_of_a_failure_are_told_by_the_message(message: str, found: object) -> None:
    told = oracle(Result("t", "failed", message=message))
    assert told == (NotRaised(exception="ValueError") if found == NotRaised(exception="") else found)
