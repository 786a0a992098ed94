"""Who works on which application, for others to read; what keeps two apart is the lock, not this row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from outpace.store import database
from outpace.store.facts import stamp


class Lease(Struct, frozen=True, kw_only=True):
    """`name` is the application's identity."""

    name: str
    holder: str
    since: datetime
    pid: int
    host: str


class Leases:
    """One row for each application that was ever held; after a kill it names the one that was killed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = database.opened(path)

    def close(self) -> None:
        self._connection.close()

    def taken(self, lease: Lease) -> None:
        with database.writing(self._connection, self.path):
            self._connection.execute(
                "INSERT INTO lease (name, holder, since, pid, host) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, since = excluded.since, "
                "pid = excluded.pid, host = excluded.host",
                (lease.name, lease.holder, stamp(lease.since), lease.pid, lease.host),
            )

    def given_back(self, lease: Lease) -> None:
        """Removes the row if it is still this one's."""
        with database.writing(self._connection, self.path):
            self._connection.execute(
                "DELETE FROM lease WHERE name = ? AND pid = ? AND host = ?", (lease.name, lease.pid, lease.host)
            )

    def of(self, name: str) -> Lease | None:
        with database.translated(self.path):
            row = self._connection.execute(
                "SELECT holder, since, pid, host FROM lease WHERE name = ?", (name,)
            ).fetchone()
        if row is None:
            return None
        holder, since, pid, host = row
        return Lease(name=name, holder=holder, since=datetime.fromisoformat(since), pid=pid, host=host)
