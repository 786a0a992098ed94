"""Which items belong together: in order, those that are the same, and with work that grows as they do."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.exchanges.alignment import NotAligned, Work, matched

MANY = 20_000


def steps(old: list[str], new: list[str]) -> int:
    work = Work()
    matched(old, new, work)
    return Work().left - work.left


WORDS = st.lists(st.sampled_from("abcde"), max_size=30)


@given(WORDS, WORDS)
def test_pairs_are_the_same_items_and_ascend_on_both_sides(old: list[str], new: list[str]) -> None:
    pairs = matched(old, new, Work())
    assert all(old[place] == new[other] for place, other in pairs)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(pairs))


@given(WORDS, WORDS, WORDS)
def test_what_only_one_side_has_leaves_the_others_together(before: list[str], odd: list[str], after: list[str]) -> None:
    told = [each.upper() for each in odd]
    pairs = matched([*before, *after], [*before, *told, *after], Work())
    assert len(pairs) == len(before) + len(after)


def test_the_most_that_ascends_stays_where_items_were_moved() -> None:
    assert matched(list("abcdef"), list("efabcd"), Work()) == [(0, 2), (1, 3), (2, 4), (3, 5)]
    assert matched(list("xaxbx"), list("xbxax"), Work())[0] == (0, 0)


@pytest.mark.parametrize(
    "lines",
    [
        [f"row {number}" for number in range(MANY)],
        [f"row {number % 5}" for number in range(MANY)],
        [f"row {number}" if number % 3 else "<tr>" for number in range(MANY)],
    ],
)
def test_twice_the_items_take_twice_the_work(lines: list[str]) -> None:
    def odd(told: list[str]) -> list[str]:
        middle = len(told) // 2
        return ["first", *told[:middle], "middle", *told[middle + 1 :], "last"]

    half, whole = lines[: MANY // 2], lines
    assert steps(whole, odd(whole)) < 2.5 * steps(half, odd(half)) < 10 * MANY
    shuffled = [Random(8).sample(told, len(told)) for told in (half, whole)]
    assert steps(whole, shuffled[1]) < 3 * steps(half, shuffled[0]) < 30 * MANY


def test_work_has_an_end() -> None:
    with pytest.raises(NotAligned):
        matched([f"row {number}" for number in range(MANY)], list("abc"), Work(MANY // 2))
