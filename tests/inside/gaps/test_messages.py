"""Messages of exceptions, as little of them as tells two apart."""

from __future__ import annotations

import re

import pytest

from outpace.inside.gaps.assertions import Style
from outpace.inside.gaps.drafts import Draft, draft_of
from outpace.inside.gaps.messages import header_of, piece_of, raising_line

PYTEST, UNITTEST = Style(double=True, unittest=False, names={}), Style(double=False, unittest=True, names={})


@pytest.mark.parametrize(
    ("mine", "theirs", "piece"),
    [
        ("'a' length must match", "'a' item length must match", "'a' length"),
        ("must be a list of lists", "must be a list", "lists"),
        ("length must match", "XXlengthXX must match", "^length"),
        ("no such price (12)", "None", r"price \(12\)"),
        ("the same", "the same", None),
        ("at 0x7f00deadbeef", "at home", None),
    ],
)
def test_a_piece_is_found_in_one_message_and_not_in_the_other(mine: str, theirs: str, piece: str | None) -> None:
    found = piece_of(mine, theirs)
    assert found is None or (re.search(found, mine) is not None and re.search(found, theirs) is None)
    assert (found is None) == (piece is None)
    if piece in ("'a' length", "lists"):
        assert found == piece


def draft(line: str) -> Draft:
    return draft_of(f"def test_it(self):\n    with {line}:\n        price(0)\n")


@pytest.mark.parametrize(
    ("line", "style", "written"),
    [
        ("pytest.raises(NoPrice)", PYTEST, 'pytest.raises(NoPrice, match="zero")'),
        ("self.assertRaises(NoPrice)", UNITTEST, "self.assertRaisesRegex(NoPrice, 'zero')"),
        ("pytest.raises(NoPrice, match='no')", PYTEST, None),
        ("pytest.warns(NoPrice)", PYTEST, None),
    ],
)
def test_a_message_is_asserted_where_none_was(line: str, style: Style, written: str | None) -> None:
    edit = header_of(draft(line), 0, "zero", style, anew=False)
    assert (None if edit is None else edit.put.decode()) == written


def test_a_new_test_may_assert_another_message_than_its_relative() -> None:
    edit = header_of(draft("pytest.raises(NoPrice, match='no')"), 0, r"\(0\)", PYTEST, anew=True)
    assert edit is not None
    assert edit.put.decode() == r'pytest.raises(NoPrice, match=r"\(0\)")'


def test_a_block_that_raises_is_written_as_its_framework_does() -> None:
    assert raising_line("NoPrice", None, PYTEST) == "with pytest.raises(NoPrice):"
    assert raising_line("NoPrice", "zero", PYTEST) == 'with pytest.raises(NoPrice, match="zero"):'
    assert raising_line("NoPrice", "zero", UNITTEST) == "with self.assertRaisesRegex(NoPrice, 'zero'):"
