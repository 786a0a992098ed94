"""A record told for a day: dates in order, nothing after the day, and how each date was told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from outpace.assessment.chronicle import Chronicle, Horizon, Landing, Tag, Touch
from outpace.assessment.episodes import Told
from outpace.assessment.ports import LockChange, Walk
from outpace.engines.history.record import Record, Row, TouchRow
from outpace.model.times import from_timestamp

UNSET = 365 * 86_400  # the year in which the seconds begin: what a clock says that nobody set


class Day(NamedTuple):
    """`at` is the day of the assessment; what is dated after `today` has a wrong date. Seconds since the epoch."""

    at: int
    today: int


class Seen(NamedTuple):
    """What the clone shows: the branch, whether its history is cut off, whether blobs are lacking."""

    branch: str
    shallow: bool
    partial: bool


class Date(NamedTuple):
    """`told` None: it is the commit's own."""

    at: int
    told: Told | None


def told(record: Record, day: Day, seen: Seen) -> Walk:
    dates = _dates([row.date for row in record.rows], day)
    kept = bisect_right(dates, day.at, key=lambda date: date.at)
    rows, dates = record.rows[:kept], dates[:kept]
    moments = [from_timestamp(date.at) for date in dates]
    paths = [path.decode("utf-8", "surrogateescape") for path in record.paths]
    landings = tuple(
        _landing(row, date, moment, cut=seen.shallow and number == 0)
        for number, (row, date, moment) in enumerate(zip(rows, dates, moments, strict=True))
    )
    chronicle = Chronicle(
        horizon=_horizon(rows, dates, day, seen, goes_on=kept < len(record.rows)),
        landings=landings,
        touches=tuple(
            _touch(touch, landings[touch.landing], paths) for touch in record.touches if touch.landing < kept
        ),
        tags=_tags(record, dates, day),
    )
    return Walk(
        chronicle=chronicle,
        changes=tuple(
            LockChange(lock.landing, paths[lock.path], lock.after) for lock in record.locks if lock.landing < kept
        ),
        renames=tuple(
            (rename.landing, paths[rename.source], paths[rename.target])
            for rename in record.renames
            if rename.landing < kept
        ),
    )


def _dates(raw: Sequence[int], day: Day) -> list[Date]:
    """Never before the one before. A date that has not come yet is no date: the next one's is taken, or the day. Nor
    is one of a clock that was never set, after others that were.
    """
    following: list[int] = []
    ahead = day.at
    for date in reversed(raw):
        ahead = date if UNSET < date <= day.today else ahead
        following.append(ahead)
    dates: list[Date] = []
    last = 0
    for date, at in zip(raw, reversed(following), strict=True):
        last = max(max(date, 0) if date <= UNSET and last <= UNSET else at, last)
        dates.append(Date(last, None if last == date else "later parent"))
    return dates


def _landing(row: Row, date: Date, at: datetime, *, cut: bool) -> Landing:
    how: Told = "merge" if row.is_merge else "commit"
    return Landing(
        id=row.id,
        at=at,
        told="before history" if cut else "other parent" if row.pulled else date.told or how,
        is_merge=row.is_merge,
        by_bot=row.by_bot,
        said=row.said,
        files=row.files,
        branch_commits=row.brought,
        branch_began=None if row.began is None else from_timestamp(min(max(row.began, 0), date.at)),
    )


def _touch(touch: TouchRow, landing: Landing, paths: Sequence[str]) -> Touch:
    return Touch(
        landing=landing.id,
        at=landing.at,
        path=paths[touch.path],
        kind="changed" if touch.before and touch.after else "added" if touch.after else "deleted",
        before=touch.before,
        after=touch.after,
    )


def _tags(record: Record, dates: Sequence[Date], day: Day) -> tuple[Tag, ...]:
    """By date; each counts the landings that no earlier one contains. A tag is never older than what it contains."""
    told: list[tuple[int, int, str, str]] = []
    for tag in record.tags:
        reach = min(tag.reach, len(dates) - 1)
        at = max(tag.at, dates[reach].at if reach >= 0 else 0)
        if at <= day.at:
            told.append((at, reach, tag.name.decode("utf-8", "surrogateescape"), tag.commit))
    tags: list[Tag] = []
    covered = 0
    for at, reach, name, commit in sorted(told):
        tags.append(Tag(name=name, at=from_timestamp(at), commit=commit, first=max(reach + 1 - covered, 0)))
        covered = max(covered, reach + 1)
    return tuple(tags)


def _horizon(rows: Sequence[Row], dates: Sequence[Date], day: Day, seen: Seen, *, goes_on: bool) -> Horizon:
    return Horizon(
        tip=rows[-1].id if rows else "",
        branch=seen.branch,
        shallow=seen.shallow,
        partial=seen.partial,
        landings=len(rows),
        began=from_timestamp(dates[0].at) if dates else None,
        ended=from_timestamp(dates[-1].at) if dates else None,
        local_merges=sum(row.pulled for row in rows),
        out_of_order=sum(row.date < date.at and row.date <= day.today for row, date in zip(rows, dates, strict=True)),
        in_future=sum(row.date > day.today for row in rows),
        goes_on=goes_on,
    )
