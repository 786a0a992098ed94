"""What is tried for a program is always simpler than it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.probing.programs import Node, call, constant, method, named, source, variable
from outpace.inside.probing.simpler import simpler, weight

CONSTANTS = st.one_of(st.integers(-50, 5000), st.text(max_size=12), st.booleans(), st.floats(allow_nan=False)).map(
    constant
)
CALLS = st.builds(
    lambda plain, word: call(named("shop", "f"), *plain, key=word), st.lists(CONSTANTS, max_size=3), CONSTANTS
)


@given(CALLS)
def test_each_step_is_simpler_and_no_step_comes_twice(node: Node) -> None:
    steps = simpler((node,))
    assert all(weight(each) < weight((node,)) for each in steps)
    assert len({source(each) for each in steps}) == len(steps)


def test_a_statement_goes_that_nothing_speaks_of() -> None:
    program = (call(named("shop", "Basket")), call(named("shop", "Till")), method(variable(1), "open"))
    assert "v0 = shop.Till()\nv1 = v0.open()" in [source(each) for each in simpler(program)]


def test_arguments_become_fewer_and_texts_shorter() -> None:
    steps = [
        source(each) for each in simpler((call(named("shop", "f"), constant("a-b"), strict=constant(value=True)),))
    ]
    assert "v0 = shop.f('a-b')" in steps
    assert "v0 = shop.f('a-', strict=True)" in steps
