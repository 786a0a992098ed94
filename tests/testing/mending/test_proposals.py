"""What is proposed for a test of which a person decides, and where nothing is."""

from __future__ import annotations

import pytest

from outpace.testing.mending.classes import Class
from outpace.testing.mending.failures import Message, NotRaised, Oracle, Values
from outpace.testing.mending.proposals import proposal
from outpace.testing.mending.successors import Replace, Step

SOURCE = """
def test_a(shop):
    assert shop.name() == "one  two"
    assert shop.price() == 1.1
    with pytest.raises(ValueError, match="nobody is left for 3"):
        shop.refuse(3)
    assert shop.lines() == ["a"]
    assert shop.total() == 6
    assert shop.told() == "the shop is closed on day 1"
    shop.equal(7, 7)
"""
CLOSED = "the shop is closed on day 1"


@pytest.mark.parametrize(
    ("kind", "oracle", "line", "old", "new"),
    [
        ("behavioral", Values(observed="8", expected="6"), 8, "6", "8"),
        ("behavioral", Values(observed="['b']", expected="['a']"), 7, "['a']", "['b']"),
        ("behavioral", Values(observed="6", expected="8"), 8, "6", "8"),
        (
            "behavioral",
            Message(observed="all (3) are out", expected="nobody is left for 3"),
            5,
            "'nobody is left for 3'",
            repr(r"all \(3\) are out"),
        ),
        (
            "brittle",
            Message(observed="nobody is left on day 3", expected="nobody is left for 3"),
            5,
            "'nobody is left for 3'",
            "'nobody is left'",
        ),
        (
            "brittle",
            Values(observed="'one two'", expected="'one  two'"),
            3,
            "shop.name() == 'one  two'",
            "shop.name().split() == ['one', 'two']",
        ),
        (
            "brittle",
            Values(observed="'onetwo'", expected="'one  two'"),
            3,
            "shop.name() == 'one  two'",
            "''.join(shop.name().split()) == 'onetwo'",
        ),
        (
            "brittle",
            Values(observed="1.1000000000000001e0", expected="1.1"),
            4,
            "shop.price() == 1.1",
            "abs(shop.price() - 1.1) < 1e-09",
        ),
        (
            "brittle",
            Values(observed="'at 5 the shop is closed'", expected=repr(CLOSED)),
            9,
            f"shop.told() == {CLOSED!r}",
            "'the shop is closed' in shop.told()",
        ),
    ],
)  # fmt: skip
def test_one_expression_of_the_test_is_another_one(kind: Class, oracle: Oracle, line: int, old: str, new: str) -> None:
    found = proposal(kind, oracle, SOURCE, "test_shop.py::test_a[case]", line)
    assert isinstance(found, Step)
    assert found.edit == Replace(function="test_a", old=old, new=new)


@pytest.mark.parametrize(
    ("kind", "oracle", "why"),
    [
        ("behavioral", NotRaised(exception="KeyError"), "no value that the test names differs"),
        ("behavioral", Values(observed="3", expected="7"), "the value stands 2 times in the test"),
        ("behavioral", Values(observed="<A>", expected="<B>"), "the value does not stand in the test's own body"),
        ("brittle", Message(observed="a", expected="nobody is left for 3"), "no phrase is in both messages"),
        ("brittle", Values(observed="'B(1)'", expected="'A(1)'"), "the value does not stand in the assertion"),
        ("brittle", Values(observed="'x'", expected="'one  two'"), "no weaker form is known for what differs"),
    ],
)
def test_where_no_expression_is_the_one_the_reason_is_told(kind: Class, oracle: Oracle, why: str) -> None:
    assert proposal(kind, oracle, SOURCE, "test_shop.py::test_a", 3) == why
