"""Of changes and the links between them: what cannot be apart, what belongs together, and an order."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Needs: TypeAlias = Mapping[int, frozenset[int]]


def needs_of(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """Of (later, earlier) pairs."""
    found: dict[int, set[int]] = defaultdict(set)
    for later, earlier in pairs:
        found[later].add(earlier)
    return {node: frozenset(wanted) for node, wanted in found.items()}


def inseparable(nodes: Sequence[int], needs: Needs) -> list[frozenset[int]]:
    """The strongly connected components (Tarjan 1972), without recursion; each after those that it needs."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    inside: set[int] = set()
    found: list[frozenset[int]] = []
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter(sorted(needs.get(root, ()))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        inside.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    inside.add(other)
                    work.append((other, iter(sorted(needs.get(other, ())))))
                    break
                if other in inside:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_popped(stack, inside, node))
    return found


def _popped(stack: list[int], inside: set[int], node: int) -> frozenset[int]:
    part: set[int] = set()
    while node not in part:
        part.add(stack.pop())
    inside -= part
    return frozenset(part)


def components(nodes: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """What is connected, whatever way the links go; in the order of the first of each."""
    parent = {node: node for node in nodes}

    def top(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in pairs:
        if one in parent and other in parent:
            parent[top(other)] = top(one)
    groups: dict[int, list[int]] = defaultdict(list)
    for node in parent:
        groups[top(node)].append(node)
    return list(groups.values())


def ordered(nodes: Iterable[int], needs: Needs, rank: Callable[[int], Any]) -> list[int]:
    """Each after what it needs, otherwise by rank; a cycle's members come as their rank has them."""
    left = {node: set(needs.get(node, ())) for node in nodes}
    users: dict[int, list[int]] = defaultdict(list)
    for node, wanted in left.items():
        wanted.intersection_update(left.keys() - {node})
        for other in wanted:
            users[other].append(node)
    ready = [(rank(node), node) for node, wanted in left.items() if not wanted]
    heapq.heapify(ready)
    done: dict[int, None] = {}
    while len(done) < len(left):
        if not ready:
            ready = [min((rank(node), node) for node in left if node not in done)]
        _, node = heapq.heappop(ready)
        if node in done:
            continue
        done[node] = None
        for user in users[node]:
            left[user].discard(node)
            if not left[user] and user not in done:
                heapq.heappush(ready, (rank(user), user))
    return list(done)


def closed(wanted: Iterable[int], needs: Needs) -> frozenset[int]:
    """Those, and all that they need, at any remove."""
    found: set[int] = set()
    work = list(wanted)
    while work:
        node = work.pop()
        if node not in found:
            found.add(node)
            work += needs.get(node, ())
    return frozenset(found)
