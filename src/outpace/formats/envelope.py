"""The one JSON envelope of every command, version 1."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct

from outpace.formats.plain import escaped
from outpace.model.advisory import Coverage
from outpace.model.times import now


class Advisories(Struct, frozen=True, kw_only=True):
    """Which data was asked, and how old it is."""

    source: str
    cutoff: datetime | None
    age_s: int


class UnknownItem(Struct, frozen=True, kw_only=True):
    """Something that could not be determined; `what` names a file, a component or a milestone."""

    what: str
    why: str
    would_settle: str = ""


class Envelope(Struct, frozen=True, kw_only=True):
    outpace: int = 1
    command: str
    advisories: Advisories | None
    result: Struct
    unknown: tuple[UnknownItem, ...] = ()
    warnings: tuple[str, ...] = ()


def advisories_of(coverage: Coverage | None, at: datetime | None = None) -> Advisories | None:
    if coverage is None:
        return None
    newest = coverage.cutoff or coverage.fetched
    age = (at or now()) - newest
    return Advisories(source=coverage.source, cutoff=coverage.cutoff, age_s=max(0, int(age.total_seconds())))


def encoded(
    command: str,
    result: Struct,
    *,
    coverage: Coverage | None = None,
    unknown: tuple[UnknownItem, ...] = (),
    warnings: tuple[str, ...] = (),
    indent: int = 2,
) -> bytes:
    """One JSON document; `indent=0` makes it one line, for `watch`."""
    envelope = Envelope(
        command=command, advisories=advisories_of(coverage), result=result, unknown=unknown, warnings=warnings
    )
    document = escaped(_whole(envelope))
    return msgspec.json.format(document, indent=indent) if indent else document


def _whole(envelope: Envelope) -> bytes:
    """A path may hold bytes that are no text, and a file half of a character pair: JSON carries their spelling."""
    try:
        return msgspec.json.encode(envelope)
    except UnicodeEncodeError:
        return msgspec.json.encode(_spelled(msgspec.to_builtins(envelope)))


def _spelled(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            rows = cast("dict[object, object]", value)
            return {_spelled(key): _spelled(each) for key, each in rows.items()}
        case list() | tuple():
            return [_spelled(each) for each in cast("list[object]", value)]
        case _:
            return value
