"""How a deadline is shown: in a line, in a cell, in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from outpace.model.deadline import Assessed, Due, Since, Undecided, Waits
from outpace.model.unknown import Unknown

DAY = timedelta(days=1)


class UndecidedDueV1(Struct, frozen=True, kw_only=True):
    """It would be due, sooner than what is, if all of `would_hold` did; `why` and `would_settle` are of each, in order.

    `at` is null where its begin is unknown.
    """

    name: str
    at: datetime | None
    would_hold: tuple[str, ...]
    why: tuple[str, ...]
    would_settle: tuple[str, ...]


class DueV1(Struct, frozen=True, kw_only=True):
    """`at` and `begun` are null where the time has not begun to run, and `within` says how long it then is.

    `none`: no declared one is due, as far as is known. `met` and `missed` are of an exposure that is over.
    """

    state: Literal["due", "overdue", "met", "missed", "not begun", "none"]
    name: str | None = None
    at: datetime | None = None
    counted_from: Since | None = None
    begun: datetime | None = None
    within: str | None = None
    undecided: tuple[UndecidedDueV1, ...] = ()


def due_in_json(assessed: Assessed | None, now: datetime) -> DueV1 | None:
    """Null where no deadline is declared."""
    if assessed is None:
        return None
    undecided = tuple(map(_undecided, assessed.undecided))
    match assessed.due:
        case Due() as due:
            state, since = _state(due, now), due.since
            return DueV1(
                state=state, name=due.name, at=due.at, counted_from=since, begun=due.begun, undecided=undecided
            )
        case Waits() as waits:
            return DueV1(
                state="not begun",
                name=waits.name,
                counted_from=waits.since,
                within=waits.within,
                undecided=undecided,
            )
        case None:
            return DueV1(state="none", undecided=undecided)


def _state(due: Due, now: datetime) -> Literal["due", "overdue", "met", "missed"]:
    if due.ended is not None:
        return "met" if due.ended <= due.at else "missed"
    return "due" if now <= due.at else "overdue"


def _undecided(each: Undecided) -> UndecidedDueV1:
    return UndecidedDueV1(
        name=each.name,
        at=each.at,
        would_hold=tuple(what for what, _ in each.unknown),
        why=tuple(unknown.why for _, unknown in each.unknown),
        would_settle=tuple(unknown.would_settle for _, unknown in each.unknown),
    )


def lines(assessed: Assessed | None, now: datetime) -> Iterator[str]:
    """The one that is due, then each that would be; of an exposure that is over, only what it came to."""
    if assessed is None:
        return
    if assessed.due is not None:
        yield _due(assessed.due, now)
    if isinstance(assessed.due, Due) and assessed.due.ended is not None:
        return
    yield from map(_would, assessed.undecided)


def _due(due: Due | Waits, now: datetime) -> str:
    match due:
        case Waits(name=name, within=within, since=since, not_begun=not_begun):
            begin = f" (would begin it: {not_begun.would_begin})" if not_begun.would_begin else ""
            return f"due {within} after it is {since} ({name}): {not_begun.why}{begin}"
        case Due(name=name, at=at):
            match _state(due, now):
                case "due":
                    return f"due {at:%Y-%m-%d} ({name}), {_left(at - now)}"
                case "overdue":
                    return f"overdue since {at:%Y-%m-%d} ({name})"
                case "met":
                    return f"met: it was due {at:%Y-%m-%d} ({name})"
                case "missed":
                    return f"missed: it was due {at:%Y-%m-%d} ({name})"


def _left(left: timedelta) -> str:
    if left < timedelta(hours=1):
        return "in less than an hour"
    count, unit = (left // DAY, "day") if left >= DAY else (left // timedelta(hours=1), "hour")
    return f"in {count:,} {unit}{'' if count == 1 else 's'}"


def _would(each: Undecided) -> str:
    shown = _undecided(each)
    because = "; ".join(f"{unknown.why}{_settle(unknown.would_settle)}" for unknown in _reasons(each))
    if each.at is None:
        return f"due on an unknown day ({each.name}), if {' and '.join(shown.would_hold)}: {because}"
    return f"would be due {each.at:%Y-%m-%d} ({each.name}) if {' and '.join(shown.would_hold)}: {because}"


def _reasons(each: Undecided) -> tuple[Unknown, ...]:
    return tuple(dict.fromkeys(unknown for _, unknown in each.unknown))


def _settle(way: str) -> str:
    return f" (would settle it: {way})" if way else ""


def cell(assessed: Assessed | None, now: datetime) -> str:
    return "; ".join(lines(assessed, now))
