"""Moments at the ends of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outpace.assessment.moments import FIRST, LAST, after, before

MOMENTS = st.datetimes(timezones=st.just(UTC))
SPANS = st.timedeltas(min_value=timedelta())
YEAR = timedelta(days=365)


def test_what_lies_behind_the_calendar_is_its_last_moment_and_what_lies_before_it_its_first() -> None:
    assert after(datetime(9999, 12, 31, tzinfo=UTC), YEAR) == LAST
    assert before(datetime(1, 1, 2, tzinfo=UTC), YEAR) == FIRST


def test_within_the_calendar_it_is_the_sum() -> None:
    assert after(datetime(2025, 1, 1, tzinfo=UTC), YEAR) == datetime(2026, 1, 1, tzinfo=UTC)
    assert before(datetime(2026, 1, 1, tzinfo=UTC), YEAR) == datetime(2025, 1, 1, tzinfo=UTC)


@given(MOMENTS, SPANS)
def test_no_moment_and_no_span_leaves_the_calendar(moment: datetime, span: timedelta) -> None:
    assert before(moment, span) <= moment <= after(moment, span)
