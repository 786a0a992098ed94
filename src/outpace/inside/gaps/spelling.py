"""Programs of a search as the text of a test, with the names that the module of a test has for things."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, NamedTuple

from ..probing.programs import ATTRIBUTE, BUILTINS, CALL, FIXTURE, NAME, Names, Node, Program, names, printed
from .assertions import quoted, style_of
from .relatives import Relative

LONGEST_LINE = 115
LONGEST_ASSERTED = 60
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
RESERVED = frozenset({"class", "def", "from", "import", "lambda", "pass", "return", "self", "type", "with"})


class Spelling(Names):
    """Names as the module of a test has them."""

    def __init__(self, namespace: Mapping[str, Any], variables: tuple[str, ...]) -> None:
        super().__init__(variables=variables)
        self._namespace = namespace
        self._imports: dict[str, list[str]] = {}

    def name(self, value: str) -> str:
        module, _, qualname = value.partition(":")
        if module in ("", BUILTINS):
            return qualname
        root, dot, rest = qualname.partition(".")
        return f"{self._root(module, root)}{dot}{rest}"

    def _root(self, module: str, name: str) -> str:
        held = getattr(sys.modules.get(module), name, None)
        if name in self._namespace and self._namespace[name] is held:
            return name
        ways = [way for alias, each in self._namespace.items() for way in _ways(alias, each, module, name, held)]
        if ways:
            return min(ways, key=lambda way: (way.count("."), len(way), way))
        held_names = self._imports.setdefault(module, [])
        if name not in held_names:
            held_names.append(name)
        return name

    @property
    def imports(self) -> list[str]:
        """Lines for what was asked for and the test's module lacks."""
        return [
            f"from {module} import {', '.join(sorted(each))}" if each else f"import {module}"
            for module, each in sorted(self._imports.items())
        ]

    def of_source(self, node: Node) -> None:
        """A piece of source names a standard module by its own name."""
        for child in node.children:
            module = str(child.value).partition(":")[0]
            if module != BUILTINS and self._namespace.get(module) is not sys.modules.get(module):
                self._imports.setdefault(module, [])


def _ways(alias: str, held: Any, module: str, name: str, wanted: Any) -> list[str]:
    """Through a module that the test's module has."""
    if not isinstance(held, ModuleType) or alias.startswith(("_", "@")) or wanted is None:
        return []
    found = [f"{alias}.{name}"] if getattr(held, name, None) is wanted else []
    if module.startswith(f"{held.__name__}."):
        inner: Any = held
        below = module[len(held.__name__) + 1 :]
        for part in below.split("."):
            inner = getattr(inner, part, None)
        if inner is sys.modules.get(module):
            found.append(f"{alias}.{below}.{name}")
    return found


class Written(NamedTuple):
    """A function's own text, indented as its relative is, and how many lines of it import something."""

    text: str
    imports: int


def as_test(program: Program, relative: Relative) -> Written | None:
    """None where it cannot be written well."""
    variables = _variables(program)
    spelling = Spelling(relative.namespace, variables)
    lines: list[str] = []
    for place, node in enumerate(program):
        for each in _sources(node):
            spelling.of_source(each)
        text = printed(node, spelling)
        last = place == len(program) - 1
        asserted = last and node.kind == CALL and len(text) <= LONGEST_ASSERTED
        lines.append(text if asserted else f"{'result' if last else variables[place]} = {text}")
    longest = max([LONGEST_LINE, *map(len, relative.source.splitlines())])
    if any(len(line) > longest or "\n" in line for line in lines):
        return None
    indent = " " * relative.node.col_offset
    arguments = [*(["self"] if relative.item.cls is not None else []), *_fixtures(program)]
    style = style_of(relative.source, unittest=relative.unittest, names=relative.namespace)
    body = "".join(f"{indent}    {quoted(line, style)}\n" for line in (*spelling.imports, *lines))
    return Written(f"{indent}def test_program({', '.join(arguments)}):\n{body}", len(spelling.imports))


def _fixtures(program: Program) -> list[str]:
    return [FIXTURE] if f":{FIXTURE}" in names(program) else []


def _sources(node: Node) -> list[Node]:
    own = [node] if node.kind == "source" else []
    return [*own, *(each for child in node.children for each in _sources(child))]


def _variables(program: Program) -> tuple[str, ...]:
    """Each by what it is made with: `option` of `click.Option(...)`."""
    found: list[str] = []
    for node in program:
        word = _called(node)
        name, number = word, 2
        while name in found:
            name, number = f"{word}_{number}", number + 1
        found.append(name)
    return tuple(found)


def _called(node: Node) -> str:
    first = node.children[0] if node.kind == CALL else node
    text = str(first.value) if first.kind in (NAME, ATTRIBUTE) else ""
    word = "_".join(each.lower() for each in WORD.findall(text.rpartition(":")[2].rpartition(".")[2]))
    return word if word and word.isidentifier() and word not in RESERVED else "result"
