"""How advisory data is shown: text, and the public JSON of `outpace advisories`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.app.advisories import Status, Updated
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging
from outpace.model.refresh import AlreadyCurrent, Brought, NotAsked, NotBrought, Part

if TYPE_CHECKING:
    from rich.console import RenderableType

Became = Literal["brought", "already current", "not asked", "not brought"]


class KevV1(Struct, frozen=True, kw_only=True):
    entries: int
    cutoff: date
    age_s: int


class StatusV1(Struct, frozen=True, kw_only=True):
    """`cutoff` is when the newest record was modified, `fetched` when the source last held nothing newer."""

    source: str
    ecosystem: str
    records: int
    cutoff: datetime | None
    age_s: int | None
    fetched: datetime
    kev: KevV1 | None  # null: it is unknown what is exploited
    path: str


class BadRecordV1(Struct, frozen=True, kw_only=True):
    name: str
    why: str


class PartV1(Struct, frozen=True, kw_only=True):
    became: Became
    source: str = ""
    records: int | None = None
    bad_records: int = 0
    bad: tuple[BadRecordV1, ...] = ()  # the first of them
    why: str = ""


class UpdateV1(Struct, frozen=True, kw_only=True):
    advisories: PartV1
    kev: PartV1
    status: StatusV1


def status_json(view: Status) -> bytes:
    return encoded(
        "advisories status", _status(view), coverage=view.coverage, unknown=_unknown(view), warnings=view.caveats
    )


def update_json(view: Updated) -> bytes:
    parts = (view.refresh.advisories, view.refresh.kev)
    return encoded(
        "advisories update",
        UpdateV1(advisories=_part(parts[0]), kev=_part(parts[1]), status=_status(view.status)),
        coverage=view.status.coverage,
        unknown=_unknown(view.status),
        warnings=(*_caveats(view), *view.status.caveats),
    )


def _status(view: Status) -> StatusV1:
    kev = None
    if view.kev_age is not None and view.coverage.kev_cutoff is not None:
        kev = KevV1(entries=view.kev_entries, cutoff=view.coverage.kev_cutoff, age_s=_seconds(view.kev_age))
    return StatusV1(
        source=view.coverage.source,
        ecosystem=view.coverage.ecosystem,
        records=view.coverage.records,
        cutoff=view.coverage.cutoff,
        age_s=None if view.age is None else _seconds(view.age),
        fetched=view.coverage.fetched,
        kev=kev,
        path=view.path,
    )


def _seconds(age: timedelta) -> int:
    return int(age.total_seconds())


def _unknown(view: Status) -> tuple[UnknownItem, ...]:
    if view.kev_age is not None:
        return ()
    return (
        UnknownItem(
            what="known exploitation", why="there is no KEV catalog here", would_settle="outpace advisories update"
        ),
    )


def _part(part: Part) -> PartV1:
    match part:
        case Brought():
            return PartV1(
                became="brought",
                source=part.source,
                records=part.records,
                bad_records=part.bad,
                bad=tuple(BadRecordV1(name=each.file, why=each.why) for each in part.unread),
            )
        case AlreadyCurrent():
            return PartV1(became="already current", source=part.source)
        case NotAsked():
            return PartV1(became="not asked")
        case NotBrought():
            return PartV1(became="not brought", source=part.source, why=part.why)


def _caveats(view: Updated) -> tuple[str, ...]:
    told: list[str] = []
    for part in (view.refresh.advisories, view.refresh.kev):
        match part:
            case Brought():
                told += part.caveats
            case NotBrought():
                told.append(part.why)
            case AlreadyCurrent() | NotAsked():
                pass
    return tuple(told)


def status_text(view: Status) -> RenderableType:
    return _page([_answer(view)], view, view.caveats)


def update_text(view: Updated) -> RenderableType:
    lines = [_became(view.refresh.advisories, "advisories"), _became(view.refresh.kev, "KEV catalog")]
    return _page([line for line in lines if line], view.status, (*_caveats(view), *view.status.caveats))


def _became(part: Part, what: str) -> str:
    match part:
        case Brought():
            left_out = f"; {part.bad:,} could not be read and are left out" if part.bad else ""
            named = "".join(f"\n  {each.file}: {each.why}" for each in part.unread)
            return f"{what}: brought {part.records:,} records{left_out}{named}"
        case AlreadyCurrent():
            return f"{what}: already current"
        case NotAsked():
            return ""
        case NotBrought():
            return f"{what}: not brought"


def _answer(view: Status) -> str:
    coverage = view.coverage
    upto = f"up to {_day(coverage.cutoff)} ({_age(view.age)})" if view.age is not None else "of unknown age"
    return f"{coverage.records:,} {coverage.ecosystem} advisories, {upto}"


def _page(first: list[str], view: Status, warnings: tuple[str, ...]) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for name, value in _rows(view):
        rows.add_row(Text(name, style="dim"), Text(value))
    told = [Hanging(f"warning: {line}") for line in warnings]
    gap = [Text("")] if told else []
    return Group(*(Hanging(line) for line in first), Text(""), Padding.indent(rows, 2), *gap, *told)


def _rows(view: Status) -> tuple[tuple[str, str], ...]:
    coverage = view.coverage
    return (
        ("newest record", f"{_day(coverage.cutoff)} ({_age(view.age)})"),
        ("source", coverage.source),
        ("last looked", f"{coverage.fetched:%Y-%m-%d %H:%M} UTC"),
        ("exploited (KEV)", _kev(view)),
        ("kept in", view.path),
    )


def _kev(view: Status) -> str:
    if view.kev_age is None:
        return "unknown: no catalog here"
    return f"{view.kev_entries:,} entries, up to {_day(view.coverage.kev_cutoff)} ({_age(view.kev_age)})"


def _day(day: date | None) -> str:
    return "unknown" if day is None else f"{day:%Y-%m-%d}"


def _age(age: timedelta | None) -> str:
    if age is None:
        return "age unknown"
    if age.days:
        return f"{age.days:,} day{'s' if age.days > 1 else ''} old"
    hours = age.seconds // 3600
    return f"{hours} hour{'s' if hours > 1 else ''} old" if hours else "less than an hour old"
