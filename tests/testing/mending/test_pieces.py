"""A change is cut into pieces that compose to both of its sides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.causes import composed
from outpace.testing.mending.pieces import difference

LINES = st.lists(st.sampled_from(["a\n", "b\n", "def f():\n", "    return 1\n"]), max_size=8).map("".join)
FILES = st.dictionaries(st.sampled_from(["a.py", "b.txt"]), LINES)


@given(FILES, FILES)
def test_no_piece_is_the_old_side_and_all_pieces_are_the_new_one(old: dict[str, str], new: dict[str, str]) -> None:
    found = difference(old, new)
    everything = frozenset(piece.number for piece in found.pieces)
    for path in found.files:
        assert found.composed(path, ()) == old.get(path)
        assert found.composed(path, everything) == new.get(path)
        assert composed(found.plain()[path], everything) == new.get(path)
    assert sorted(everything) == list(range(len(found.pieces)))
    assert set(found.files) == {path for path in {*old, *new} if old.get(path) != new.get(path)}


def test_lines_that_stay_lines_are_pieces_of_their_own_and_know_their_function() -> None:
    old = "def f():\n    a = 1\n    b = 2\n"
    new = "def f():\n    a = 3\n    b = 4\n"
    told = [(piece.line, piece.function, piece.new) for piece in difference({"a.py": old}, {"a.py": new}).pieces]
    assert told == [(2, "f", "    a = 3\n"), (3, "f", "    b = 4\n")]
