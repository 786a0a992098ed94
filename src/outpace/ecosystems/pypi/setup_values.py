"""Literal values of a module's own names, told from its syntax tree: nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

DEEPEST = 40
MOST_ITEMS = 20_000

CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "sort", "reverse"}
)


class Text(Struct, frozen=True):
    text: str
    line: int


class Computed(Struct, frozen=True):
    """Something that only running the code would tell."""

    line: int
    why: str


class Many(Struct, frozen=True):
    items: tuple[Text, ...]
    computed: tuple[Computed, ...] = ()


class Table(Struct, frozen=True):
    rows: tuple[tuple[str, Value], ...]
    computed: tuple[Computed, ...] = ()


Value: TypeAlias = Many | Table | Computed


class Names:
    """The names that the module binds at its top level, and where code changes them afterwards."""

    def __init__(self, module: ast.Module) -> None:
        self._bound: dict[str, list[ast.expr]] = {}
        self._changed: dict[str, int] = {}
        self._items = 0
        for node in ast.walk(module):
            self._note(node)
        self._top = {id(value) for value in _assigned(module)}

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.AugAssign(target=ast.Name(id=name), lineno=line):
                self._changed.setdefault(name, line)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr), lineno=line) if attr in CHANGING:
                self._changed.setdefault(name, line)
            case ast.For(target=ast.Name(id=name), lineno=line):
                self._changed.setdefault(name, line)
            case _:
                pass

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self._bound.setdefault(name, []).append(value)
            case ast.Subscript(value=ast.Name(id=name), lineno=line):
                self._changed.setdefault(name, line)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._bind(part, value)
            case _:
                pass

    def value(self, node: ast.expr, depth: int = 0) -> Value:
        if depth > DEEPEST or self._items > MOST_ITEMS:
            return Computed(node.lineno, "is nested too deeply, or too long")
        found: Value | None = None
        match node:
            case ast.Constant(value=str(text)) if not is_whole(text):
                found = Computed(node.lineno, "spells half of a character pair")
            case ast.Constant(value=str(text)):
                self._items += 1
                found = Many(tuple(Text(line, node.lineno) for line in text.split("\n") if line.strip()))
            case ast.Constant(value=None):
                found = Many(())
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                found = self._list(parts, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                found = joined((self.value(left, depth + 1), self.value(right, depth + 1)), node.lineno)
            case ast.Dict(keys=keys, values=values):
                found = self._table(list(zip(keys, values, strict=True)), depth)
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                found = self._table([(_constant(each), each.value) for each in keywords], depth)
            case ast.Name(id=name):
                found = self._named(name, node.lineno, depth)
            case _:
                pass
        return found or Computed(node.lineno, f"computes it{_by(node)}")

    def _list(self, parts: Sequence[ast.expr], depth: int) -> Value:
        values = [self.value(part.value if isinstance(part, ast.Starred) else part, depth + 1) for part in parts]
        return joined(values, parts[0].lineno if parts else 1)

    def _table(self, pairs: Sequence[tuple[ast.expr | None, ast.expr]], depth: int) -> Value:
        rows: list[tuple[str, Value]] = []
        computed: list[Computed] = []
        for key, node in pairs:
            match key, self.value(node, depth + 1):
                case ast.Constant(value=str(name)), value if is_whole(name):
                    rows.append((name, value))
                case None, Table(more, others):
                    rows += more
                    computed += others
                case _:
                    computed.append(Computed(node.lineno, "computes a key"))
        return Table(tuple(rows), tuple(computed))

    def _named(self, name: str, line: int, depth: int) -> Value:
        values = self._bound.get(name, [])
        if len(values) != 1 or id(values[0]) not in self._top:
            told = "binds it in several places" if len(values) > 1 else "does not bind it to a value at the top level"
            return Computed(line, f"uses {name[:40]}, and the file {told}")
        value = self.value(values[0], depth + 1)
        changed = self._changed.get(name)
        if changed is None:
            return value
        return joined((value, Computed(changed, f"changes {name[:40]} by code")), changed)


def is_whole(text: str) -> bool:
    """No half of a surrogate pair, which an escape can spell and no output can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def joined(values: Sequence[Value], line: int) -> Value:
    """Lists one after another; what is computed beside them is kept. A table alone stays one."""
    tables = [value for value in values if isinstance(value, Table)]
    computed = [value for value in values if isinstance(value, Computed)]
    if tables and len(tables) + len(computed) == len(values) and len(tables) == 1:
        return Table(tables[0].rows, (*tables[0].computed, *computed))
    if tables:
        return Computed(line, "joins a list and a table")
    lists = [value for value in values if isinstance(value, Many)]
    return Many(
        tuple(item for one in lists for item in one.items),
        (*(each for one in lists for each in one.computed), *computed),
    )


def _assigned(module: ast.Module) -> Iterator[ast.expr]:
    for node in module.body:
        match node:
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                yield value
            case _:
                pass


def _constant(keyword: ast.keyword) -> ast.expr | None:
    return None if keyword.arg is None else ast.Constant(value=keyword.arg)


def _by(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return f" by calling {name[:40]}"
        case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
            return " in a loop"
        case ast.IfExp():
            return " by a condition"
        case _:
            return ""
