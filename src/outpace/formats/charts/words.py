"""Numbers in words: durations, shares and dates as a reader says them, with spaces that do not break."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from outpace.model import words
from outpace.statistics.curves import Estimate

NBSP = "\N{NO-BREAK SPACE}"
DAY = 86_400.0
FEWEST = 6  # episodes: of fewer no median is told, as none of fewer is enclosed by an interval
ROUND = ((0.25, "about a quarter"), (1 / 3, "about a third"), (0.5, "about half"), (0.75, "about three quarters"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def days(value: float) -> str:
    """`19 days`, `6.2 days`, `14 hours`, `3 min`, `28 s`."""
    amount, unit = _measured(value)
    return f"{amount}{NBSP}{unit}" if unit != "day" or amount == "1" else f"{amount}{NBSP}days"


def short(value: float) -> str:
    """`19 d`, `14 h`, `3 min`, `28 s`."""
    amount, unit = _measured(value)
    return f"{amount}{NBSP}{ {'day': 'd', 'hours': 'h', 'hour': 'h'}.get(unit, unit) }"


def _measured(value: float) -> tuple[str, str]:
    seconds = value * DAY
    if round(abs(value), 1) >= 1 or value == 0:
        return _digits(value), "day"
    if abs(seconds) >= 3_600:
        hours = round(seconds / 3_600)
        return str(hours), "hour" if hours == 1 else "hours"
    if abs(seconds) >= 60:
        return str(round(seconds / 60)), "min"
    return _digits(seconds), "s"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")


def took(duration: timedelta) -> str:
    return short(duration.total_seconds() / DAY)


def percent(share: float) -> str:
    """Neither a part is nothing nor nearly all is all."""
    shown = round(share * 100)
    if shown == 0 and share > 0:
        return "under 1%"
    return "over 99%" if shown == 100 and share < 1 else f"{shown}%"


def about(share: float) -> str:
    """A share that was read from somebody's page, in words that claim no more than that."""
    near = (word for value, word in ROUND if abs(share - value) <= 0.03)
    return next(near, percent(share))


def band(estimate: Estimate) -> str:
    """`4.8 to 7.0`; a side that the data does not bound is said so."""
    match estimate.low, estimate.high:
        case None, None:
            return "not bounded by the data"
        case low, None:
            return f"at least {_digits(low)}"
        case None, high:
            return f"at most {_digits(high)}"
        case low, high:
            return f"{_digits(low)} to {_digits(high)}"


def day(at: date | datetime) -> str:
    return f"{at.year:04d}-{at.month:02d}-{at.day:02d}"


def month(at: date | datetime) -> str:
    return f"{MONTHS[at.month - 1]}{NBSP}{at.year}"


def counted(number: int, noun: str, plural: str = "") -> str:
    return words.counted(number, noun, plural).replace(" ", NBSP, 1)


def ended(text: str) -> str:
    """As a sentence."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
