"""Edits that keep the behavior, or the contract, of source."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from outpace.inside.provoking.edits import edits_of
from outpace.inside.provoking.sources import Source, applied

SHOP = '''"""A shop."""
import logging
from dataclasses import dataclass

OPEN = True
PRICES = {}
log = logging.getLogger(__name__)


@dataclass
class Order:
    name: str


def _tax(value):
    return value * 2


def price(value, member=False):
    if value < 0:
        log.warning("below zero: %s", value)
        raise ValueError(f"{value} is below zero")
    return _tax(value)


def names(orders):
    """In no order that is promised."""
    seen = []
    for each in orders:
        if each.name not in seen:
            seen.append(each.name)
    return seen


def mean(values):
    return sum(values) / len(values)


def record(value):
    return {"price": price(value), "name": "x"}
'''


def edited(on: str) -> str:
    """The shop after all edits of one kind."""
    source = Source("shop.py", SHOP)
    edits = [edit for edit in edits_of([source]) if edit.on == on]
    return applied({"shop.py": source.bytes}, edits)["shop.py"].decode()


def run(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": __name__}
    exec(compile(text, "shop.py", "exec"), names)
    return names


@pytest.mark.parametrize(
    "on", ["line number", "source text", "private name", "order of definitions", "call by keyword"]
)
def test_an_edit_that_keeps_the_behavior_keeps_it(on: str) -> None:
    shop = run(edited(on))
    assert edited(on) != SHOP
    assert (shop["price"](4), shop["mean"]([1, 2]), shop["record"](1)) == (8, 1.5, {"price": 2, "name": "x"})
    assert [each for each in ("OPEN", "PRICES") if each not in shop] == []


def test_a_private_helper_has_another_name_everywhere() -> None:
    assert "_tax(" not in edited("private name").replace("_tax_reworded(", "")


def test_definitions_change_places() -> None:
    assert edited("order of definitions").index("PRICES = {}") < edited("order of definitions").index("OPEN = True")


@pytest.mark.parametrize(
    ("on", "told"),
    [
        ("message", "-1 is below zero (reworded)"),
        ("repr", "<Order>"),
        ("order of a result", "['b', 'a']"),
        ("last digit", repr(sum([0.3, 0.2, 0.1]) / 3)),
        ("extra key", "{'price': 2, 'name': 'x', 'reworded': None}"),
    ],
)
def test_an_edit_that_keeps_the_contract_shows(on: str, told: str) -> None:
    shop = run(edited(on))
    with pytest.raises(ValueError, match="below zero") as raised:
        shop["price"](-1)
    orders = [shop["Order"](name) for name in "ab"]
    seen = [str(raised.value), repr(orders[0]), str(shop["names"](orders)), str(shop["mean"]([0.1, 0.2, 0.3]))]
    assert told in [*seen, str(shop["record"](1))]


def test_a_log_says_more() -> None:
    assert '"below zero: %s" " (reworded)"' in edited("log text")


def test_of_two_edits_of_one_place_the_first_is_made() -> None:
    source = Source("shop.py", SHOP)
    message = next(edit for edit in edits_of([source]) if edit.on == "message")
    assert applied({"shop.py": source.bytes}, [message, message]) == applied({"shop.py": source.bytes}, [message])


def test_names_that_are_said_as_text_are_left_alone() -> None:
    text = 'def _tax(): ...\n\n\nFOUND = "_tax"\n'
    assert [edit.before for edit in edits_of([Source("a.py", text)]) if edit.on == "private name"] == []
    ast.parse(text)
