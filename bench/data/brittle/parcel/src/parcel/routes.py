"""Depots and windows of delivery."""

import zlib
from datetime import UTC, datetime, timedelta

DEPOTS = 8


def depot(city):
    return hash(city) % DEPOTS


def stable_depot(city):
    return zlib.crc32(city.encode()) % DEPOTS


def window(text):
    """The two hours that begin at a local time, as seconds since the epoch."""
    start = datetime.fromisoformat(text)
    return int(start.timestamp()), int((start + timedelta(hours=2)).timestamp())


def eta(sent, days):
    """Working days only."""
    day = sent
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
