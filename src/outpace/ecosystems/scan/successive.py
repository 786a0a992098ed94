"""Versions of one file, one after another: of the next one only what differs from the last is understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from outpace.ecosystems.scan.memory import forgotten

T = TypeVar("T")


class _Last(NamedTuple, Generic[T]):
    data: bytes
    meant: Mapping[T, int]


class Cut(NamedTuple):
    """Where the middle begins, and where it ends in either."""

    begin: int
    end_before: int
    end_after: int


class Successive(Generic[T]):
    """For text of parts that mean the same wherever they stand, so that what a file means is what its parts mean,
    counted. `boundary` ends a part, but not behind `unless`. What `understand` raises is not kept.
    """

    def __init__(self, understand: Callable[[bytes], Iterable[T]], boundary: bytes, unless: bytes = b"") -> None:
        """`understand` takes one part or several, boundaries between them."""
        self._understand = understand
        self._boundary, self._unless = boundary, unless
        self._last: _Last[T] = _Last(b"", {})
        forgotten(self.forget)

    def __call__(self, data: bytes) -> Collection[T]:
        """Distinct."""
        return self.counted(data).keys()

    def counted(self, data: bytes) -> Mapping[T, int]:
        last = self._last
        cut = cut_of(last.data, data, self._boundary, self._unless)
        gone, came = last.data[cut.begin : cut.end_before], data[cut.begin : cut.end_after]
        if not last.meant or len(gone) + len(came) >= len(data):
            meant = Counter(self._understand(data))
        elif gone == came:
            meant = last.meant
        else:
            meant = Counter(last.meant)
            meant.update(self._understand(came))
            for each in self._understand(gone):
                meant[each] -= 1
                if not meant[each]:
                    del meant[each]
        self._last = _Last(data, meant)
        return meant

    def forget(self) -> None:
        self._last = _Last(b"", {})


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
    """How many of the first so many are equal, found by halves of what is left: each is compared by a single call."""
    if equal(0, most):
        return most
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if equal(low, middle) else (low, middle)
    return low
