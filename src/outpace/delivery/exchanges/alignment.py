"""Which items of two sequences belong together: those that are rare first, so that the work grows as the items do."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import count

MOST_STEPS = 500_000
"""Items looked at where two answers are compared. What differs so much that it takes more is not aligned."""


class NotAligned(Exception):
    """Whether the rest is alike was not looked at: nobody may say that it is."""


class Work:
    """Of one comparison, counted in items looked at, so that its bound is the same on every machine."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.left = most

    def spend(self, steps: int) -> None:
        """Raises NotAligned."""
        if steps > self.left:
            raise NotAligned
        self.left -= steps


def matched(old: Sequence[str], new: Sequence[str], work: Work) -> list[tuple[int, int]]:
    """Pairs of places that hold the same, ascending on both sides. Raises NotAligned."""
    found: list[tuple[int, int]] = []
    rest = [(0, len(old), 0, len(new))]
    while rest:
        begin, end, new_begin, new_end = rest.pop()
        while begin < end and new_begin < new_end and old[begin] == new[new_begin]:
            found.append((begin, new_begin))
            begin, new_begin = begin + 1, new_begin + 1
        while begin < end and new_begin < new_end and old[end - 1] == new[new_end - 1]:
            end, new_end = end - 1, new_end - 1
            found.append((end, new_end))
        if begin == end or new_begin == new_end:
            continue
        work.spend(end - begin + new_end - new_begin)
        anchors = [(begin + one, new_begin + other) for one, other in _anchors(old[begin:end], new[new_begin:new_end])]
        if not anchors:
            continue
        found += anchors
        for one, other in (*anchors, (end, new_end)):
            rest.append((begin, one, new_begin, other))
            begin, new_begin = one + 1, other + 1
    return sorted(found)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """What stands once on both sides; where nothing does, the first of a kind beside the first, and so on."""
    before, after = Counter(old), Counter(new)
    once = {name for name, times in before.items() if times == 1 and after[name] == 1}
    if once:
        places = {name: place for place, name in enumerate(new) if name in once}
        return _ascending([(place, places[name]) for place, name in enumerate(old) if name in once])
    ordinals = {name: count() for name in before.keys() & after.keys()}
    nth = {(name, next(ordinals[name])): place for place, name in enumerate(new) if name in ordinals}
    ordinals = {name: count() for name in ordinals}
    told = [(place, (name, next(ordinals[name]))) for place, name in enumerate(old) if name in ordinals]
    return _ascending([(place, nth[which]) for place, which in told if which in nth])


def _ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of them whose second halves ascend as their first ones do (a longest increasing subsequence)."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        place = bisect_left(ends, other)
        before.append(at[place - 1] if place else -1)
        ends[place : place + 1], at[place : place + 1] = [other], [number]
    chosen: list[tuple[int, int]] = []
    number = at[-1] if at else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]
