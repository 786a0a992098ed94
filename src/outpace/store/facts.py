"""What was seen, done and told: appended once, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Raw

from outpace.model.fact import FIRST_COUNTS, SHARED, Fact
from outpace.store import database

COLUMNS = "kind, version, subject, digest, at, source, body"
# What this machine found itself takes the place of what was only shared, unless that is as good.
ADD = f"""
    INSERT INTO fact ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET at = excluded.at, source = excluded.source, body = excluded.body
    WHERE instr(fact.source, '{SHARED}') = 1 AND instr(excluded.source, '{SHARED}') <> 1
        AND (fact.body <> excluded.body OR fact.kind NOT IN ({", ".join(f"'{kind}'" for kind in sorted(FIRST_COUNTS))}))
"""  # noqa: S608  constants only
Row = tuple[str, int, str, str, str, str, str]


class Facts:
    """The facts in one file. A fact that is there already stays as it was first written, unless a stranger wrote it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = database.opened(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def add(self, facts: Iterable[Fact]) -> int:
        """How many of them were new; all are kept or none."""
        rows = [_row(fact) for fact in facts]
        if not rows:
            return 0
        before = self._connection.total_changes
        with database.writing(self._connection, self.path):
            self._connection.executemany(ADD, rows)
        return self._connection.total_changes - before

    def of(self, subject: str, *kinds: str) -> tuple[Fact, ...]:
        """In the order of their time, then of their arrival; of every kind where none is named."""
        marks = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        return self._facts(f"WHERE subject = ?{marks} ORDER BY at, number", (subject, *kinds))

    def subjects(self) -> tuple[str, ...]:
        with database.translated(self.path):
            rows = self._connection.execute("SELECT DISTINCT subject FROM fact ORDER BY subject").fetchall()
        return tuple(row[0] for row in rows)

    def last_number(self) -> int:
        """Where `since` goes on; 0 where there is no fact."""
        with database.translated(self.path):
            return int(self._connection.execute("SELECT COALESCE(MAX(number), 0) FROM fact").fetchone()[0])

    def since(self, number: int) -> tuple[Fact, ...]:
        """In the order of their arrival, those that came after the fact with this number."""
        return self._facts("WHERE number > ? ORDER BY number", (number,))

    def numbered(self, after: int, *kinds: str, limit: int) -> tuple[tuple[int, Fact], ...]:
        """At most `limit` of these kinds behind that number, with their numbers, in the order of their arrival."""
        marks = ", ".join("?" * len(kinds))
        with database.translated(self.path):
            rows = self._connection.execute(
                f"SELECT number, {COLUMNS} FROM fact WHERE number > ? AND kind IN ({marks}) ORDER BY number LIMIT ?",  # noqa: S608  constants and marks only
                (after, *kinds, limit),
            ).fetchall()
        return tuple((row[0], self._read(row[1:])) for row in rows)

    def _facts(self, condition: str, values: tuple[str | int, ...]) -> tuple[Fact, ...]:
        with database.translated(self.path):
            rows = self._connection.execute(f"SELECT {COLUMNS} FROM fact {condition}", values).fetchall()  # noqa: S608  the condition is ours, the values are bound
        return tuple(map(self._read, rows))

    def _read(self, row: Row) -> Fact:
        try:
            return _fact(row)
        except ValueError as error:
            raise database.damaged(self.path, str(error)) from error


def stamp(at: datetime) -> str:
    """UTC text of one width, so that its order is the order of time."""
    if at.tzinfo is None:
        raise ValueError(f"a fact's time needs a zone: {at}")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _row(fact: Fact) -> Row:
    body = bytes(fact.body).decode()
    return (fact.kind, fact.version, fact.subject, fact.digest, stamp(fact.at), fact.source, body)


def _fact(row: Row) -> Fact:
    kind, version, subject, digest, at, source, body = row
    return Fact(
        kind=kind,
        version=version,
        subject=subject,
        digest=digest,
        at=datetime.fromisoformat(at),
        source=source,
        body=Raw(body.encode()),
    )
