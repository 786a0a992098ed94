"""Records become an index: decoded once, grouped by package, their aliases united."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace.engines.advisories.aliases import Aliases
from outpace.engines.advisories.archive import Limits, Member, members, shown
from outpace.engines.advisories.index import FORMAT, Contents
from outpace.model.advisory import Advisory
from outpace.model.errors import BadInput, DamagedData, DiskFull, Error
from outpace.model.inventory import Unread
from outpace.model.package import Package
from outpace.model.times import now

FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
FORBIDDEN_IN_SQLITE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})

NAMED = 20
"""How many bad records are named; all are counted."""

SOON = timedelta(days=1)
"""A record modified further in the future than this does not make the data look fresh."""

SCHEMA = """
CREATE TABLE about(format TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE record(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE names(ecosystem TEXT NOT NULL, name TEXT NOT NULL, record INTEGER NOT NULL,
                   PRIMARY KEY(ecosystem, name, record)) WITHOUT ROWID;
CREATE TABLE alias(id TEXT PRIMARY KEY, shared TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX alias_shared ON alias(shared);
"""


class _Bad:
    """The records that were left out: all counted, the first ones named."""

    def __init__(self) -> None:
        self.count = 0
        self.named: list[Unread] = []

    def add(self, member: Member, why: str) -> None:
        self.count += 1
        if len(self.named) < NAMED:
            self.named.append(Unread(file=shown(member.name), why=shown(why)))


class _Row(Struct, frozen=True):
    """What is kept of a record until all are read: encoded, since they are many."""

    rank: tuple[float, str]
    body: bytes
    packages: frozenset[Package]
    aliases: tuple[str, ...]
    modified: datetime | None


def compile_index(
    archive: Path,
    into: Path,
    *,
    ecosystem: str,
    source: str,
    digest: str,
    fetched: datetime,
    decode: Callable[[bytes], Advisory],
    limits: Limits | None = None,
) -> Contents:
    """Writes the index of `archive` to the new file `into`, synced to disk.

    Raises DamagedData for an archive that cannot be trusted: damaged, empty, most records bad, nothing about the
    ecosystem.
    """
    bad = _Bad()
    chosen = _newest(_decoded(members(archive, limits or Limits()), decode, bad))
    if bad.count > len(chosen):
        first = bad.named[0]
        raise DamagedData(
            f"{bad.count} of {bad.count + len(chosen)} advisory records cannot be read; {first.file}: {first.why}",
            hint="run `outpace advisories update` again, or name another file with --from",
        )
    contents = Contents(
        archive=digest,
        source=source,
        fetched=fetched,
        records=sum(any(package.ecosystem == ecosystem for package in row.packages) for row in chosen.values()),
        cutoff=_cutoff(chosen.values()),
        bad=bad.count,
        unread=tuple(bad.named),
    )
    if not contents.records:
        raise DamagedData(
            f"none of the {len(chosen)} records in {source} names a package of {ecosystem}",
            hint=f"name OSV's export for {ecosystem} with --from",
        )
    _write(into, chosen, contents)
    return contents


def _decoded(found: Iterable[Member], decode: Callable[[bytes], Advisory], bad: _Bad) -> Iterator[Advisory]:
    for member in found:
        if member.too_big:
            bad.add(member, f"{member.too_big} bytes are more than any real record has")
            continue
        try:
            advisory = decode(member.data)
        except (Error, ValueError, RecursionError) as error:
            bad.add(member, str(error))
            continue
        if advisory.id:
            yield advisory
        else:
            bad.add(member, "it has no id")


def _newest(found: Iterable[Advisory]) -> dict[str, _Row]:
    """One record for each id: of two, the one modified later; the archive's order does not matter."""
    chosen: dict[str, _Row] = {}
    for advisory in found:
        other = chosen.get(advisory.id)
        if other is None or _rank(advisory) > other.rank:
            chosen[advisory.id] = _row(advisory)
    return chosen


def _row(advisory: Advisory) -> _Row:
    return _Row(
        rank=_rank(advisory),
        body=msgspec.msgpack.encode(advisory),
        packages=frozenset(affected.package for affected in advisory.affected),
        # A record that was taken back no longer says which ids are one.
        aliases=advisory.aliases if advisory.withdrawn is None else (),
        modified=advisory.modified,
    )


def _rank(advisory: Advisory) -> tuple[float, str]:
    return (advisory.modified.timestamp() if advisory.modified else 0.0, advisory.digest)


def _cutoff(chosen: Iterable[_Row]) -> datetime | None:
    latest = now() + SOON
    return max((row.modified for row in chosen if row.modified and row.modified <= latest), default=None)


def _write(into: Path, chosen: dict[str, _Row], contents: Contents) -> None:
    aliases = Aliases()
    with closing(sqlite3.connect(into, isolation_level=None)) as index:
        index.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        index.execute("BEGIN")
        for number, name in enumerate(sorted(chosen)):
            row = chosen[name]
            index.execute("INSERT INTO record VALUES(?, ?, ?)", (number, name, row.body))
            named = [(package.ecosystem, package.name, number) for package in sorted(row.packages)]
            index.executemany("INSERT INTO names VALUES(?, ?, ?)", named)
            aliases.unite(name, row.aliases)
        index.executemany("INSERT INTO alias VALUES(?, ?)", aliases.members().items())
        index.execute("INSERT INTO about VALUES(?, ?)", (FORMAT, msgspec.json.encode(contents)))
        index.execute("COMMIT")


@contextmanager
def disk_is_full(directory: Path) -> Generator[None]:
    """Want of room is the world's failure; a folder in which nothing can be made is for its owner to mend."""
    try:
        yield
    except OSError as error:
        raise _unwritten(directory, str(error.strerror), is_forbidden=error.errno in FORBIDDEN) from error
    except sqlite3.OperationalError as error:
        is_forbidden = error.sqlite_errorcode & 0xFF in FORBIDDEN_IN_SQLITE
        raise _unwritten(directory, str(error), is_forbidden=is_forbidden) from error


def _unwritten(directory: Path, why: str, *, is_forbidden: bool) -> Error:
    said = f"cannot write to {directory}: {why}"
    if is_forbidden:
        return BadInput(said, hint="make it yours, or name another folder in OUTPACE_STATE")
    return DiskFull(said, hint=f"make room in {directory}, or point OUTPACE_STATE elsewhere")
