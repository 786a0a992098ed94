"""The packages of a lock, summed up: what they pin, and whether all that they ask for is held."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from typing import Generic, NamedTuple, TypeVar

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.pins import Pin, Scanned

T = TypeVar("T", Pin, str)


class Ordered(Generic[T]):
    """What is there and how often, and in order where that is asked."""

    def __init__(self) -> None:
        self.counts: dict[T, int] = {}
        self._order: list[T] | None = None

    def add(self, each: T, times: int = 1, /) -> None:
        count = self.counts.get(each, 0)
        self.counts[each] = count + times
        if not count and self._order is not None:
            insort(self._order, each)

    def take(self, each: T, times: int = 1, /) -> None:
        count = self.counts[each] - times
        if count:
            self.counts[each] = count
            return
        del self.counts[each]
        if self._order is not None:
            del self._order[bisect_left(self._order, each)]

    def distinct(self) -> tuple[T, ...]:
        """In order."""
        if self._order is None:
            self._order = sorted(self.counts)
        return tuple(self._order)


class Entry(NamedTuple):
    """One package of a lock: `names` are what others ask for; `pin` is None for what does not count."""

    names: tuple[str, ...]
    pin: Pin | None
    asks: tuple[str, ...] = ()


class Entries:
    """A sum of entries."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.pins = Ordered[Pin]()
        self.counts: dict[Entry, int] = {}
        self._held: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        self._gaps: set[str] = set()
        for each in entries:
            self.add(each)

    def add(self, entry: Entry, times: int = 1, /) -> None:
        self.counts[entry] = self.counts.get(entry, 0) + times
        if entry.pin is not None:
            self.pins.add(entry.pin, times)
        for name in entry.names:
            self._held[name] = self._held.get(name, 0) + times
            self._gaps.discard(name)
        for name in entry.asks:
            self._asked[name] = self._asked.get(name, 0) + times
            if name not in self._held:
                self._gaps.add(name)

    def take(self, entry: Entry, times: int = 1, /) -> None:
        _less(self.counts, entry, times)
        if entry.pin is not None:
            self.pins.take(entry.pin, times)
        for name in entry.names:
            if _less(self._held, name, times) and name in self._asked:
                self._gaps.add(name)
        for name in entry.asks:
            if _less(self._asked, name, times):
                self._gaps.discard(name)

    def check_named(self) -> None:
        if not self.counts:
            raise Garbled("it names no package at all: nothing is locked, or the file was cut off")

    def check_whole(self, asked_by_all: Iterable[str] = (), *, asked: str = "it depends on") -> None:
        """These locks hold whatever is asked for; what is asked for and missing was cut off, or merged away."""
        if gaps := self._gaps.union(name for name in asked_by_all if name not in self._held):
            raise Garbled(f"{shown(min(gaps))}, which {asked}, is not in it: it was cut off or merged badly")

    def scanned(self, without: Collection[str] = ()) -> Scanned:
        """But for the packages of those names."""
        if not without:
            return Scanned(self.pins.distinct())
        left = {
            each.pin for each in self.counts if each.pin is not None and not any(map(without.__contains__, each.names))
        }
        return Scanned(tuple(sorted(left)))


K = TypeVar("K")


def _less(counts: dict[K, int], key: K, times: int) -> bool:
    """Whether none is left."""
    count = counts[key] - times
    if count:
        counts[key] = count
        return False
    del counts[key]
    return True
