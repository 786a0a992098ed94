"""How advisory data is shown: text, and the public JSON of `outpace advisories`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.app.advisories import Other, Status, Updated
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging
from outpace.model.package import PYPI
from outpace.model.refresh import AlreadyCurrent, Brought, NotAsked, NotBrought, Part

if TYPE_CHECKING:
    from rich.console import RenderableType

Became = Literal["brought", "already current", "not asked", "not brought"]


class KevV1(Struct, frozen=True, kw_only=True):
    entries: int
    cutoff: date
    age_s: int


class EcosystemV1(Struct, frozen=True, kw_only=True):
    """Of one more ecosystem, as StatusV1 says it of the first."""

    source: str
    ecosystem: str
    records: int
    cutoff: datetime | None
    age_s: int | None
    fetched: datetime


class StatusV1(Struct, frozen=True, kw_only=True):
    """Of PyPI, where there is any; `others` are the other ecosystems.

    `cutoff` is when the newest record was modified, `fetched` when the source last held nothing newer.
    """

    source: str
    ecosystem: str
    records: int
    cutoff: datetime | None
    age_s: int | None
    fetched: datetime
    kev: KevV1 | None  # null: it is unknown what is exploited
    path: str
    others: tuple[EcosystemV1, ...] = ()


class BadRecordV1(Struct, frozen=True, kw_only=True):
    name: str
    why: str


class PartV1(Struct, frozen=True, kw_only=True):
    became: Became
    ecosystem: str = ""  # empty: the KEV catalog
    source: str = ""
    records: int | None = None
    bad_records: int = 0
    bad: tuple[BadRecordV1, ...] = ()  # the first of them
    why: str = ""


class UpdateV1(Struct, frozen=True, kw_only=True):
    """`advisories` are PyPI's, `others` those of other ecosystems that were asked for or were in the file."""

    advisories: PartV1
    kev: PartV1
    status: StatusV1
    others: tuple[PartV1, ...] = ()


def status_json(view: Status) -> bytes:
    return encoded(
        "advisories status", _status(view), coverage=view.coverage, unknown=_unknown(view), warnings=view.caveats
    )


def update_json(view: Updated) -> bytes:
    refresh = view.refresh
    return encoded(
        "advisories update",
        UpdateV1(
            advisories=_part(refresh.advisories, PYPI),
            kev=_part(refresh.kev, ""),
            status=_status(view.status),
            others=tuple(_part(each.part, each.ecosystem) for each in refresh.others),
        ),
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
        others=tuple(_other(each) for each in view.others),
    )


def _other(view: Other) -> EcosystemV1:
    return EcosystemV1(
        source=view.coverage.source,
        ecosystem=view.coverage.ecosystem,
        records=view.coverage.records,
        cutoff=view.coverage.cutoff,
        age_s=None if view.age is None else _seconds(view.age),
        fetched=view.coverage.fetched,
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


def _part(part: Part, ecosystem: str) -> PartV1:
    match part:
        case Brought():
            return PartV1(
                became="brought",
                ecosystem=ecosystem,
                source=part.source,
                records=part.records,
                bad_records=part.bad,
                bad=tuple(BadRecordV1(name=each.file, why=each.why) for each in part.unread),
            )
        case AlreadyCurrent():
            return PartV1(became="already current", ecosystem=ecosystem, source=part.source)
        case NotAsked():
            return PartV1(became="not asked", ecosystem=ecosystem)
        case NotBrought():
            return PartV1(became="not brought", ecosystem=ecosystem, source=part.source, why=part.why)


def _caveats(view: Updated) -> tuple[str, ...]:
    refresh = view.refresh
    others = (f"{each.ecosystem}: {told}" for each in refresh.others for told in _caveats_of(each.part))
    return (*_caveats_of(refresh.advisories), *others, *_caveats_of(refresh.kev))


def _caveats_of(part: Part) -> tuple[str, ...]:
    match part:
        case Brought():
            return part.caveats
        case NotBrought():
            return (part.why,)
        case AlreadyCurrent() | NotAsked():
            return ()


def status_text(view: Status) -> RenderableType:
    every = (Other(coverage=view.coverage, age=view.age), *view.others)
    return _page([_answer(each) for each in every], view, view.caveats)


def update_text(view: Updated) -> RenderableType:
    others = (_became(each.part, f"advisories of {each.ecosystem}") for each in view.refresh.others)
    lines = [_became(view.refresh.advisories, "advisories"), *others, _became(view.refresh.kev, "KEV catalog")]
    return _page([line for line in lines if line], view.status, (*_caveats(view), *view.status.caveats))


def _became(part: Part, what: str) -> str:
    match part:
        case Brought():
            left_out = f"; {part.bad:,} could not be read and are left out" if part.bad else ""
            named = "".join(f"\n  {each.file}: {each.why}" for each in part.unread)
            return f"{what}: brought {part.records:,} record{'' if part.records == 1 else 's'}{left_out}{named}"
        case AlreadyCurrent():
            return f"{what}: already current"
        case NotAsked():
            return ""
        case NotBrought():
            return f"{what}: not brought"


def _answer(view: Other) -> str:
    coverage = view.coverage
    upto = f"up to {_day(coverage.cutoff)} ({_age(view.age)})" if view.age is not None else "of unknown age"
    word = "advisory" if coverage.records == 1 else "advisories"
    return f"{coverage.records:,} {coverage.ecosystem} {word}, {upto}"


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
    others = (
        (each.coverage.ecosystem, f"up to {_day(each.coverage.cutoff)} ({_age(each.age)}), {each.coverage.source}")
        for each in view.others
    )
    return (
        ("newest record", f"{_day(coverage.cutoff)} ({_age(view.age)})"),
        ("source", coverage.source),
        ("last looked", f"{coverage.fetched:%Y-%m-%d %H:%M} UTC"),
        *others,
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
