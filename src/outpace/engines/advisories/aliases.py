"""Which ids speak of the same vulnerability: union-find over every record's alias list."""

from __future__ import annotations

from collections.abc import Iterable


class Aliases:
    """Disjoint sets of ids. Uniting is symmetric and transitive, and its order does not matter."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def unite(self, first: str, others: Iterable[str]) -> None:
        for other in others:
            a, b = self._root(first), self._root(other)
            if a != b:
                # The smaller id becomes the root, so that a group is named alike whatever came first.
                self._parent[max(a, b)] = min(a, b)

    def _root(self, name: str) -> str:
        parent = self._parent
        while (above := parent.setdefault(name, name)) != name:
            parent[name] = parent[above]
            name = above
        return name

    def members(self) -> dict[str, str]:
        """Every id that has an alias, and the id that names its group."""
        return {name: self._root(name) for name in sorted(self._parent)}
