"""What is seen of a value can be asserted of it, and holds nothing of the machine."""

from __future__ import annotations

import datetime as dt
import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.probing.observing import Seen, literal_of, observed


class Color(enum.Enum):
    RED = 1


@dataclass
class Item:
    name: str
    parts: list[object]


class Bare:
    """Its `repr` has its address."""


def squares() -> Iterator[int]:
    yield from (1, 4, 9)


def naturals() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (True, [Seen("{}", "is", "True")]),
        (1, [Seen("{}", "equal", "1")]),
        (1.0, [Seen("{}", "equal", "1.0")]),
        (math.nan, [Seen("{}", "nan", "")]),
        ({2, 1}, [Seen("{}", "equal", "{1, 2}")]),
        (Color.RED, [Seen("{}", "member", f"{__name__}:Color.RED")]),
        (dt.date(2020, 1, 2), [Seen("{}", "equal", "datetime.date(2020, 1, 2)")]),
        (Decimal("1.5"), [Seen("{}", "equal", "decimal.Decimal('1.5')")]),
        (PurePosixPath("a/b"), [Seen("{}", "equal", "pathlib.PurePosixPath('a/b')")]),
        (squares(), [Seen("list({})", "equal", "[1, 4, 9]")]),
        (naturals(), []),
        (Bare(), [Seen("{}", "type", f"{__name__}:Bare")]),
        (
            Item("a", [Bare()]),
            [
                Seen("{}", "type", f"{__name__}:Item"),
                Seen("{}.name", "equal", "'a'"),
                Seen("{}.parts", "type", "builtins:list"),
                Seen("len({}.parts)", "equal", "1"),
                Seen("{}.parts[0]", "type", f"{__name__}:Bare"),
            ],
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_seen_as_the_places_where_it_can_be_asserted(value: object, seen: list[Seen]) -> None:
    assert observed(value) == seen


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.tuples(inner, inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@given(VALUES)
def test_a_literal_evaluates_to_a_value_of_the_same_types(value: Any) -> None:
    assert repr(eval(literal_of(value))) == repr(value)


def test_a_class_without_a_name_is_not_said_to_be_the_type() -> None:
    made = type("Made", (), {"__module__": __name__})()
    vars(made)["size"] = 3
    assert observed(made) == [Seen("{}.size", "equal", "3")]
