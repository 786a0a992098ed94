"""Half-open intervals of whole numbers and what is left between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Interval:
    """From `start` up to, not including, `end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"an interval cannot end at {self.end} before it starts at {self.start}")

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, point: int) -> bool:
        return self.start <= point < self.end

    def overlaps(self, other: Interval) -> bool:
        return self.start < other.end and other.start < self.end


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Sorted; those that overlap or touch become one, empty ones are dropped."""
    found: list[Interval] = []
    for interval in sorted(intervals):
        if not interval:
            continue
        if found and interval.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, interval.end))
        else:
            found.append(interval)
    return found


def gaps(intervals: Iterable[Interval], within: Interval) -> Iterator[Interval]:
    """What of `within` no interval covers."""
    at = within.start
    for interval in merged(intervals):
        if interval.start > at:
            yield Interval(at, min(interval.start, within.end))
        at = max(at, interval.end)
        if at >= within.end:
            return
    yield Interval(at, within.end)


def covered(intervals: Iterable[Interval]) -> int:
    return sum(len(interval) for interval in merged(intervals))
