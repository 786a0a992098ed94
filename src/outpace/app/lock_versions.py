"""Every version of every lock file of a history, read once: new versions are scanned, the others are kept by blob."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from outpace.app.assess import Kept
from outpace.assessment.dropped import Dropped, Version, asking
from outpace.assessment.locks import INCLUDED, counted, cut_off, included, leaving, lost, renamed
from outpace.assessment.pool import Pool, key_of
from outpace.assessment.ports import BranchCommit, Histories, Move, Walk
from outpace.assessment.timeline import Held
from outpace.ecosystems.scan import Unscannable, is_for_development, kind_of, scan, scan_asked
from outpace.model.fact import digest_of
from outpace.model.package import Package

ASKED = "asked by "  # before the name of a file that is no lock
ROUNDS = 8  # of files that include files
MOST_INCLUDED = 500
OFTEN = 500  # versions between two reports
MANY_TIMES = 3  # so much larger than what is asked, the pool of several clones is cut down to it
NOT_HERE = Unscannable("this clone does not have that version of the file (a partial clone)")


class Read(NamedTuple):
    """A walk with what its lock files pin; `kinds` are of the files that count."""

    walk: Walk
    kinds: Mapping[str, str]
    pool: Pool
    includes: Mapping[str, Collection[str]]

    def pins(self, landings: int) -> dict[Package, list[int]]:
        """Of each package, all that the first so many landings ever held."""
        used: set[int] = set()
        for change in self.walk.changes:
            if change.blob and change.path in self.kinds and change.landing < landings:
                held = self.pool.held(key_of(self.kinds[change.path], change.blob))
                used.update(() if isinstance(held, str) else held.tolist())
        found: dict[Package, list[int]] = {}
        for at in sorted(used):
            pin = self.pool.pins[at]
            found.setdefault(Package(pin.ecosystem, pin.name), []).append(at)
        return found


class LockVersions:
    """Reads for one history. `keep` is called in the end: what a partial clone lacks is never kept."""

    def __init__(self, histories: Histories, kept: Kept, report: Callable[[str], None]) -> None:
        self._histories = histories
        self._kept = kept
        self._report = report
        self._pool = Pool()
        self._known = 0
        self._entry = ""
        self._asked: set[str] = set()
        self._lacking: set[str] = set()

    def read(self, deployed: Collection[str]) -> Read:
        """Walks again where a file that counts includes one that is no lock by its name, or goes on as one."""
        also = {path for path in deployed if kind_of(path) is None}
        walk = _shown(self._histories.walk(sorted(also)))
        self._load(walk)
        kinds, includes = self._counted(walk, deployed, also)
        for _ in range(ROUNDS):
            every = set(chain.from_iterable(includes.values())) - also
            new = sorted(path for path in every if deployed or (kind_of(path) is None and not is_for_development(path)))
            if not new and not deployed:
                new = sorted(set(renamed(walk, kinds, self._moves(walk, kinds), self._pool)) - also)
            if not new or len(also) + len(new) > MOST_INCLUDED:
                break
            also.update(new)
            if any(kind_of(path) is None for path in new):
                walk = _shown(self._histories.walk(sorted(also)))
            kinds, includes = self._counted(walk, deployed, also)
        for key, why in cut_off(walk.changes, kinds, self._pool).items():
            self._pool.cut_off(key, why)
        return Read(walk, kinds, self._pool, includes)

    def _counted(
        self, walk: Walk, deployed: Collection[str], also: Collection[str]
    ) -> tuple[dict[str, str], dict[str, set[str]]]:
        kinds = counted(walk, deployed=deployed, included=also)
        self._scan((kinds[each.path], each.path, each.blob) for each in walk.changes if each.path in kinds)
        return kinds, included(walk.changes, kinds, self._pool)

    def brought(self, merges: Sequence[str], kinds: Mapping[str, str]) -> dict[str, tuple[BranchCommit, ...]]:
        """The commits of merged branches, their lock files read."""
        told = self._histories.brought(merges) if merges else {}
        found = {merge: tuple(_shown_commit(one) for one in commits) for merge, commits in told.items()}
        commits = chain.from_iterable(found.values())
        self._scan((kinds[path], path, blob) for one in commits for path, blob in one.changes if path in kinds)
        return found

    def lost(self, read: Read) -> dict[int, dict[str, str]]:
        """Of the files that count, those that go on where they do not, by landing; git is asked where one may have."""
        return lost(read.kinds, leaving(read.walk, read.kinds), self._moves(read.walk, read.kinds))

    def _moves(self, walk: Walk, kinds: Mapping[str, str]) -> list[Move]:
        """Of what leaves with none in its place."""
        leave = leaving(walk, kinds)
        told = {(landing, before) for landing, before, _ in walk.renames}
        asked = [landing for landing, paths in leave.items() if any((landing, path) not in told for path in paths)]
        moves = [(at, _text(before), _text(after)) for at, before, after in self._histories.moved(asked)]
        return [move for move in (*moves, *walk.renames) if move[1] in leave.get(move[0], ())]

    def asked(self, read: Read, dropped: Collection[Dropped]) -> dict[Package, dict[int, Held]]:
        """Of what left the lock files, by landing, what the project's own files went on to ask for."""
        versions = asking(read.walk.chronicle, dropped)
        every = {each for found in versions.values() for each in found}
        self._scan((f"{ASKED}{posixpath.basename(each.path)}", each.path, each.blob) for each in sorted(every))
        found: dict[Package, dict[int, Held]] = {}
        for each, stood in versions.items():
            if (held := next(filter(None, (self._held(each.package, file) for file in stood)), None)) is not None:
                found.setdefault(each.package, {})[each.landing] = held
        return found

    def _held(self, package: Package, file: Version) -> Held | None:
        held = self._pool.held(key_of(f"{ASKED}{posixpath.basename(file.path)}", file.blob))
        pins = self._pool.pins
        wanted = () if isinstance(held, str) else held
        return next(
            (Held(file.path, at) for at in wanted if Package(pins[at].ecosystem, pins[at].name) == package), None
        )

    def keep(self) -> None:
        """Writes what is new. Clones with one root share an entry, which must not grow without end."""
        if len(self._pool) - len(self._lacking) == self._known:
            return
        grown = len(self._pool) > MANY_TIMES * len(self._asked)
        wanted = (self._asked if grown else set(self._pool)) - self._lacking
        pool = self._pool if len(wanted) == len(self._pool) else self._pool.only(wanted)
        self._kept.put(self._entry, pool.encoded())

    def _load(self, walk: Walk) -> None:
        first = walk.chronicle.landings[0].id if walk.chronicle.landings else ""
        self._entry = digest_of("pins of lock files", _scanners(), first)
        data = self._kept.get(self._entry)
        if data is not None:
            try:
                self._pool = Pool.decoded(data)
            except ValueError:
                self._report("what was kept of this history cannot be used, so all of it is read again")
        self._known = len(self._pool)

    def _scan(self, versions: Iterable[tuple[str, str, str]]) -> None:
        """By path, since versions of one file lie near one another in a pack."""
        wanted: dict[str, dict[str, str]] = {}
        for kind, path, blob in sorted(versions, key=lambda version: version[1]):
            if not blob:
                continue
            self._asked.add(key_of(kind, blob))
            if key_of(kind, blob) not in self._pool:
                wanted.setdefault(blob, {}).setdefault(kind, path)
        for done, (blob, data) in enumerate(self._histories.blobs(wanted)):
            if done % OFTEN == 0:
                self._report(f"reading lock files: {done} of {len(wanted)} versions")
            for kind, path in wanted[blob].items():
                read = scan_asked(path, data) if kind.startswith(ASKED) else scan(_named(path), data)
                self._pool.add(key_of(kind, blob), read)
        for key in (key_of(kind, blob) for blob, kinds in wanted.items() for kind in kinds):
            if key not in self._pool:
                self._pool.add(key, NOT_HERE)
                self._lacking.add(key)


def _text(path: str) -> str:
    """A path need not be UTF-8, and what is told of it must be."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _shown(walk: Walk) -> Walk:
    return replace(
        walk,
        changes=tuple(change._replace(path=_text(change.path)) for change in walk.changes),
        renames=tuple((at, _text(before), _text(after)) for at, before, after in walk.renames),
    )


def _shown_commit(one: BranchCommit) -> BranchCommit:
    return one._replace(changes=tuple((_text(path), blob) for path, blob in one.changes))


def _named(path: str) -> str:
    """As a lock file of its kind would be: what is included is in pip's format, whatever its name."""
    return path if kind_of(path) is not None else posixpath.join(posixpath.dirname(path), f"{INCLUDED}.txt")


@cache
def _scanners() -> str:
    """Of their source: what another version of them read is not taken for what this one would."""
    package = files("outpace.ecosystems.scan")
    modules = sorted((each for each in package.iterdir() if each.name.endswith(".py")), key=lambda each: each.name)
    return digest_of(*(each.read_text(encoding="utf-8") for each in modules))
