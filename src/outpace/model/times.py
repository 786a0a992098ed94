"""The clock: aware UTC times, and their text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

Aware: TypeAlias = Annotated[datetime, Meta(tz=True)]  # a bare time in what is decoded is an error


def now() -> datetime:
    return datetime.now(UTC)


def from_timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def text(at: datetime) -> str:
    """ISO 8601 in UTC with a `Z`, to the microsecond where there is one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse(value: str) -> datetime:
    """An aware time from RFC 3339 text; a bare time counts as UTC. Raises ValueError."""
    at = datetime.fromisoformat(value)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:  # at the edge of what a date can be
        raise ValueError(f"{value} is no time in UTC") from error
