"""A program becomes a test only if something is lost without it, and so does each of its assertions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.probing.selection import Candidate, Chosen, chosen

WHOLE, NAME = "0:{}", "0:{}.name"


def candidate(number: int, branches: set[int], kills: dict[int, set[str]], length: int = 10) -> Candidate:
    killed = {mutant: frozenset(places) for mutant, places in kills.items()}
    return Candidate(number, length, (WHOLE, NAME), frozenset(branches), killed)


def test_the_shorter_of_two_that_do_the_same_is_kept() -> None:
    found = chosen([candidate(0, {1}, {7: {WHOLE}}, length=50), candidate(1, {1}, {7: {WHOLE}}, length=5)])
    assert found == [Chosen(1, (7,), (1,), (WHOLE,))]


def test_an_assertion_that_sees_no_mutant_is_not_written() -> None:
    assert chosen([candidate(0, set(), {1: {NAME}, 2: {NAME, WHOLE}})]) == [Chosen(0, (1, 2), (), (NAME,))]


def test_a_mutant_that_ends_the_program_needs_no_assertion_of_its_own() -> None:
    assert chosen([candidate(0, {3}, {1: {"*"}})]) == [Chosen(0, (1,), (3,), (WHOLE,))]


def test_what_was_picked_first_goes_when_others_have_taken_all_of_it() -> None:
    wide = candidate(0, {1, 2, 3, 4}, {}, length=30)
    left, right = candidate(1, {1, 2, 5, 6, 7}, {}, length=31), candidate(2, {3, 4, 8, 9, 10}, {}, length=31)
    assert {each.number for each in chosen([wide, left, right])} == {1, 2}


KILLS = st.dictionaries(st.integers(1, 8), st.sets(st.sampled_from([WHOLE, NAME, "*"]), min_size=1), max_size=5)
CANDIDATES = st.lists(st.tuples(st.sets(st.integers(0, 8), max_size=5), KILLS, st.integers(1, 90)), max_size=8).map(
    lambda rows: [candidate(n, branches, kills, length) for n, (branches, kills, length) in enumerate(rows)]
)


@given(CANDIDATES)
def test_nothing_is_lost_and_nothing_is_kept_that_loses_nothing(candidates: list[Candidate]) -> None:
    found = chosen(candidates)
    wanted = {element for each in candidates for element in each.elements}
    by_number = {each.number: each for each in candidates}
    picked = [by_number[each.number].elements for each in found]
    assert set[tuple[str, int]]().union(*picked) == wanted
    for place, elements in enumerate(picked):
        assert not elements <= set[tuple[str, int]]().union(*picked[:place], *picked[place + 1 :])
    assert {number for each in found for number in each.mutants} == {n for kind, n in wanted if kind == "mutant"}
