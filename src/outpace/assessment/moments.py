"""Moments that a calendar can hold: what would lie behind its last day, or before its first, is that day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


def after(moment: datetime, span: timedelta) -> datetime:
    """`span` is not negative."""
    return LAST if LAST - moment < span else moment + span


def before(moment: datetime, span: timedelta) -> datetime:
    return FIRST if moment - FIRST < span else moment - span
