"""How long the days of a trip are."""

import traceback
from datetime import UTC, datetime, timedelta


def seconds_of(day):
    """Between two local midnights."""
    start = datetime(day.year, day.month, day.day)
    return (start + timedelta(days=1)).timestamp() - start.timestamp()


def utc_seconds_of(day):
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (start + timedelta(days=1)).timestamp() - start.timestamp()


def last_line_of(error):
    return traceback.extract_tb(error.__traceback__)[-1].lineno


def nights(start, end):
    if end < start:
        raise ValueError("a trip ends after it starts")
    return (end - start).days
