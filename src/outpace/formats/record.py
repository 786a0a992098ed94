"""How a recorded milestone is shown: text, and the public JSON of `outpace record`."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from outpace.app.record import Became, Recorded, Tellable
from outpace.formats.clock import counted, plain
from outpace.formats.envelope import UnknownItem, encoded
from outpace.model.times import text as time_text


class RecordV1(Struct, frozen=True, kw_only=True):
    application: str
    milestone: Tellable
    became: Became
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


def text(view: Recorded, *, warnings: tuple[str, ...] = ()) -> str:
    lines = [f"{view.application}: {view.milestone} {view.became}", ""]
    lines += [f"  {name:<12} {value}" for name, value in _rows(view) if value]
    lines += [f"warning: {line}" for line in (*warnings, *_warnings(view))]
    return "\n".join(map(plain, lines))


def _rows(view: Recorded) -> tuple[tuple[str, str], ...]:
    return (
        ("at", time_text(view.at)),
        ("advisories", ", ".join(view.vulnerabilities)),
        ("environment", view.environment),
        ("branch", view.branch),
        ("revision", view.revision[:12]),
        ("inventory", "" if view.inventory is None else counted(len(view.inventory.components), "package")),
        ("source", view.source),
    )


def _warnings(view: Recorded) -> tuple[str, ...]:
    told = [f"no match here speaks of {', '.join(view.unmatched)} yet"] if view.unmatched else []
    unread = view.inventory.unread if view.inventory is not None else ()
    told += [f"not read{f', line {each.line}' if each.line else ''}: {each.why}" for each in unread]
    return tuple(told)
