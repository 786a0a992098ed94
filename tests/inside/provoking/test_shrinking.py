"""The smallest part of a list that still does it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.provoking.shrinking import smallest


@given(st.lists(st.integers(0, 40), unique=True, min_size=1), st.data())
def test_what_is_found_does_it_in_order_and_nothing_in_it_can_be_spared(every: list[int], data: st.DataObject) -> None:
    needed = set(data.draw(st.lists(st.sampled_from(every), unique=True, max_size=3)))

    def does(some: list[int]) -> bool:
        return needed <= set(some)

    assert smallest(every, does) == [each for each in every if each in needed]


@pytest.mark.parametrize("every", [[1], [1, 2, 3, 4, 5]])
def test_nothing_is_found_where_nothing_is_needed(every: list[int]) -> None:
    assert smallest(every, lambda _: True) == []
