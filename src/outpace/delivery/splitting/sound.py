"""Whether the changed files of one tree fit each other: they parse, and names are found where they are looked for."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator, Mapping

from msgspec import Struct

from outpace.delivery.splitting.blocks import is_deep
from outpace.delivery.splitting.mentions import Taken, defined_by, taken_by
from outpace.delivery.splitting.modules import Modules, module_of

BUILT_IN = frozenset(dir(builtins)) | {"__file__", "__path__", "__builtins__", "__annotations__", "__class__"}
DYNAMIC = "__getattr__"


class Read(Struct, frozen=True):
    """One text: what it defines, imports, takes from its own module, and takes as an attribute of a name."""

    names: frozenset[str]
    takes: tuple[Taken, ...]
    wanted: frozenset[str]
    parts: frozenset[tuple[str, str]]


class Sound:
    """Each text is read once, however many trees hold it."""

    def __init__(self) -> None:
        self._read: dict[str, Read | None] = {}

    def complaints(self, files: Mapping[str, str]) -> frozenset[str]:
        """One sentence for each; files that are no Python are passed over."""
        asked = {path: self._reading(text) for path, text in files.items() if path.endswith((".py", ".pyi"))}
        read = {path: found for path, found in asked.items() if found is not None}
        modules = Modules(read)
        found = {f"{path} cannot be read" for path in asked.keys() - read.keys()}
        for path, one in read.items():
            found.update(f"{path} has no {name}" for name in one.wanted)
            found.update(_missing(path, one, read, modules))
        return frozenset(found)

    def _reading(self, text: str) -> Read | None:
        if text not in self._read:
            self._read[text] = reading(text)
        return self._read[text]


def reading(text: str) -> Read | None:
    """None where it cannot be read."""
    try:
        tree = ast.parse(text)
        table = symtable.symtable(text, "<text>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if is_deep(tree):
        return None
    takes = tuple(taken for node in tree.body for taken in taken_by(node))
    names = frozenset(name for node in tree.body for name in defined_by(node))
    parts = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    stars = any(taken.name == "*" for taken in takes)
    return Read(names, takes, frozenset() if stars else _undefined(table, names), frozenset(parts))


def same_syntax(one: str, other: str) -> bool:
    """Whether both can be read, to the same."""
    try:
        near, far = ast.parse(one), ast.parse(other)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not is_deep(near) and ast.dump(near) == ast.dump(far)


def _undefined(table: symtable.SymbolTable, names: frozenset[str]) -> frozenset[str]:
    """Names that some scope takes from the module, and the module does not have."""
    work, defined, wanted = [table], set(names), set[str]()
    while work:
        scope = work.pop()
        is_top = scope.get_type() == "module"
        for symbol in scope.get_symbols():
            if symbol.is_assigned() and (is_top or symbol.is_declared_global()):
                defined.add(symbol.get_name())
            if symbol.is_referenced() and (is_top or symbol.is_global()):
                wanted.add(symbol.get_name())
        work += scope.get_children()
    return frozenset(wanted - defined - BUILT_IN)


def _missing(path: str, one: Read, read: Mapping[str, Read], modules: Modules) -> Iterator[str]:
    """Names that the file imports from another, or takes from a module that it imports."""
    bound: dict[str, str] = {}
    for taken in one.takes:
        named = modules.named(path, taken) - {path}
        if len(named) == 1:
            bound[taken.bound] = min(named)
        there = modules.of(path, taken.module) - {path}
        if taken.name and taken.name != "*" and len(there) == 1 and not named:
            target = min(there)
            if taken.name not in read[target].names and not _is_open(target, read[target]):
                yield f"{path} imports {taken.name} from {module_of(target)}, which has none"
    for name, part in one.parts:
        target = bound.get(name)
        if target is not None and part not in read[target].names and not _is_open(target, read[target]):
            yield f"{path} takes {part} from {module_of(target)}, which has none"


def _is_open(path: str, read: Read) -> bool:
    """It may have names that its text does not define: those of modules that did not change, in a package."""
    return path.endswith("__init__.py") or DYNAMIC in read.names or any(each.name == "*" for each in read.takes)
