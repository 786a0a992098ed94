"""A masked copy of a SQLite file: by its own backup, while others write, and without what was deleted before."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from outpace.delivery.staging.masking import Masker
from outpace.delivery.staging.masks import Applied, Plan
from outpace.delivery.staging.ports import Copy
from outpace.delivery.staging.schema import Schema
from outpace.engines.database_copies import sqlite_schema
from outpace.engines.database_copies.making import (
    MOST_BYTES,
    PREFIX,
    Cost,
    checked,
    half_made,
    is_left_over,
    not_too_large,
    room,
    still_there,
)
from outpace.engines.database_copies.sqlite_schema import quoted
from outpace.engines.database_copies.sqlite_values import octets, of_octets, value_mask
from outpace.model.errors import BadInput, Busy, DamagedData, DiskFull, NotFound, ToolFailed

PAGES = 4096  # in one step, between which writers of a file without a write-ahead log may go on
RESTARTS = 3  # of a backup that writers make begin again, before they are held up once
WAIT = 30.0
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
_UNREADABLE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class SqliteCopier:
    """Implements `delivery.staging.ports.Copier`. Copies lie in `folder`, which is made; nobody else may look in."""

    def __init__(
        self, folder: Path, *, most_bytes: int = MOST_BYTES, report: Callable[[str], None] = lambda _: None
    ) -> None:
        self._folder = folder
        self._most = most_bytes
        self._report = report

    def schema(self, source: str) -> Schema:
        with _told(source), closing(_read_only(Path(source))) as sql:
            return sqlite_schema.read(sql, _size(Path(source)))

    def copy(self, source: str, plan: Plan, name: str) -> Copy:
        cost, origin, done = Cost(), Path(source), self._path(name)
        if done.exists():
            raise BadInput(f"there is a copy {name} already", hint="outpace staging masks shows what would be copied")
        size = _size(origin)
        not_too_large(size, self._most)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        room(self._folder, 2 * size + (1 << 20))
        making = self._folder / half_made(name)
        making.mkdir(mode=0o700)
        try:
            with _told(source):
                rows = self._made(origin, plan, making)
                (making / "done").replace(done)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return Copy(
            name=name,
            address=str(done),
            bytes=done.stat().st_size,
            seconds=cost.seconds,
            rows=rows,
            cpu_seconds=cost.cpu_seconds,
            way="SQLite's backup",
        )

    def drop(self, name: str) -> None:
        if name.startswith(PREFIX):
            shutil.rmtree(self._folder / Path(name).name, ignore_errors=True)
            return
        path = self._path(name)
        for each in (path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))):
            each.unlink(missing_ok=True)

    def leftovers(self) -> tuple[str, ...]:
        there = sorted(path.name for path in self._folder.glob(f"{PREFIX}*")) if self._folder.is_dir() else []
        return tuple(name for name in there if is_left_over(name))

    def _path(self, name: str) -> Path:
        return self._folder / f"{checked(name)}.sqlite"

    def _made(self, origin: Path, plan: Plan, making: Path) -> int:
        (making / "done").touch(mode=0o600)
        with closing(_read_only(origin)) as source, closing(_nameless(making)) as copy:
            (mode,) = source.execute("PRAGMA journal_mode").fetchone()
            self._report(f"copying {origin.name}")
            _backup(source, copy, writers_go_on=mode == "wal")
            copy.execute("PRAGMA journal_mode = OFF")
            if plan.masks:
                self._mask(copy, plan)
            copy.execute("VACUUM INTO ?", (str(making / "done"),))
            rows = sum(sqlite_schema.count(copy, name) for name in sqlite_schema.names(copy))
        if mode == "wal":
            with closing(_private(making / "done")) as copy:
                copy.execute("PRAGMA journal_mode = WAL")
        return rows

    def _mask(self, copy: sqlite3.Connection, plan: Plan) -> None:
        masker = Masker(secrets.token_bytes(32))
        triggers = copy.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            copy.execute(f"DROP TRIGGER {quoted(str(name))}")
        for table in sorted(plan.tables):
            self._report(f"masking {table}: {', '.join(plan.of(table))}")
            _replace(copy, table, plan.of(table), masker)
        _search_again(copy)
        for stored in ("sqlite_stat3", "sqlite_stat4"):  # hold values
            if copy.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (stored,)).fetchone():
                copy.execute(f"DELETE FROM {stored}")  # noqa: S608
        for _, sql in triggers:
            copy.execute(str(sql))


def _read_only(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise NotFound(f"there is no database {path}", hint="`source` of [[applications.edge.staging.data]] names it")
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    sql = sqlite3.connect(address, uri=True, isolation_level=None, timeout=WAIT)
    try:
        _guarded(sql).execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        sql.close()
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or path.with_name(path.name + "-wal").exists():
            raise
        sql = sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None)  # a folder that is read-only
    return _guarded(sql)


def _nameless(folder: Path) -> sqlite3.Connection:
    """A database in a file that SQLite unlinks before it writes to it: who is killed here leaves no value behind."""
    sql = _private("")
    sql.execute(f"PRAGMA temp_store_directory = '{str(folder).replace(chr(39), chr(39) * 2)}'")
    return sql


def _private(path: Path | str) -> sqlite3.Connection:
    sql = _guarded(sqlite3.connect(path, isolation_level=None, timeout=WAIT))
    sql.execute("PRAGMA synchronous = OFF")
    return sql


def _guarded(sql: sqlite3.Connection) -> sqlite3.Connection:
    """What lies in the file may be anybody's: it calls no function that does more than compute."""
    sql.execute("PRAGMA trusted_schema = OFF")
    sql.execute("PRAGMA cell_size_check = ON")
    sql.text_factory = _decoded
    return sql


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


