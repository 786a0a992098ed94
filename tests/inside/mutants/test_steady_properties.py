"""Properties say the same in each fork."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.mutants.properties import steady

PATCHING = "hypothesis.extra._patching"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = sys.modules.get(PATCHING)
    yield
    sys.modules.pop(PATCHING, None)
    if before is not None:
        sys.modules[PATCHING] = before


def test_a_property_draws_the_same_examples_again() -> None:
    drawn: list[int] = []

    @given(st.integers())
    def keeps(number: int) -> None:
        drawn.append(number)

    steady([keeps])
    keeps()
    first = tuple(drawn)
    drawn.clear()
    keeps()
    assert (tuple(drawn), len(first) > 10) == (first, True)


def test_a_property_that_fails_shrinks_nothing() -> None:
    tried: list[int] = []

    @given(st.integers(min_value=0))
    def fails(number: int) -> None:
        tried.append(number)
        assert number < 50

    steady([fails, object(), None])
    with pytest.raises(AssertionError):
        fails()
    large = [number for number in tried if number >= 50]
    assert len(set(large)) == 1
