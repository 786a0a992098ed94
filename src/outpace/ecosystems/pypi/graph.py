"""Who asks for whom in a lock: parents, groups and what is asked for directly."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

MAIN = ""
MOST_GROUPS = 200  # more are not told apart: the answer is then "unknown", which is no group at all

Edge = tuple[str, str | None]  # a name, and the version where several are locked


class Node(Struct, frozen=True, kw_only=True):
    name: str
    version: str | None
    own: bool  # the project's own code: its groups are those that a user installs
    main: tuple[Edge, ...] = ()
    grouped: tuple[tuple[str, tuple[Edge, ...]], ...] = ()  # extras and dependency groups


class Graph:
    """Nodes are known by their place in the list; every walk is linear in the edges."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for at, node in enumerate(nodes):
            self._by_name[node.name].append(at)
        self._parents: dict[int, set[str]] = defaultdict(set)
        self._direct: set[int] = set()
        self._has_roots = any(node.own for node in nodes)
        self._link()
        self._groups = self._reach()

    def parents(self, at: int) -> tuple[str, ...]:
        return tuple(sorted(self._parents[at]))

    def groups(self, at: int) -> tuple[str, ...]:
        """Empty where the main dependencies bring it, or where nobody knows."""
        found = self._groups.get(at, set[str]())
        return () if MAIN in found else tuple(sorted(found))

    def is_direct(self, at: int) -> bool | None:
        return at in self._direct if self._has_roots else None

    def _targets(self, edges: tuple[Edge, ...]) -> list[int]:
        found: list[int] = []
        for name, version in edges:
            many = self._by_name.get(name, [])
            exact = [at for at in many if self._nodes[at].version == version] if version is not None else []
            found += exact or many
        return found

    def _link(self) -> None:
        for node in self._nodes:
            edges = (*node.main, *(edge for _, group in node.grouped for edge in group))
            for target in self._targets(edges):
                self._parents[target].add(node.name)
                if node.own:
                    self._direct.add(target)

    def _reach(self) -> dict[int, set[str]]:
        starts: dict[str, list[int]] = defaultdict(list)
        for node in self._nodes:
            if not node.own:
                continue
            starts[MAIN] += self._targets(node.main)
            for group, edges in node.grouped:
                starts[group] += self._targets(edges)
        found: dict[int, set[str]] = defaultdict(set)
        if len(starts) > MOST_GROUPS:
            return found
        for group, heads in starts.items():
            for at in self._walk(heads):
                found[at].add(group)
        return found

    def _walk(self, heads: list[int]) -> set[int]:
        """An extra of a package that is not the project's own counts with its main edges: the lock does not tell."""
        seen: set[int] = set()
        pending = list(heads)
        while pending:
            at = pending.pop()
            if at in seen:
                continue
            seen.add(at)
            node = self._nodes[at]
            edges = node.main if node.own else (*node.main, *(edge for _, group in node.grouped for edge in group))
            pending += self._targets(edges)
        return seen
