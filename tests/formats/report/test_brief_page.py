"""One page: what it says first, that a position changes no number, and that nobody else's text becomes markup."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import get_args

import pytest

from outpace.assessment.assessment import Assessment
from outpace.formats.report.brief_page import Position, page
from tests.fakes import assessments
from tests.formats.report.well_formed import Page, faults, numbers, words

SAMPLES = (
    assessments.watered_down,
    assessments.adopted_truly,
    assessments.stalled,
    assessments.unknown,
    assessments.hostile,
    assessments.long_winded,
)
samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: each.__name__)


@samples
def test_the_brief_is_well_formed_and_asks_for_nothing(sample: Callable[[], Assessment]) -> None:
    assert faults(page(sample(), live=assessments.live())) == []


@samples
def test_a_position_changes_order_and_words_but_no_number(sample: Callable[[], Assessment]) -> None:
    positions: tuple[Position | None, ...] = (None, *get_args(Position))
    pages = [page(sample(), position=position, live=assessments.live()) for position in positions]
    assert [numbers(each) == numbers(pages[0]) for each in pages] == [True] * 4
    assert len({words(each) for each in pages}) == 4


def test_a_changed_number_would_be_seen() -> None:
    brief = page(assessments.watered_down())
    assert numbers(brief) != numbers(brief.replace("11\N{NO-BREAK SPACE}days", "12\N{NO-BREAK SPACE}days"))


def test_the_first_sentence_answers_and_the_first_step_says_what_it_saves() -> None:
    text = " ".join(words(page(assessments.watered_down())).split())
    assert (
        "The last 24 fixes reached the default branch after a median of 17 days ; about a quarter of what attackers "
        "exploit is exploited before or on the day of publication." in text
    )
    assert "Saves 11 days an episode (8 to 14). About 3 days of work." in text
    assert "Measured again on 2027-02-24" in text


def test_where_most_did_not_land_yet_the_median_says_so() -> None:
    text = " ".join(words(page(assessments.stalled())).split())
    assert "after a median of 920 days , counting the 16 that did not yet; by then at least 50% of what" in text


def test_nothing_seen_reads_as_unknown_and_says_what_would_settle_it() -> None:
    text = " ".join(words(page(assessments.unknown())).split())
    assert "How long fixes take here is unknown : the clone is shallow: its history is cut." in text
    assert "git fetch --unshallow" in text
    assert "no advisory data" in text


def test_hostile_text_stays_text() -> None:
    brief = page(assessments.hostile(), live=assessments.live())
    assert "<script" not in brief
    assert "javascript:" not in brief
    assert "⟨202E⟩" in brief
    assert {"script", "img"} & Page(brief).tags.keys() == set()


@samples
def test_the_brief_stays_small(sample: Callable[[], Assessment]) -> None:
    assert len(page(sample(), live=assessments.live()).encode()) < (
        600_000 if sample is assessments.long_winded else 160_000
    )  # 500 episodes


def test_the_brief_is_made_in_a_moment() -> None:
    assessment, live = assessments.long_winded(), assessments.live()
    page(assessment, live=live)
    spent = min(_spent(assessment) for _ in range(5))
    assert spent < 0.5


def _spent(assessment: Assessment) -> float:
    begun = process_time()
    page(assessment, live=assessments.live())
    return process_time() - begun
