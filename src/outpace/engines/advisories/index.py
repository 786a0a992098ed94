"""The compiled advisories as they are read: one SQLite file that nothing changes in place.

Imports nothing that compiling needs: opening it is part of every command's start.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from weakref import finalize

import msgspec
from msgspec import Struct

from outpace.model.advisory import Advisory, Affected, Event, Range, Rating
from outpace.model.errors import DamagedData
from outpace.model.inventory import Unread
from outpace.model.package import Package

LAYOUT = 2
"""Raised when tables, or what decoding a record means, change; a change of the records' fields is seen by itself."""

HINT = "run `outpace advisories update`"


def _format() -> str:
    """Names what an index of this Outpace holds; any other is compiled again, never misread."""
    shape = [(kind.__name__, kind.__struct_fields__) for kind in (Advisory, Affected, Event, Package, Range, Rating)]
    return f"{LAYOUT}-{hashlib.sha256(repr(shape).encode()).hexdigest()[:16]}"


FORMAT = _format()


class Contents(Struct, frozen=True, kw_only=True):
    """What an index says of itself."""

    archive: str  # sha256 of the archive that it was compiled from
    source: str
    fetched: datetime
    records: int  # that name a package of the ecosystem
    cutoff: datetime | None
    bad: int = 0
    unread: tuple[Unread, ...] = ()


class Index:
    """An index file, open for reading. Nothing ever changes it in place, so it is read without locks."""

    def __init__(self, path: Path, *, hint: str = HINT) -> None:
        """Raises FileNotFoundError, or DamagedData, also for an index of another version of Outpace."""
        if not path.is_file():
            raise FileNotFoundError(path)
        self._path = path
        self._hint = hint
        self._decoder = msgspec.msgpack.Decoder(Advisory)
        with self._damage():
            self._sql = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._close = finalize(self, self._sql.close)
            self.contents = self._contents()

    def close(self) -> None:
        self._close()

    def _contents(self) -> Contents:
        try:
            row = self._sql.execute("SELECT format, body FROM about").fetchone()
        except sqlite3.OperationalError as error:
            raise DamagedData(f"the advisory index {self._path} is not one of this Outpace", hint=self._hint) from error
        if row is None or row[0] != FORMAT:
            raise DamagedData(
                f"the advisory index {self._path} was made by another version of Outpace", hint=self._hint
            )
        return msgspec.json.decode(row[1], type=Contents)

    def about(self, package: Package) -> tuple[Advisory, ...]:
        """Every record that names the package, by id; withdrawn ones too."""
        asked = (_storable(package.ecosystem), _storable(package.name))
        with self._damage():
            rows = self._sql.execute(
                "SELECT body FROM names JOIN record ON number = record"
                " WHERE ecosystem = ? AND name = ? ORDER BY number",
                asked,
            )
            return tuple(self._decoder.decode(body) for (body,) in rows)

    def named(self, ids: Iterable[str]) -> tuple[Advisory, ...]:
        """The records with these ids, in the order of the ids; withdrawn ones too."""
        with self._damage():
            asked = [_storable(each) for each in ids]
            rows = [self._sql.execute("SELECT body FROM record WHERE id = ?", (each,)).fetchone() for each in asked]
            return tuple(self._decoder.decode(row[0]) for row in rows if row is not None)

    def aliases(self, ids: Iterable[str]) -> frozenset[str]:
        """The ids, and every id that any record unites them with, however many steps away."""
        found = set(ids)
        with self._damage():
            for asked in tuple(found):
                rows = self._sql.execute(
                    "SELECT id FROM alias WHERE shared = (SELECT shared FROM alias WHERE id = ?)", (_storable(asked),)
                )
                found.update(other for (other,) in rows)
        return frozenset(found)

    @contextmanager
    def _damage(self) -> Generator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise DamagedData(f"the advisory index {self._path} is damaged: {error}", hint=self._hint) from error


def _storable(name: str) -> str:
    """A name read from a damaged file may hold what UTF-8 cannot: no record has that name, and asking is no error."""
    return name.encode("utf-8", "replace").decode()
