"""Durations as people write them: `1h30m`, `45s`, `2d`."""

from __future__ import annotations

import re

SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
PART = re.compile(r"(\d+)([dhms])")


def parse_duration(text: str) -> int:
    """Seconds. Units in descending order, each at most once."""
    compact = text.strip().lower().replace(" ", "")
    if not re.fullmatch(r"(\d+[dhms])+", compact):
        raise ValueError(f"not a duration: {text!r}")
    parts = PART.findall(compact)
    units = [unit for _, unit in parts]
    if units != sorted(set(units), key="dhms".index):
        raise ValueError(f"units out of order in {text!r}")
    return sum(int(count) * SECONDS[unit] for count, unit in parts)


def format_duration(seconds: int, *, parts: int = 2) -> str:
    """The largest `parts` units that are not zero; the rest is cut off, not rounded."""
    if seconds < 0:
        return "-" + format_duration(-seconds, parts=parts)
    found: list[str] = []
    for unit, size in SECONDS.items():
        count, seconds = divmod(seconds, size)
        if count:
            found.append(f"{count}{unit}")
    return "".join(found[:parts]) or "0s"


def backoff(attempt: int, *, first: int = 1, ceiling: int = 60) -> int:
    """Seconds to wait after the attempt of that number, counted from 1: doubling, up to a ceiling."""
    if attempt < 1:
        raise ValueError(f"attempts count from 1, not {attempt}")
    return min(ceiling, first * 2 ** (attempt - 1))


def schedule(attempts: int) -> list[int]:
    """The waits between that many attempts: none follows the last."""
    return [backoff(number) for number in range(1, attempts)]
