"""What each name of a project stands for on one side of a change: its trees, and what they refer to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from outpace.testing.mending.interfaces import Interface, module_name

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
BOUND = frozenset({"self", "cls"})


class Place(NamedTuple):
    """A module, and a name in it that is qualified by its classes."""

    module: str
    name: str

    @property
    def owner(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


class Definitions:
    """Of modules by their paths; a name that is defined twice (a property, an alternative) has two trees."""

    def __init__(self, sources: Mapping[str, str], roots: Iterable[str], interface: Interface) -> None:
        self._interface = interface
        self._trees: dict[Place, list[Definition]] = {}
        self._paths: dict[str, str] = {}
        self._last: dict[str, list[Place]] = {}
        places = tuple(roots)
        for path, source in sources.items():
            module = module_name(path, places)
            self._paths[module] = path
            for name, node in _defined(_parsed(source), ""):
                place = Place(module, name)
                if place not in self._trees:
                    self._last.setdefault(place.last, []).append(place)
                self._trees.setdefault(place, []).append(node)

    def trees(self, place: Place) -> tuple[Definition, ...]:
        return tuple(self._trees.get(place, ()))

    def path(self, place: Place) -> str:
        return self._paths.get(place.module, "")

    def names(self, module: str) -> tuple[str, ...]:
        """At the top of it."""
        return tuple(place.name for place in self._trees if place.module == module and "." not in place.name)

    def members(self, owner: Place) -> tuple[str, ...]:
        return tuple(place.last for place in self._trees if place.module == owner.module and place.owner == owner.name)

    def has(self, last: str) -> bool:
        return last in self._last

    def meant(self, module: str, name: str) -> Place | None:
        """What a name of a module stands for, imports followed; None where it is not the project's."""
        found = self._interface.found(module, name)
        place = None if found is None else Place(found.module, found.name)
        return place if place in self._trees else None

    def attribute(self, node: ast.Attribute, at: Place) -> Place | None:
        """What `node` stands for in the code at a place: a member of its own class, a name of a module that it
        imports, or the only thing that is called so."""
        value = node.value
        if isinstance(value, ast.Name) and value.id in BOUND and at.owner:
            own = Place(at.module, f"{at.owner}.{node.attr}")
            if own in self._trees:
                return own
        if isinstance(value, ast.Name):
            imported = self._interface.modules.get(at.module, {}).get(value.id)
            if imported is not None and imported.kind == "import":
                module = ".".join(part for part in imported.target if part)
                return self.meant(module, node.attr)
        named = self._last.get(node.attr, [])
        return named[0] if len(named) == 1 else None


def _parsed(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _defined(body: Iterable[ast.stmt], owner: str) -> Iterator[tuple[str, Definition]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield owner + node.name, node
            case ast.ClassDef():
                yield owner + node.name, node
                yield from _defined(node.body, f"{owner}{node.name}.")
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from ((owner + each.id, node) for each in targets if isinstance(each, ast.Name))
            case ast.If() | ast.Try() | ast.With():
                for field in ("body", "orelse", "finalbody"):
                    yield from _defined(getattr(node, field, ()), owner)
                for handler in getattr(node, "handlers", ()):
                    yield from _defined(handler.body, owner)
            case _:
                pass
