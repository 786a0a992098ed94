"""What all lock files together held of each package, after every landing that changed it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from outpace.assessment.pool import Pool, key_of
from outpace.assessment.ports import LockChange
from outpace.model.package import Package

NO_PINS: frozenset[int] = frozenset()
NOTHING: Mapping[int, Mapping[str, str]] = MappingProxyType({})


class Held(NamedTuple):
    """One pin of one lock file. `unread`: why that file cannot be read now; then it is what it held before.

    `moved`: as what the file goes on, unchanged, where it counts no more.
    """

    path: str
    pin: int
    unread: str = ""
    moved: str = ""


class Moment(NamedTuple):
    """From a landing on. `locked`: some readable lock of the ecosystem pins anything at all."""

    landing: int
    held: frozenset[Held]
    locked: bool


class _Content(NamedTuple):
    pins: frozenset[int] = NO_PINS
    unread: str = ""
    locks: frozenset[str] = frozenset()  # ecosystems of which it pins anything
    moved: str = ""
    blob: str = ""

    def is_like(self, other: _Content) -> bool:
        return (self.unread, self.moved) == (other.unread, other.moved)


class Tree:
    """The lock files as they stand after a landing; each change costs what it changes."""

    def __init__(self, pool: Pool, kinds: Mapping[str, str], packages: Mapping[int, Package]) -> None:
        self._pool = pool
        self._kinds = kinds
        self._packages = packages
        self._of_interest = frozenset(packages)
        self._exact: defaultdict[str, set[int]] = defaultdict(set)
        for at, pin in enumerate(pool.pins):
            if pin.how == "pinned":
                self._exact[pin.ecosystem].add(at)
        self._files: dict[str, _Content] = {}
        self._lost: set[str] = set()
        self._held: defaultdict[Package, set[Held]] = defaultdict(set)
        self._locks: Counter[str] = Counter()  # how many files pin anything of an ecosystem
        self._locked: frozenset[str] = frozenset()

    def land(
        self, changes: Iterable[LockChange], renames: Iterable[tuple[str, str]], lost: Mapping[str, str]
    ) -> set[Package]:
        """The packages of which it may now hold something else. `lost` are files that go on where they do not count."""
        were = self._locked
        moved = {after: self._files[before] for before, after in renames if before in self._files}
        touched: set[Package] = set()
        for change in changes:
            before = self._files.get(change.path, _Content())
            content = self._content(change, moved.get(change.path, before))
            if not change.blob and change.path in lost:
                content = _Content(before.pins, before.unread, moved=lost[change.path], blob=before.blob)
            touched |= self._set(change.path, before, content)
            touched |= self._found_again(change)
        toggled = were ^ self._locked
        return touched.union(self._absent(toggled) if toggled else ())

    def _set(self, path: str, before: _Content, content: _Content) -> set[Package]:
        (self._lost.add if content.moved else self._lost.discard)(path)
        if content == _Content():
            self._files.pop(path, None)
        else:
            self._files[path] = content
        return self._replace(path, before, content)

    def _found_again(self, change: LockChange) -> set[Package]:
        """What was lost, when it comes back under a name that counts."""
        lost = [path for path in self._lost if self._files[path].blob == change.blob != ""]
        return {package for path in lost for package in self._set(path, self._files[path], _Content())}

    def _absent(self, ecosystems: Collection[str]) -> Iterator[Package]:
        return (one for one, held in self._held.items() if one.ecosystem in ecosystems and not held)

    def moment(self, landing: int, package: Package) -> Moment:
        return Moment(landing, frozenset(self._held[package]), package.ecosystem in self._locked)

    def _content(self, change: LockChange, before: _Content) -> _Content:
        """Of what cannot be read, what it held before."""
        if not change.blob:
            return _Content()
        held = self._pool.held(key_of(self._kinds[change.path], change.blob))
        if isinstance(held, str):
            return _Content(before.pins, held, blob=change.blob)
        pins = frozenset(held.tolist())
        locks = frozenset(ecosystem for ecosystem, exact in self._exact.items() if not exact.isdisjoint(pins))
        return _Content(pins & self._of_interest, "", locks, blob=change.blob)

    def _replace(self, path: str, before: _Content, after: _Content) -> set[Package]:
        if before.locks != after.locks:
            self._locks.subtract(before.locks)
            self._locks.update(after.locks)
            self._locked = frozenset(+self._locks)
        alike = before.is_like(after)
        touched: set[Package] = set()
        for pin in before.pins - after.pins if alike else before.pins:
            self._held[self._packages[pin]].discard(Held(path, pin, before.unread, before.moved))
            touched.add(self._packages[pin])
        for pin in after.pins - before.pins if alike else after.pins:
            self._held[self._packages[pin]].add(Held(path, pin, after.unread, after.moved))
            touched.add(self._packages[pin])
        return touched


def timelines(
    changes: Iterable[LockChange],
    renames: Iterable[tuple[int, str, str]],
    *,
    pool: Pool,
    kinds: Mapping[str, str],
    packages: Mapping[int, Package],
    lost: Mapping[int, Mapping[str, str]] = NOTHING,
) -> dict[Package, list[Moment]]:
    """Of each package whose pins are in `packages`, by landing. Only the files in `kinds` count; `lost` by landing are
    those that were moved to where they do not.
    """
    tree = Tree(pool, kinds, packages)
    found: defaultdict[Package, list[Moment]] = defaultdict(list)
    moved = {at: [(before, after) for _, before, after in rows] for at, rows in groupby(renames, lambda row: row[0])}
    for landing, rows in groupby(_counted(changes, kinds), lambda change: change.landing):
        for package in tree.land(rows, moved.get(landing, ()), lost.get(landing, {})):
            moment = tree.moment(landing, package)
            told = found[package]
            if not told or told[-1][1:] != moment[1:]:
                told.append(moment)
    return found


def _counted(changes: Iterable[LockChange], kinds: Mapping[str, str]) -> Iterator[LockChange]:
    return (change for change in changes if change.path in kinds)
