"""Until when a clone can be read as the present: one that nobody fetched ends as a project does that fell silent.

Commits alone do not tell the two apart. So where the silence at the end is longer than any that this history knew, it
is told as of its end, unless git recorded that somebody looked later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from outpace.assessment.chronicle import Chronicle, Landing
from outpace.assessment.evidence import Question
from outpace.assessment.moments import before

LOOKED_BACK = timedelta(days=3 * 365)
FEWEST = 20  # silences: that the next one is the longest of all has then a chance of 1 in 20
TWICE = 2
SHORTEST = timedelta(days=30)  # a month in which nothing lands is nobody's end
LONGEST = timedelta(days=365)  # the silence that speaks for stalled: it is never taken for granted


def told_as_of(chronicle: Chronicle, at: datetime, known_until: datetime | None) -> datetime:
    """`at`, or where the clone ends. `known_until`: git recorded that this was all there was then; None: it did not."""
    if not chronicle.landings or chronicle.horizon.goes_on:
        return at
    last = chronicle.landings[-1].at
    known = last if known_until is None else max(last, known_until)
    return at if at - known <= usual_silence(chronicle.landings) else known


def usual_silence(landings: Sequence[Landing]) -> timedelta:
    """Twice the longest of the last three years, from a month to a year; a year where too few landed to tell."""
    since = before(landings[-1].at, LOOKED_BACK)
    late = [each.at for each in landings if each.at >= since]
    silences = [later - sooner for sooner, later in pairwise(late)]
    if len(silences) < FEWEST:
        return LONGEST
    return min(max(TWICE * max(silences), SHORTEST), LONGEST)


def since_then(ended: datetime, asked: datetime) -> Question:
    """What is asked of a clone that is told as of its end."""
    return Question(
        what=f"what landed since {ended:%Y-%m-%d}, and what is open today",
        why=f"this clone ends there, {(asked - ended).days:,} days before it was asked, and it was never silent for so "
        "long: whether work ended or nobody fetched, commits do not tell. It is told as of that day",
        would_settle="git fetch, and then the same command again",
    )
