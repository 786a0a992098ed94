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

    def add_written(self, path: str, module: str, source: str, loaded: Iterable[str], *, is_test: bool) -> None:
        """What the text of a module says beyond its imports. What a test module does to others when it is collected is
        left out: that is one test file's spoiling another."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        names = frozenset(loaded)
        known = _imported(tree, _package(path, module))
        self.add(path, {chain for chain in _chains(tree, known) if chain in names})
        if not is_test:
            for touched in _touched(tree, known):
                owner = _module(touched, names)
                if owner is not None and self._places.project(file_of(owner) or "<none>"):
                    self.add(self.node(owner), (module,))


def _package(path: str, module: str) -> str:
    return module if os.path.basename(path) == "__init__.py" else module.rpartition(".")[0]


def _imported(tree: ast.Module, package: str) -> dict[str, str]:
    """Name in the module -> what it means, as an absolute dotted name."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                known[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            base = ".".join(part for part in (above if node.level else "", node.module or "") if part)
            known.update({alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names})
    return known


def _chains(tree: ast.Module, known: dict[str, str]) -> Iterator[str]:
    """`import shop` and `shop.prices.LIMIT` reach a module that the package alone need not have imported."""
    for node in ast.walk(tree):
        chain = _chain(node)
        if chain and chain[0] in known:
            yield ".".join([known[chain[0]], *chain[1:]])


def _touched(tree: ast.Module, known: dict[str, str]) -> Iterator[str]:
    """What of other modules the module may change when it is imported: it registers itself, adds to a list, subclasses
    what keeps a list of its subclasses. Whoever uses those modules may see it, and need not import it."""
    for statement in _statements(tree):
        for expression in _acting(statement):
            root = expression
            while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
                root = root.func if isinstance(root, ast.Call) else root.value
            if isinstance(root, ast.Name) and root.id in known:
                yield known[root.id]


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Those that run on import, functions' bodies apart."""
    waiting = list(ast.iter_child_nodes(tree))[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.expr)):
            waiting += list(ast.iter_child_nodes(node))[::-1]


def _acting(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.decorator_list
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return [node.value]
    if isinstance(node, (ast.Assign, ast.Delete)):
        return [target for target in node.targets if not isinstance(target, ast.Name)]
    return [node.target] if isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name) else []


def _module(name: str, loaded: frozenset[str]) -> Optional[str]:
    """The loaded module that a dotted name lies in."""
    while name and name not in loaded:
        name = name.rpartition(".")[0]
    return name or None


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
