"""Programs print as Python that evaluates to what they are, and read back as themselves."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.probing.mining import mined
from outpace.inside.probing.programs import (
    DICT,
    LIST,
    Node,
    call,
    constant,
    method,
    named,
    packed,
    parsed,
    printed,
    shifted,
    source,
    unpacked,
    variable,
)

LITERALS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8), st.binary(max_size=8)
)
NODES = st.recursive(
    LITERALS.map(constant), lambda inner: st.lists(inner, max_size=3).map(lambda items: Node(LIST, None, tuple(items)))
)


@given(NODES)
def test_what_is_packed_unpacks_to_what_prints_the_same(node: Node) -> None:
    assert printed(unpacked(packed(node))) == printed(node)


@given(LITERALS)
def test_a_printed_constant_evaluates_to_itself(value: Any) -> None:
    again = eval(printed(constant(value)))
    assert (type(again), again) == (type(value), value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_without_a_literal_are_printed_as_calls(value: float) -> None:
    assert repr(eval(printed(constant(value)))) == repr(value)


def test_a_program_is_one_statement_for_each_expression() -> None:
    program = (call(named("shop", "Basket"), size=constant(2)), method(variable(0), "add", constant("a")))
    assert source(program) == "v0 = shop.Basket(size=2)\nv1 = v0.add('a')"


def test_a_program_behind_another_speaks_of_its_own_variables() -> None:
    assert printed(shifted(method(variable(0), "add"), 3)) == "v3.add()"


@pytest.mark.parametrize(
    ("text", "bound", "wanted"),
    [
        ("is_email('a@b')", {"is_email": "shop:is_email"}, call(named("shop", "is_email"), constant("a@b"))),
        ("f(-1, key={'a': 1})", {"f": "shop:f"}, call(
            named("shop", "f"), constant(-1), key=Node(DICT, None, (constant("a"), constant(1)))
        )),
        ("f(x)", {"f": "shop:f"}, None),
        ("open('/etc/passwd')", {}, None),
        ("f(*args)", {"f": "shop:f"}, None),
        ("not python", {}, None),
    ],
)  # fmt: skip
def test_only_calls_of_known_names_with_plain_arguments_are_read(
    text: str, bound: dict[str, str], wanted: Node | None
) -> None:
    assert parsed(text, bound) == wanted


def test_members_are_texts_where_their_enumeration_is_looked_up() -> None:
    kinds = "import enum\n\n\nclass Kind(enum.Enum):\n    FOOD = 1\n"
    assert mined(kinds).constants == (1,)
    assert mined(f"{kinds}\n\ndef kind(name): return Kind[name.upper()]\n").constants == (1, "FOOD", "food")
