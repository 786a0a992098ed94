"""Decoding of OSV records: lenient on what is not used, strict on what is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from outpace.ecosystems.pypi.versions import normalize_name
from outpace.model.advisory import Advisory, Affected, Event, Range, Rating
from outpace.model.package import CRATES_IO, PYPI, Package


class _Package(Struct):
    ecosystem: str
    name: str


class _Event(Struct):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class _Range(Struct):
    type: str
    events: list[_Event] | None = None


class _Severity(Struct):
    type: str
    score: str


class _Specific(Struct):
    informational: str | None = None


class _Affected(Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None
    database_specific: msgspec.Raw = msgspec.Raw()


class _Record(Struct):
    id: str
    affected: list[_Affected] | None = None
    aliases: list[str] | None = None
    summary: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    withdrawn: datetime | None = None
    severity: list[_Severity] | None = None


_decoder = msgspec.json.Decoder(_Record)

NO_VULNERABILITY = frozenset({"unmaintained", "notice"})
"""RustSec's records of these kinds tell that nobody looks after a crate any more, or something else worth knowing."""


def decode(data: bytes) -> Advisory:
    """One record. Unknown keys are passed over; what is used must have its type: ValueError names the field."""
    try:
        record = _decoder.decode(data)
    except msgspec.DecodeError as error:  # ValidationError is one, and its message names the path
        raise ValueError(f"not an OSV record: {error}") from error
    except RecursionError:
        raise ValueError("not an OSV record: it is nested too deeply") from None
    if not record.id or len(record.id) > 200:
        raise ValueError("not an OSV record: `id` is empty or longer than 200 characters")
    return Advisory(
        id=record.id,
        affected=tuple(_affected(each) for each in record.affected or () if _speaks_of_a_vulnerability(each)),
        aliases=tuple(dict.fromkeys(alias for alias in record.aliases or () if alias and alias != record.id)),
        summary=record.summary or "",
        published=_aware(record.published),
        modified=_aware(record.modified),
        withdrawn=_aware(record.withdrawn),
        severity=_ratings(record.severity),
        digest=hashlib.sha256(data).hexdigest(),
    )


def _speaks_of_a_vulnerability(entry: _Affected) -> bool:
    if entry.package is None:
        return False
    if entry.package.ecosystem != CRATES_IO or b'"informational"' not in bytes(entry.database_specific):
        return True
    try:
        specific = msgspec.json.decode(entry.database_specific, type=_Specific)
    except msgspec.DecodeError:
        return True
    return specific.informational not in NO_VULNERABILITY


def _affected(entry: _Affected) -> Affected:
    assert entry.package is not None
    return Affected(
        package=package_of(entry.package.ecosystem, entry.package.name),
        ranges=tuple(
            Range(type=each.type, events=tuple(one for event in each.events or () for one in _events(event)))
            for each in entry.ranges or ()
        ),
        versions=tuple(entry.versions or ()),
        severity=_ratings(entry.severity),
    )


def package_of(ecosystem: str, name: str) -> Package:
    """Only PyPI knows one package by several names: the others' lock files and records hold the published spelling.

    (crates.io takes `-` and `_` for the same when a name is given away, so that the other spelling names no crate.)
    """
    return Package(ecosystem, normalize_name(name) if ecosystem == PYPI else name)


def _events(event: _Event) -> tuple[Event, ...]:
    """The schema wants one boundary an object; where there are several they are taken apart."""
    kinds = ((name, getattr(event, name)) for name in ("introduced", "fixed", "last_affected", "limit"))
    return tuple(Event(**{name: value}) for name, value in kinds if value is not None)


def _ratings(entries: Sequence[_Severity] | None) -> tuple[Rating, ...]:
    return tuple(Rating(type=each.type, score=each.score) for each in entries or ())


def _aware(at: datetime | None) -> datetime | None:
    """None for the zero time too, which Go's database writes where it has no date."""
    if at is None:
        return None
    try:
        aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"not an OSV record: the time {at.isoformat()} is before or after all time") from None
    return None if aware.date() == date.min else aware
