"""What of the advisories could be seen at all: a count that nothing stands behind reads unknown, never zero."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from outpace.assessment.assessment import Assessment
from outpace.assessment.episodes import State
from outpace.formats.charts.words import FEWEST, day
from outpace.statistics.curves import Curve

NAMED = 3
OLD = timedelta(days=60)  # of a clone, from when on it is said
DOUBTS: tuple[State, ...] = ("unpinned", "unknown")


def why_unseen(assessment: Assessment) -> str:
    """Why nothing of the past can be counted; empty: it can."""
    history = assessment.history
    if assessment.coverage is None:
        return "there is no advisory data"
    if history.items:
        return ""
    counting = [lock for lock in history.locks if lock.counted]
    if not counting:
        return "no lock file that counts was seen"
    if all(lock.versions and lock.unreadable >= lock.versions for lock in counting):
        return "no lock file could be read"
    named = ", ".join(name for name, _ in history.uncovered[:NAMED])
    return f"there is no advisory data of {named}" if named else ""


def is_partly_hidden(assessment: Assessment) -> bool:
    """Whether an advisory may have met an affected version that was not seen."""
    history, horizon = assessment.history, assessment.horizon
    return bool(
        horizon.shallow
        or horizon.partial
        or history.unread
        or history.uncovered
        or any(lock.unreadable for lock in history.locks if lock.counted)
        or any(item.entry == "unknown" or item.state in DOUBTS for item in history.items)
        or why_unseen(assessment)
    )


def lost(assessment: Assessment) -> float | None:
    """All days in which episodes stood open; None: nothing was seen that could have been open."""
    if assessment.history.episodes:
        return assessment.lost_days
    latency = assessment.latency
    met_affected = latency.open or latency.reactive or latency.adopted
    return None if is_partly_hidden(assessment) or met_affected or not latency.immune else 0.0


def open_now(assessment: Assessment) -> int | None:
    """Vulnerabilities that stand open; None: it is not known of today."""
    blind = why_unseen(assessment) or assessment.history.blind_since is not None
    return None if blind else assessment.latency.open


def doubts(assessment: Assessment) -> str:
    """How many may be open, and nobody can tell: `2 unpinned, 3 unknown`; empty where there are none."""
    states = Counter(item.state for item in assessment.history.items)
    return ", ".join(f"{states[each]:,} {each}" for each in DOUBTS if states[each])


def ends_long_ago(assessment: Assessment) -> str:
    """What a clone that nobody fetched, or on which nobody works, cannot tell; empty: it is of these days."""
    ended = assessment.horizon.ended
    if assessment.asked is not None:
        return told_as_of_its_end(assessment)
    if ended is None or assessment.at - ended <= OLD or assessment.kind == "fleet":
        return ""
    return f"The last change that this clone holds is of {day(ended)}: what landed since, if anything, is not in it"


def told_as_of_its_end(assessment: Assessment) -> str:
    """Goes before every number. Empty: it is told as of the day that was asked for."""
    if assessment.asked is None:
        return ""
    ends = "ends on" if assessment.horizon.ended == assessment.at else "was last fetched on"
    return f"This clone {ends} {day(assessment.at)}, and is told as of that day: what came since is unknown"


def still_open(assessment: Assessment) -> str:
    """The same as words that end a sentence."""
    amount, blind = open_now(assessment), assessment.history.blind_since
    if blind is not None:
        return f"what is open is unknown: no lock file could be read since {day(blind)}"
    if amount is None:
        return "what is open is unknown"
    of_what = " in what could be read" if any(each.until is None for each in assessment.history.unread) else ""
    vulnerabilities = "vulnerability" if amount == 1 else "vulnerabilities"
    if doubted := doubts(assessment):
        known = f"{amount:,} {vulnerabilities} still open" if amount else "none known to be open"
        return f"{known}{of_what}, {doubted}"
    return f"{amount:,} {vulnerabilities} still open{of_what}" if amount else f"none still open{of_what}"


def present(assessment: Assessment) -> Curve | None:
    """The last 24 episodes: how it is now. None: there is none."""
    curve = assessment.latency.recent
    return curve if curve is not None and curve.count else None


def half(curve: Curve | None) -> float | None:
    """None: too few were followed, or fewer than half of them ended."""
    return curve.median.value if curve is not None and curve.count >= FEWEST else None


def half_in_words(curve: Curve | None) -> str:
    """Why there is no median, where there is none."""
    if curve is None or not curve.count:
        return "unknown"
    return "too few" if curve.count < FEWEST else "fewer than half landed"
