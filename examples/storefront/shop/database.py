"""The shop's SQLite database: a short connection for each request, and explicit transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent


class Database:
    """A file that holds the shop; made, with the range of products in it, when it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self.writing() as db:
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'products'").fetchone() is None:
                for script in ("schema.sql", "seed.sql"):
                    for statement in (HERE / script).read_text().split(";\n"):
                        db.execute(statement)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=5)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing: an exception undoes what was written."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
