"""The smallest part of a change that turns a test red."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.causes import Cause, Spent, composed, signs, smallest


@given(st.integers(1, 24).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1))))
def test_of_pieces_that_are_all_needed_none_is_left_out_and_none_is_too_many(case: tuple[int, set[int]]) -> None:
    count, needed = case
    assert smallest(range(count), lambda chosen: needed <= chosen) == Cause(tuple(sorted(needed)), sure=True)


def test_what_was_not_tried_to_the_end_is_not_sure() -> None:
    left = [3]

    def red(chosen: frozenset[int]) -> bool:
        if not left[0]:
            raise Spent
        left[0] -= 1
        return 5 in chosen

    found = smallest(range(8), red)
    assert 5 in found.pieces
    assert not found.sure


def test_a_file_is_composed_of_the_pieces_as_they_are_and_the_others_as_they_were() -> None:
    parts = [[-1, "a\n", "a\n"], [0, "b\n", "B\n"], [-1, "c\n", "c\n"], [1, "", "d\n"]]
    assert composed(parts, frozenset()) == "a\nb\nc\n"
    assert composed(parts, frozenset({1})) == "a\nb\nc\nd\n"


def test_a_file_that_is_new_is_not_there_without_its_piece() -> None:
    assert [composed([[0, None, "x"]], frozenset(chosen)) for chosen in ((), (0,))] == [None, "x"]


def test_one_failure_has_one_sign_whatever_addresses_are_in_its_words() -> None:
    def row(message: str) -> dict[str, object]:
        result = ["t.py::test_a", "failed", 0.1, "AssertionError", message, "call", []]
        return {"broken": [], "status": 0, "rounds": [{"results": [result], "lost": []}]}

    one, other, third = (signs(row(text), ["t.py::test_a"]) for text in ("<A 0x12>", "<A 0xff>", "<B 0x12>"))
    assert one == other != third


def test_what_could_not_be_collected_is_red_by_the_words_of_its_file() -> None:
    row = {"broken": [["t.py", "ImportError: no x"]], "status": 0, "rounds": []}
    assert signs(row, ["t.py::test_a"]) == {"t.py::test_a": "not collected ImportError: no x"}
