"""The user's own cool-down (exclude-newer), and the narrowest exception from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from outpace.engines.uv_copy import table
from outpace.model.times import text as time_text
from outpace.model.toml import document_or_empty
from outpace.remediation.ports import LetThrough, Pin, Step

if TYPE_CHECKING:
    from tomlkit.items import InlineTable, Table

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_FRIENDLY = re.compile(r"(\d+)\s*(s|sec\w*|m|min\w*|h|hour\w*|hr\w*|d|day\w*|w|week\w*)\b", re.IGNORECASE)
_ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?\Z", re.IGNORECASE)


class CoolDown:
    """The edit that lets the steps with a known upload time pass, and nothing that was uploaded later."""

    def __init__(self, settings: tuple[str, bytes], steps: Iterable[Step]) -> None:
        path, content = settings
        self._steps = tuple(step for step in steps if step.released is not None)
        self.window = window_of(_declared(path, content))
        self.edits = {path: self._edited(path, content)} if self._steps else {}
        self.notes = tuple(
            f"{path}: an exception from your exclude-newer for {step.pin.package.name}, no later than its release"
            for step in self._steps
        )
        self.let_through = tuple(
            LetThrough(
                package=step.pin.package,
                version=step.version,
                reason=f"exclude-newer hides {_reached(step)}, uploaded {time_text(step.released)}",
                expires=step.released + self.window if self.window is not None else None,
            )
            for step in self._steps
            if step.released is not None
        )

    def _edited(self, path: str, content: bytes) -> bytes:
        import tomlkit

        edited = tomlkit.parse(content.decode())
        settings: Table | tomlkit.TOMLDocument = edited
        if PurePosixPath(path).name == "pyproject.toml":
            tool = cast("Table", edited.setdefault("tool", tomlkit.table(is_super_table=True)))
            settings = cast("Table", tool.setdefault("uv", tomlkit.table()))
        exceptions = cast("InlineTable", settings.setdefault("exclude-newer-package", tomlkit.inline_table()))
        for step in self._steps:
            assert step.released is not None
            until = step.released.replace(microsecond=0) + timedelta(seconds=1)
            exceptions[step.pin.package.name] = time_text(until)
        return tomlkit.dumps(edited).encode()


def _reached(step: Step) -> str:
    return f"{step.pin.package.name} {step.version}"


def shown_of(steps: Iterable[Step], along: Iterable[tuple[Pin, str]]) -> tuple[str, ...]:
    """Options of uv's for a look behind the cool-down: at the steps that must pass it, and at all of `along`."""
    names = [step.pin.package.name for step in steps if step.released] + [pin.package.name for pin, _ in along]
    return tuple(word for name in dict.fromkeys(names) for word in ("--exclude-newer-package", f"{name}=false"))


def _declared(path: str, content: bytes) -> object:
    whole = document_or_empty(content)
    if PurePosixPath(path).name == "pyproject.toml":
        whole = table(table(whole, "tool"), "uv")
    return whole.get("exclude-newer")


def window_of(declared: object) -> timedelta | None:
    """The length of a relative cool-down (`7 days`, `P7D`); None for a date, and where nothing is declared."""
    if not isinstance(declared, str):
        return None
    iso = _ISO.match(declared.strip())
    if iso is not None and any(iso.groups()):
        weeks, days, hours, minutes = (int(part or 0) for part in iso.groups())
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    parts = _FRIENDLY.findall(declared) if not _is_date(declared) else []
    return timedelta(seconds=sum(int(count) * _UNITS[unit[0].lower()] for count, unit in parts)) if parts else None


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
    return True
