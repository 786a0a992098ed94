"""Spans of time, as people write them and as they read them."""

from __future__ import annotations

import re
from typing import Optional

SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def parse_span(text: str) -> int:
    """Return the seconds of a span: `90s`, `1h30m`, `2d`. A ValueError where there is none, or units in another order."""
    found = SPAN.fullmatch(text.strip().lower())
    if found is None or not found.group():
        raise ValueError(f"not a span of time: {text!r}")
    return sum(int(number or 0) * SECONDS[unit] for number, unit in zip(found.groups(), "dhms"))


def describe(seconds: float) -> str:
    """Return a span in its two largest units: `1h 30m`, `2d 0h`; in tenths below ten seconds, `0.4s`."""
    if seconds < 0:
        return "-" + describe(-seconds)
    if seconds < 10:
        return f"{seconds:.1f}s"
    left = round(seconds)
    for larger, smaller in ("dh", "hm", "ms"):
        if left >= SECONDS[larger]:
            number, rest = divmod(left, SECONDS[larger])
            return f"{number}{larger} {rest // SECONDS[smaller]}{smaller}"
    return f"{left}s"


def next_run(last: Optional[int], every: int, now: int) -> int:
    """Return when a job is due, in whole steps from its last run; at once where it never ran, and never in the past."""
    if every < 1:
        raise ValueError("a job runs at most once a second")
    if last is None:
        return now
    missed = max(0, now - last - 1) // every
    return last + (missed + 1) * every
