"""A clone that ends is told as of its end, unless it is known that nothing came after."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from outpace.assessment.chronicle import Chronicle
from outpace.assessment.freshness import since_then, told_as_of, usual_silence
from tests.assessment.chronicles import chronicle, day, landings

WEEKLY = chronicle(landings(range(0, 1_400, 7)))
WITH_A_BREAK = chronicle(landings([*range(0, 700, 7), *range(756, 1_400, 7)]))  # of 63 days
RARE = chronicle(landings(range(0, 1_400, 100)))
LAST = 1_393


@pytest.mark.parametrize(
    ("own", "asked", "known", "told"),
    [
        pytest.param(WEEKLY, LAST + 30, None, LAST + 30, id="a month is no end"),
        pytest.param(WEEKLY, LAST + 31, None, LAST, id="longer than ever"),
        pytest.param(WEEKLY, LAST + 400, LAST + 399, LAST + 400, id="fetched the day before"),
        pytest.param(WEEKLY, LAST + 400, LAST + 100, LAST + 100, id="fetched long before"),
        pytest.param(WEEKLY, LAST + 400, LAST - 100, LAST, id="committed to after it was fetched"),
        pytest.param(WITH_A_BREAK, LAST + 2 * 63, None, LAST + 2 * 63, id="as silent as before, twice"),
        pytest.param(WITH_A_BREAK, LAST + 2 * 63 + 1, None, LAST, id="and longer"),
        pytest.param(RARE, 1_300 + 365, None, 1_300 + 365, id="too few to tell"),
        pytest.param(RARE, 1_300 + 366, None, 1_300, id="a year is never taken for granted"),
    ],
)
def test_it_is_told_as_of_its_end_where_it_was_never_silent_for_so_long(
    own: Chronicle, asked: float, known: float | None, told: float
) -> None:
    assert told_as_of(own, day(asked), None if known is None else day(known)) == day(told)


def test_what_goes_on_after_the_day_of_the_question_does_not_end_there() -> None:
    later = replace(WEEKLY, horizon=replace(WEEKLY.horizon, goes_on=True))
    assert told_as_of(later, day(LAST + 400), None) == day(LAST + 400)


def test_no_silence_is_usual_that_is_longer_than_a_year_and_an_old_one_counts_no_more() -> None:
    old = landings([*range(0, 500, 5), *range(1_100, 1_400, 5)])
    assert usual_silence(old) == timedelta(days=365)
    assert usual_silence(landings([*range(0, 100, 5), *range(800, 2_400, 5)])) == timedelta(days=30)
    assert usual_silence(landings([5])) == timedelta(days=365)


def test_a_history_without_a_landing_and_the_last_day_of_all_are_no_trouble() -> None:
    assert told_as_of(chronicle(()), day(5), None) == day(5)
    end = datetime.max.replace(tzinfo=day(0).tzinfo)
    assert told_as_of(WEEKLY, end, end) == end


def test_the_question_names_the_day_and_how_to_settle_it() -> None:
    asked = since_then(day(0), day(730))
    assert asked.what == "what landed since 2021-01-04, and what is open today"
    assert asked.why.startswith("this clone ends there, 730 days before it was asked")
    assert asked.would_settle == "git fetch, and then the same command again"
