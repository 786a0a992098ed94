"""Files of plain SQL as migrations: their names, the part that goes up, and the order of their numbers."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from outpace.delivery.migrations.sql_reading import steps_of
from outpace.delivery.migrations.steps import Migration, Placed

_NAME = re.compile(r"[vV]?(?P<number>\d+(?:[._]\d+)*)(?:[._-].*)?\.sql", re.IGNORECASE)
_DOWN = re.compile(r"\.(?:down|undo|rollback)\.sql$|^[uU]\d|(?:^|[._-])down\.sql$", re.IGNORECASE)
_MARK = re.compile(
    r"^--\s*(?P<tool>\+goose\s|migrate:|\+migrate\s|@)\s*(?P<way>up|down|undo)\b(?P<rest>.*)$",
    re.IGNORECASE | re.MULTILINE,
)
FOLDERS = ("migration", "migrations", "migrate", "db", "sql", "schema", "versions", "changes")


def is_sql(path: str) -> bool:
    place = PurePosixPath(path)
    known = any(part.lower() in FOLDERS for part in place.parts[:-1])
    return known and _numbered(place) is not None and not is_down(path)


def is_down(path: str) -> bool:
    return _DOWN.search(PurePosixPath(path).name) is not None


def _numbered(place: PurePosixPath) -> re.Match[str] | None:
    """By its own name, or as Prisma and Diesel have it: a numbered folder with one file that goes up."""
    if place.name in ("up.sql", "migration.sql"):
        return _NAME.fullmatch(f"{place.parent.name}.sql")
    return _NAME.fullmatch(place.name)


def key(path: str) -> tuple[tuple[int, ...], str]:
    found = _numbered(PurePosixPath(path))
    numbers = tuple(int(part) for part in re.split(r"[._]", found["number"]) if len(part) < 40) if found else ()
    return numbers, path


def read(path: str, text: str, before: str = "") -> Migration:
    """`before` is the file that runs before it."""
    up, has_down = _up(text)
    return Migration(
        tool="sql",
        id=path,
        path=path,
        after=(before,) if before else (),
        place=path.rpartition("/")[0],
        steps=tuple(up),
        way_back="written" if has_down else "not known",
    )


def _up(text: str) -> tuple[list[Placed], bool]:
    """Everything where nothing is marked; else what stands behind each `up`."""
    every = list(_MARK.finditer(text))
    tool = next((mark["tool"] for mark in every if mark["way"].lower() == "up"), None)
    if tool is None:
        return list(steps_of(text)), False
    marks = [mark for mark in every if mark["way"].lower() == "up" or _goes_down(mark, tool)]
    found: list[Placed] = list(steps_of(text[: marks[0].start()]))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if mark["way"].lower() == "up":
            part = text[mark.end() : following.start() if following else len(text)]
            found += steps_of(part, text.count("\n", 0, mark.end()))
    return found, any(mark["way"].lower() != "up" for mark in marks)


def _goes_down(mark: re.Match[str], tool: str) -> bool:
    """As the tool of this file spells it, letter for letter: what it takes for a comment hides no statement."""
    ways = ("Down",) if tool.startswith("+") else ("down",) if tool == "migrate:" else ("down", "undo")
    rest = mark["rest"].strip() if tool == "@" else mark["rest"][:1].strip()
    return mark["tool"] == tool and mark["way"] in ways and not rest
