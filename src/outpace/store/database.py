"""The SQLite file in the state directory: how it is made, opened and written, and what its failures mean."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from outpace.model.errors import BadInput, Busy, DamagedData, DiskFull, EngineError, Error
from outpace.store.schema import VERSION, statements

PATIENCE = 20.0  # seconds that a writer waits for another one

# SQLite's primary result code is in the low byte; the write errors stand for EDQUOT, EFBIG and the like.
NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
UNREADABLE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
FORBIDDEN = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})
WAITED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

T = TypeVar("T")


def opened(path: Path) -> sqlite3.Connection:
    """The database at `path`, made with its folder where there is none; only its owner can read either."""
    with translated(path):
        _make_private(path)
        with ExitStack() as on_failure:
            connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            on_failure.callback(connection.close)
            _prepare(connection, path)
            on_failure.pop_all()
    return connection


@contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> Generator[None]:
    """One transaction: all of it is kept or none."""
    with translated(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:  # it failed, and was not rolled back already, as on a full disk
                connection.execute("ROLLBACK")


@contextmanager
def translated(path: Path) -> Generator[None]:
    """SQLite's and the system's failures in our words."""
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(error, path) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise _no_room(path) from error
        raise BadInput(
            f"cannot write in the state folder {path.parent}: {error.strerror}",
            hint="make it yours, or name another one in OUTPACE_STATE",
        ) from error


def damaged(path: Path, why: str) -> DamagedData:
    return DamagedData(
        f"the facts in {path} cannot be read: {why}",
        hint=f"keep it and begin a new one: mv {path} {path}.damaged; the next pass observes the world again, "
        "and facts that were shared come back with the fetch",
    )


def _no_room(path: Path) -> DiskFull:
    return DiskFull(
        f"nothing was written to {path}: the disk or the quota is full",
        hint="free some space, then run the command again; it goes on where it stopped",
    )


def _meaning(error: sqlite3.Error, path: Path) -> Error:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    primary = code & 0xFF
    if code in NO_ROOM:
        return _no_room(path)
    if primary in UNREADABLE:
        return damaged(path, str(error))
    if primary in FORBIDDEN:
        return BadInput(f"cannot open {path}: {error}", hint="make it yours, or name another folder in OUTPACE_STATE")
    if primary in WAITED:
        return Busy(f"another Outpace has been writing to {path} for {PATIENCE:.0f} s", hint="run the command again")
    return EngineError(f"cannot use {path}: {error}", hint="see whether the disk that it lies on is well")


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # SQLite gives its side files the same mode


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    if _version(connection) == 0:
        _patiently(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchone())
    if _version(connection) < VERSION:
        with writing(connection, path):
            _migrate(connection)
    if _version(connection) > VERSION:
        raise EngineError(
            f"{path} was written by a newer Outpace (schema {_version(connection)}, this one knows {VERSION})",
            hint="upgrade Outpace, or name another folder in OUTPACE_STATE",
        )


def _migrate(connection: sqlite3.Connection) -> None:
    """From whatever schema it has by now: somebody else may have made or migrated it while we waited."""
    for statement in statements(_version(connection)):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {max(VERSION, _version(connection))}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _patiently(ask: Callable[[], T]) -> T:
    """The change to WAL answers busy at once, without SQLite's own patience, when two processes make the file."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in WAITED or time.monotonic() > end:
                raise
            time.sleep(0.02)