class _BeganAgain(Exception):
    """Writers were faster."""


def _backup(source: sqlite3.Connection, copy: sqlite3.Connection, *, writers_go_on: bool) -> None:
    """With a write-ahead log, one reader holds nobody up. Without it, in steps; where that never ends, in one."""
    if writers_go_on:
        source.backup(copy)
        return
    least, restarts = 1 << 62, 0

    def watch(_status: int, remaining: int, _total: int) -> None:
        nonlocal least, restarts
        restarts += remaining > least
        least = remaining
        if restarts > RESTARTS:
            raise _BeganAgain

    try:
        source.backup(copy, pages=PAGES, progress=watch, sleep=0.001)
    except _BeganAgain:
        source.backup(copy)


def _replace(copy: sqlite3.Connection, table: str, masks: dict[str, Applied], masker: Masker) -> None:
    """All rows at once, so that what is unique is compared among masked values only."""
    rows = copy.execute("SELECT name, pk, hidden, type FROM pragma_table_xinfo(?)", (table,)).fetchall()
    columns = [str(name) for name, _, hidden, _ in rows if not hidden]
    still_there(table, masks, columns)
    (encoding,) = copy.execute("PRAGMA encoding").fetchone()
    keys = [str(name) for name, pk, _, kind in rows if pk and str(kind).upper() == "INTEGER"]
    taken = {name.lower() for name in columns}
    free = next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), "")
    rowid = free if free and len(keys) != 1 and sqlite_schema.has_rowid(copy, table) else ""
    picked, joins = [f"t.{rowid} AS {quoted('outpace rowid')}"] if rowid else [], ""
    for number, name in enumerate(columns):
        applied = masks.get(name)
        if applied is None:
            picked.append(f"t.{quoted(name)}")
        elif applied.by == "shuffle":
            picked.append(f"s{number}.v AS {quoted(name)}")
            order = f"SELECT {quoted(name)} AS v, row_number() OVER (ORDER BY random()) AS n FROM {quoted(table)}"  # noqa: S608
            joins += f" JOIN ({order}) s{number} ON s{number}.n = t.{quoted('outpace row')}"
        else:
            copy.create_function(f"outpace_mask_{number}", 2, of_octets(value_mask(applied, masker), encoding))
            picked.append(f"outpace_mask_{number}({octets(f't.{quoted(name)}')}) AS {quoted(name)}")
    inner = ", ".join([*([rowid] if rowid else []), *map(quoted, columns)])
    source = quoted(table)
    if joins:
        source = f"(SELECT {inner}, row_number() OVER () AS {quoted('outpace row')} FROM {quoted(table)})"  # noqa: S608
    copy.execute(f"CREATE TEMP TABLE outpace_masked AS SELECT {', '.join(picked)} FROM {source} t{joins}")  # noqa: S608
    copy.execute(f"DELETE FROM main.{quoted(table)}")  # noqa: S608
    copy.execute(f"INSERT INTO main.{quoted(table)} ({inner}) SELECT * FROM outpace_masked")  # noqa: S608
    copy.execute("DROP TABLE temp.outpace_masked")


def _search_again(copy: sqlite3.Connection) -> None:
    """Indexes of full text are made anew; one that keeps no text to be made of is emptied."""
    for name, module in sqlite_schema.modules(copy).items():
        if not module.startswith("fts"):
            continue
        table = quoted(name)
        try:
            copy.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")  # noqa: S608
        except sqlite3.DatabaseError:
            if module != "fts5":
                raise
            copy.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608
        copy.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608


def _size(path: Path) -> int:
    size = 0
    for each in (path, path.with_name(path.name + "-wal")):
        with suppress(FileNotFoundError):  # whoever closes it last folds its log into it
            size += each.stat().st_size
    return size


@contextmanager
def _told(source: str) -> Generator[None]:
    """SQLite's failures as ours. They name tables and columns, never a value."""
    name = os.path.basename(source)  # noqa: PTH119
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _UNREADABLE:
            raise DamagedData(f"{name} is no readable SQLite file: {error}", hint="name another `source`") from error
        if code in {full & 0xFF for full in _FULL} and code == sqlite3.SQLITE_FULL:
            raise DiskFull(f"the copy of {name} found no room", hint="free some space, then run it again") from error
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Busy(f"{name} is locked by somebody who writes", hint="run it again") from error
        raise ToolFailed(f"{name} cannot be copied: {error}", hint="another mask may fit its rules") from error
