"""The commits of a history as a graph: the branch's own line through it, what each merge brought, what tags contain."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from outpace.assessment.chronicle import Said

CERTAIN, REPEATED = 1, 3
LONG_SIDE, FAR_LONGER, STEPS = 30, 3, 20_000


class Graph:
    """`order` is from the tip down, no parent before its children. What parents lie outside is not known here."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.parents: dict[str, tuple[str, ...]] = {}
        self.dates: dict[str, int] = {}
        self.said: dict[str, Said] = {}
        self.pulls: dict[str, str] = {}  # merges of the branch into itself: where it came from

    def add(self, commit: str, parents: Sequence[str], date: int) -> None:
        self.order.append(commit)
        self.parents[commit] = tuple(parents)
        self.dates[commit] = date


class Step(NamedTuple):
    """A commit of the line, and the one that it stands on; None: nothing known."""

    commit: str
    before: str | None
    pulled: bool  # it stands on its other parent


def line_of(graph: Graph, tip: str, follows_other: Callable[[str], bool]) -> tuple[list[Step], str | None]:
    """Oldest first, and the commit outside the graph that the line goes on with."""
    steps: list[Step] = []
    commit: str | None = tip
    while commit is not None and commit in graph.parents:
        parents = graph.parents[commit]
        pulled = len(parents) == 2 and commit in graph.pulls and follows_other(commit)
        before = parents[1 if pulled else 0] if parents else None
        steps.append(Step(commit, before, pulled))
        commit = before
    return steps[::-1], commit


def pulled_locally(graph: Graph, tip: str, owners: Collection[str]) -> Callable[[str], bool]:
    """Whether a merge of the branch into itself pulled the shared one into somebody's local one. The same words stand
    where a maintainer pulls a contributor's fork: then the place is another's, or what was there already is far longer
    than what came.
    """
    position = {commit: at for at, commit in enumerate(graph.order)}
    below = _below(graph, tip) if graph.pulls else frozenset[str]()
    places = Counter(
        place
        for commit, place in graph.pulls.items()
        if commit in below and place and place.partition("/")[0] not in owners
    )
    needed = REPEATED if owners else CERTAIN
    most = [place for place, count in places.most_common(2) if count >= needed]
    usual = most[0] if most and (len(most) == 1 or places[most[0]] > places[most[1]]) else None

    def follows(commit: str) -> bool:
        place = graph.pulls[commit]
        if place and place != usual and place.partition("/")[0] not in owners:
            return False
        local, came = sides(graph, position, *graph.parents[commit])
        return local <= max(LONG_SIDE, FAR_LONGER * came)

    return follows


def _below(graph: Graph, tip: str) -> frozenset[str]:
    """The commits of the branch, without those that tags alone lead to."""
    found = {tip}
    for commit in graph.order:
        if commit in found:
            found.update(graph.parents[commit])
    return frozenset(found)


def sides(graph: Graph, position: Mapping[str, int], one: str, other: str) -> tuple[int, int]:
    """How many commits each has that the other has not; counted up to a limit."""
    if one == other or one not in position or other not in position:
        return 0, 0
    flags = {one: 1, other: 2}
    counts = [0, 0, 0, 0]
    heap = sorted((position[one], position[other]))
    apart = 2
    for _ in range(STEPS):
        if not apart:
            break
        commit = graph.order[heapq.heappop(heap)]
        flag = flags[commit]
        counts[flag] += 1
        apart -= flag != 3
        for parent in graph.parents[commit]:
            before = flags.get(parent, 0)
            if before | flag == before or parent not in position:
                continue
            flags[parent] = before | flag
            if not before:
                heapq.heappush(heap, position[parent])
            apart += (flags[parent] != 3) - (before in (1, 2))
    return counts[1], counts[2]


def brought_by(graph: Graph, steps: Iterable[Step]) -> Iterator[tuple[Step, list[str]]]:
    """For each step what came with it that the line did not have, itself left out. Each commit comes once."""
    landed: set[str] = set()
    for step in steps:
        landed.add(step.commit)
        came: list[str] = []
        waiting = [parent for parent in graph.parents[step.commit] if parent != step.before]
        while waiting:
            commit = waiting.pop()
            if commit in graph.parents and commit not in landed:
                landed.add(commit)
                came.append(commit)
                waiting += graph.parents[commit]
        yield step, came


def reaches(commits: Sequence[tuple[str, tuple[str, ...]]], index: Mapping[str, int]) -> dict[str, int]:
    """How far up the line each commit reaches: the index of the newest landing that it contains; -1: none.
    `commits` with their parents, from the tips down.
    """
    found: dict[str, int] = {}
    for commit, parents in reversed(commits):
        at = index.get(commit)
        if at is None:
            at = found.get(parents[0], -1) if parents else -1
            for parent in parents[1:]:
                at = max(at, found.get(parent, -1))
        found[commit] = at
    return found
