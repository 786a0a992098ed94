"""Versions of one file, one after another: of the next one only the parts that the last did not have are understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, Never, Protocol, TypeVar, cast

from outpace.ecosystems.scan.memory import forgotten

PIECE = 1 << 15

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Sum(Protocol[T_contra]):
    """What parts mean together, in whatever order: it can be added to, and taken from."""

    def add(self, each: T_contra, times: int, /) -> None: ...

    def take(self, each: T_contra, times: int, /) -> None:
        """Of what was added."""
        ...


S = TypeVar("S", bound=Sum[Never])


class _Last(NamedTuple, Generic[S]):
    data: bytes
    meant: S


class Changes(NamedTuple):
    """The parts that only the version before has, or has more often, and those of the next one; each with how often."""

    gone: Mapping[bytes, int]
    came: Mapping[bytes, int]


class Cut(NamedTuple):
    """Where the middle begins, and where it ends in either."""

    begin: int
    end_before: int
    end_after: int


class Successive(Generic[T, S]):
    """For text of parts that mean the same wherever they stand, so that what a file means is the sum of what its parts
    mean. `boundary` ends a part, but not behind `unless`. What `understand` raises is not kept.
    """

    def __init__(
        self,
        understand: Callable[[bytes], Iterable[T]],
        none: Callable[[], S],
        boundary: bytes,
        unless: bytes = b"",
        split: Callable[[bytes], Sequence[bytes]] | None = None,
    ) -> None:
        """`understand` takes one part; `none` makes what nothing means; `split` tells parts apart in its own way."""
        self._understand, self._none = understand, none
        self._boundary, self._unless = boundary, unless
        self._split: Callable[[bytes], Sequence[bytes]] = split or self._at_boundaries
        self._last: _Last[S] | None = None
        forgotten(self.forget)

    def __call__(self, data: bytes) -> S:
        """To be read before the next call, which changes it."""
        last = self._last
        changes = None if last is None else self._changes(last.data, data)
        if last is None or changes is None:
            meant, changes = self._none(), Changes({}, Counter(self._split(data)))
        else:
            meant = last.meant
        more = [(self._understand(part), times) for part, times in changes.came.items()]
        less = [(self._understand(part), times) for part, times in changes.gone.items()]
        self._last = None  # should anything happen half-way
        total = cast("Sum[T]", meant)
        for understood, times in more:
            for each in understood:
                total.add(each, times)
        for understood, times in less:
            for each in understood:
                total.take(each, times)
        self._last = _Last(data, meant)
        return meant

    def _changes(self, before: bytes, after: bytes) -> Changes | None:
        """None where little was left."""
        cut = cut_of(before, after, self._boundary, self._unless)
        gone, came = before[cut.begin : cut.end_before], after[cut.begin : cut.end_after]
        found = Changes({}, {}) if gone == came else differing(self._split(gone), self._split(came))
        return found if 2 * sum(map(len, found.gone)) <= len(before) else None

    def _at_boundaries(self, data: bytes) -> list[bytes]:
        return data.split(self._boundary)

    def forget(self) -> None:
        self._last = None


def differing(before: Collection[bytes], after: Collection[bytes]) -> Changes:
    had, has = set(before), set(after)
    if len(had) == len(before) and len(has) == len(after):
        return Changes(dict.fromkeys(had - has, 1), dict.fromkeys(has - had, 1))
    return Changes(Counter(before) - Counter(after), Counter(after) - Counter(before))


def cut_of(before: bytes, after: bytes, boundary: bytes, unless: bytes) -> Cut:
    """The middle that differs, widened to the boundaries around it, which are alike in both."""
    least = min(len(before), len(after))
    head = _alike(least, lambda start, end: before[start:end] == after[start:end])
    tail = _alike(
        least - head,
        lambda start, end: (
            before[len(before) - end : len(before) - start] == after[len(after) - end : len(after) - start]
        ),
    )
    begin = after.rfind(boundary, 0, head)
    while unless and begin > 0 and after.endswith(unless, 0, begin):
        begin = after.rfind(boundary, 0, begin)
    end = after.find(boundary, len(after) - tail + len(unless))
    while unless and end > 0 and after.endswith(unless, 0, end):
        end = after.find(boundary, end + 1)
    end = end if end >= 0 else len(after)
    return Cut(begin + len(boundary) if begin >= 0 else 0, end + len(before) - len(after), end)


def _alike(most: int, equal: Callable[[int, int], bool]) -> int:
    """How many of the first so many are equal, by pieces that a processor keeps near, then by halves of the piece."""
    low = 0
    while low < most and equal(low, min(low + PIECE, most)):
        low += PIECE
    if low >= most:
        return most
    high = min(low + PIECE, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if equal(low, middle) else (low, middle)
    return low
