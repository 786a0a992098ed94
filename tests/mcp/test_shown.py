"""Answers are small and harmless: hostile text comes back as data, escaped and cut, and the rest by a handle."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.mcp.shown import LARGEST, Kept, answered, visible
from outpace.model.errors import NotFound

HIDDEN = "a\x1b[31m\u200b\u202e\u2066\ufe0f\U000e0041\U000e0101\u3164\x07\u2028b"


def test_no_character_that_is_obeyed_or_not_seen_is_left() -> None:
    assert visible(HIDDEN) == ("a\\x1b[31m\\u200b\\u202e\\u2066\\u{fe0f}\\U000e0041\\u{e0101}\\u{3164}\\x07\\u2028b")


@given(st.text())
def test_whatever_is_shown_has_only_characters_that_are_seen(text: str) -> None:
    shown = visible(text)
    assert [char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}] == []


@given(
    st.recursive(st.text() | st.integers(-9, 9) | st.none(), lambda x: st.lists(x) | st.dictionaries(st.just("a"), x))
)
def test_no_answer_is_larger_than_an_agent_reads(value: object) -> None:
    assert len(answered({"value": value}, Kept())) <= LARGEST


def test_what_does_not_fit_is_counted_and_can_be_read_page_by_page() -> None:
    kept = Kept()
    rows = [{"id": f"CVE-{number}", "summary": "x" * 900} for number in range(40)]
    told = json.loads(answered({"exposures": rows}, kept))
    assert len(told["exposures"]) + told["left_out"]["exposures"] == 40
    pages, handle = "", told["whole"]
    while handle:
        page = json.loads(kept.page(handle))
        assert len(kept.page(handle)) < LARGEST
        pages, handle = pages + page["text"], page["next"]
    assert json.loads(pages) == {"exposures": rows}


def test_a_handle_that_was_never_given_is_not_found() -> None:
    kept = Kept()
    kept.keep("x")
    for wrong in ("answer-0", "answer-", f"{kept.keep('y' * 10)}/2", f"{kept.keep('y')}/x/../9"):
        if "x/.." in wrong:
            assert json.loads(kept.page(wrong))["text"] == "y"
        else:
            with pytest.raises(NotFound):
                kept.page(wrong)


def test_only_the_newest_answers_are_kept() -> None:
    kept = Kept()
    first = kept.keep("0")
    for number in range(1, 65):
        kept.keep(str(number))
    with pytest.raises(NotFound):
        kept.page(first)
