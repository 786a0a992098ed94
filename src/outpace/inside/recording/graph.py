"""Which modules stand behind a module: what it imported, and what it reaches through a package that it imported."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from typing import Optional

from .imports import file_of
from .places import Places


class Graph:
    """A node is the path of a file of the project, or the name of another module."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.edges: dict[str, set[str]] = {}
        self._after: dict[str, frozenset[str]] = {}

    def add(self, importer: str, names: Iterable[str]) -> None:
        self.edges.setdefault(importer, set()).update(names)
        self._after.clear()

    def node(self, name: str) -> str:
        """Of a loaded module."""
        file = file_of(name)
        return (self._places.project(file) if file else None) or name

    def behind(self, roots: Iterable[str], known: frozenset[str] = frozenset()) -> set[str]:
        """The roots and all that they reach, without what is `known` and what that reaches."""
        found: set[str] = set()
        waiting = [node for node in roots if node not in known]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += [each for each in self._next(node) if each not in found and each not in known]
        return found

    def _next(self, node: str) -> frozenset[str]:
        after = self._after.get(node)
        if after is None:
            names = self.edges.get(node, set())
            after = self._after[node] = frozenset({*names, *(self.node(name) for name in (*names, node))} - {node})
        return after

    def add_chains(self, path: str, source: str, loaded: Iterable[str]) -> None:
        """`import shop` and `shop.prices.LIMIT` reach a module that the package alone need not have imported."""
        names = set(loaded)
        self.add(path, (chain for chain in chains_of(source) if chain in names))


def chains_of(source: str) -> Iterator[str]:
    """Dotted names of which the first part was imported, as absolute names: `shop`, `shop.prices`, ..."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        chain = _chain(node)
        if chain and chain[0] in known:
            yield ".".join([known[chain[0]], *chain[1:]])


def _chain(node: ast.AST) -> Optional[list[str]]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if parts and isinstance(node, ast.Name) else None


def ancestors(path: str) -> Iterator[str]:
    """The directories above a path, from the root on: `.`, `tests`, ..."""
    yield "."
    parts = path.split(os.sep)[:-1]
    for index in range(len(parts)):
        yield os.sep.join(parts[: index + 1])
