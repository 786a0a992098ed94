"""How a recorded milestone is shown: text, and the public JSON of `outpace record`."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import Literal

from msgspec import Struct

from outpace.app.record import Became, Recorded, Tellable
from outpace.app.retract import SHORT, Listed, TakenBack, Told
from outpace.formats.clock import WIDTH, plain
from outpace.formats.envelope import UnknownItem, encoded
from outpace.model.times import text as time_text
from outpace.model.words import counted


class RecordV1(Struct, frozen=True, kw_only=True):
    application: str
    milestone: Tellable
    became: Became
    fact: str  # its key, to take it back
    at: datetime
    vulnerabilities: tuple[str, ...]
    source: str
    environment: str
    revision: str
    branch: str
    components: int | None  # of the inventory; null where none was told


def answer(view: Recorded, *, warnings: tuple[str, ...] = ()) -> bytes:
    result = RecordV1(
        application=view.application,
        milestone=view.milestone,
        became=view.became,
        fact=view.key,
        at=view.at,
        vulnerabilities=view.vulnerabilities,
        source=view.source,
        environment=view.environment,
        revision=view.revision,
        branch=view.branch,
        components=None if view.inventory is None else len(view.inventory.components),
    )
    unread = view.inventory.unread if view.inventory is not None else ()
    unknown = tuple(
        UnknownItem(what=f"line {each.line}" if each.line else "inventory", why=each.why) for each in unread
    )
    return encoded("record", result, unknown=unknown, warnings=(*warnings, *_warnings(view)))


class ToldV1(Struct, frozen=True, kw_only=True):
    """Something that was told and stands, or stood; `fact` is its key."""

    fact: str
    milestone: str
    at: datetime
    source: str
    vulnerabilities: tuple[str, ...]
    environment: str
    revision: str


class ToldListV1(Struct, frozen=True, kw_only=True):
    application: str
    told: tuple[ToldV1, ...]  # oldest first


class RetractV1(Struct, frozen=True, kw_only=True):
    application: str
    became: Literal["retracted", "already retracted"]
    told: ToldV1


def list_answer(view: Listed) -> bytes:
    return encoded("record list", ToldListV1(application=view.application, told=tuple(map(_told, view.told))))


def retract_answer(view: TakenBack) -> bytes:
    became = "retracted" if view.is_new else "already retracted"
    return encoded("record retract", RetractV1(application=view.application, became=became, told=_told(view.told)))


def _told(told: Told) -> ToldV1:
    return ToldV1(
        fact=told.key,
        milestone=told.milestone,
        at=told.at,
        source=told.source,
        vulnerabilities=told.vulnerabilities,
        environment=told.environment,
        revision=told.revision,
    )


def list_text(view: Listed) -> str:
    if not view.told:
        return plain(f"{view.application}: nothing was told")
    lines = [f"{view.application}: {counted(len(view.told), 'fact')} told", ""]
    for told in view.told:
        lines += _hanging(
            f"  {told.key[:SHORT]}  {told.milestone:<8}  {time_text(told.at.replace(microsecond=0))}  {_about(told)}",
            " " * 16,
        )
    return "\n".join([*lines, "", "outpace record --retract FACT takes one back"])


def retract_text(view: TakenBack) -> str:
    became = "retracted" if view.is_new else "was retracted before"
    told = view.told
    lines = _hanging(f"  {told.key[:SHORT]}  {time_text(told.at.replace(microsecond=0))}  {_about(told)}", " " * 16)
    return "\n".join([plain(f"{view.application}: {told.milestone} {became}"), "", *lines])


def _about(told: Told) -> str:
    parts = (", ".join(told.vulnerabilities), told.environment, told.revision[:SHORT], told.source)
    return "  ".join(part for part in parts if part)


def text(view: Recorded, *, warnings: tuple[str, ...] = ()) -> str:
    lines = [f"{view.application}: {view.milestone} {view.became}", ""]
    for name, value in _rows(view):
        lines += _row(name, value) if value else []
    for line in (*warnings, *_warnings(view)):
        lines += _hanging(f"warning: {line}", "  ")
    return "\n".join(map(plain, lines))


def _row(name: str, value: str) -> list[str]:
    return _hanging(f"  {name:<12} {value}", " " * 15)


def _hanging(line: str, indent: str) -> list[str]:
    """A command, a path and an id are never broken."""
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False, drop_whitespace=True
    )


def _rows(view: Recorded) -> tuple[tuple[str, str], ...]:
    return (
        ("at", time_text(view.at.replace(microsecond=0))),
        ("advisories", ", ".join(view.vulnerabilities)),
        ("environment", view.environment),
        ("branch", view.branch),
        ("revision", view.revision[:12]),
        ("inventory", "" if view.inventory is None else counted(len(view.inventory.components), "package")),
        ("source", view.source),
        ("fact", view.key[:SHORT]),
    )


def _warnings(view: Recorded) -> tuple[str, ...]:
    told = [view.doubt] if view.doubt else []
    if view.unmatched:
        told.append(f"no match here speaks of {', '.join(view.unmatched)} yet")
    if told and view.key:
        told.append(f"if it was a slip: outpace record --retract {view.key[:SHORT]}")
    unread = view.inventory.unread if view.inventory is not None else ()
    told += [f"not read{f', line {each.line}' if each.line else ''}: {each.why}" for each in unread]
    return tuple(told)
