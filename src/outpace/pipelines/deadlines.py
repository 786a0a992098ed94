"""`[[deadlines]]` of outpace.toml: durations in words, and what the types cannot refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from outpace.model.deadline import Deadline

SPAN = re.compile(r"(?P<count>[1-9][0-9]{0,5}) ?(?P<unit>[a-z]+)", re.ASCII)
UNITS = {
    **dict.fromkeys(("m", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
LONGEST = timedelta(days=3650)
HIGHEST_SCORE = 10.0


def span(within: str) -> timedelta:
    """`36 hours`, `3 days`, `2w`; raises ValueError."""
    found = SPAN.fullmatch(within.strip())
    unit = UNITS.get(found["unit"]) if found else None
    if found is None or unit is None:
        raise ValueError("is no duration; write a count and minutes, hours, days or weeks, as in 36 hours or 3 days")
    if int(found["count"]) > LONGEST / unit:
        raise ValueError(f"is too long; write at most {LONGEST.days} days")
    return int(found["count"]) * unit


def problems(deadlines: Sequence[Deadline], environments: Sequence[str]) -> Iterator[str]:
    """Each names the key, the value and the mend."""
    names = [each.name for each in deadlines]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two deadlines are called {name!r}; give each its own `name`"
    for number, each in enumerate(deadlines):
        yield from (f"deadlines[{number}] ({each.name!r}): {problem}" for problem in _of_one(each, environments))


def _of_one(deadline: Deadline, environments: Sequence[str]) -> Iterator[str]:
    if not deadline.name.strip():
        yield "`name` is empty; say in a word whom or what it is for"
    try:
        span(deadline.within)
    except ValueError as error:
        yield f"`within = {deadline.within!r}` {error}"
    score = deadline.severity
    if isinstance(score, float | int) and not 0 < score <= HIGHEST_SCORE:
        yield f"`severity = {score}` is no CVSS score; write one above 0 and up to 10, or critical, high, medium, low"
    where = deadline.environment
    if where is not None and where not in environments:
        known = f"one of {', '.join(environments)}" if environments else "no `environment`, since none is declared"
        yield f"`environment = {where!r}` is not declared here; write {known}"
