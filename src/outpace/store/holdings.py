"""Which place holds which release: the newest inventory of each environment of each application, turned inside out.

A read model: folded from facts by whoever understands them, and safe to lose. Every question about one package reads
only the rows of that package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from outpace.model.package import Package
from outpace.store import database
from outpace.store.facts import stamp


class Holding(Struct, frozen=True, kw_only=True):
    """What one environment of one application (`subject` is its identity) was last seen to hold."""

    subject: str
    environment: str
    at: datetime
    releases: tuple[tuple[Package, str], ...]


class Place(Struct, frozen=True, kw_only=True):
    """`at` is when this inventory was seen."""

    subject: str
    environment: str
    at: datetime


class Holdings:
    """In the file of the facts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = database.opened(path)
        self._connection.execute("PRAGMA mmap_size = 1073741824")  # pages of the file are read where they lie

    def close(self) -> None:
        self._connection.close()

    def folded(self) -> int:
        """The number of the last fact that is in here."""
        with database.translated(self.path):
            return int(self._connection.execute("SELECT number FROM folded").fetchone()[0])

    def put(self, holdings: Iterable[Holding], *, folded: int) -> None:
        """Takes the place of what was held before, unless that was seen later; all of it or none."""
        numbers: dict[tuple[str, str, str], int] = {}  # of the releases that this batch met
        with database.writing(self._connection, self.path):
            for holding in holdings:
                self._put(holding, numbers)
            self._connection.execute("UPDATE folded SET number = ?", (folded,))

    def forget(self) -> None:
        """Everything: a fact was taken back, and what it had replaced is told by the facts alone."""
        with database.writing(self._connection, self.path):
            for table in ("held", "place"):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  constants only
            self._connection.execute("UPDATE folded SET number = 0")

    def versions(self, package: Package) -> Mapping[str, int]:
        """Each version that is on record of the package, and the number of its release."""
        with database.translated(self.path):
            rows = self._connection.execute(
                "SELECT version, number FROM release WHERE ecosystem = ? AND package = ?",
                (package.ecosystem, package.name),
            )
            return dict(rows.fetchall())

    def places(self, release: int) -> tuple[Place, ...]:
        """Who holds it, in order."""
        with database.translated(self.path):
            rows = self._connection.execute(
                "SELECT subject, environment, at FROM held JOIN place ON number = place WHERE release = ?", (release,)
            ).fetchall()
        return tuple(
            Place(subject=subject, environment=environment, at=datetime.fromisoformat(at))
            for subject, environment, at in sorted(rows)
        )

    def count(self) -> int:
        """How many places there are."""
        with database.translated(self.path):
            return int(self._connection.execute("SELECT count(*) FROM place").fetchone()[0])

    def _put(self, holding: Holding, numbers: dict[tuple[str, str, str], int]) -> None:
        run, at = self._connection.execute, stamp(holding.at)
        key = (holding.subject, holding.environment)
        row = run("SELECT number, at FROM place WHERE subject = ? AND environment = ?", key).fetchone()
        if row is not None and row[1] > at:
            return
        if row is None:
            place = run("INSERT INTO place (subject, environment, at) VALUES (?, ?, ?)", (*key, at)).lastrowid
        else:
            place = row[0]
            run("UPDATE place SET at = ? WHERE number = ?", (at, place))
            run("DELETE FROM held WHERE place = ?", (place,))
        named = {(package.ecosystem, package.name, version) for package, version in holding.releases}
        for release in named.difference(numbers):
            numbers[release] = self._number(release)
        rows = sorted((numbers[release], place) for release in named)
        self._connection.executemany("INSERT INTO held (release, place) VALUES (?, ?)", rows)

    def _number(self, release: tuple[str, str, str]) -> int:
        run = self._connection.execute
        run("INSERT INTO release (ecosystem, package, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", release)
        found = run("SELECT number FROM release WHERE ecosystem = ? AND package = ? AND version = ?", release)
        return int(found.fetchone()[0])
