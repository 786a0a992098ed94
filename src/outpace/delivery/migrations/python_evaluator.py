"""Expressions of Python source, computed as far as they are literals; each call is told of."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import cast

from outpace.delivery.migrations.python_computing import binary, builtin, compared, formatted, short, unary
from outpace.delivery.migrations.python_values import (
    DEEPEST,
    MOST_TURNS,
    Made,
    NotKnown,
    Symbol,
    TooMuch,
    bind,
    is_open,
    sequence,
    truth,
)

Called = Callable[[Made, object], object]
"""Told of each call with what is called; gives its value."""
NO_KEYS = NotKnown("a dictionary whose keys are not told")
AS_TEXT = (-1, ord("s"))
POSTGRESQL = frozenset(
    {"bind.dialect", "bind.engine", "bind.engine.dialect", "context.dialect", "context.bind.dialect"}
)
"""What Alembic gives a migration on its way to the database."""


class Evaluator:
    """One file's expressions; `called` learns of every call that is not computed here. `maybe` is above zero for one
    that may be left out."""

    def __init__(self, called: Called) -> None:
        self._called = called
        self._depth = 0
        self.maybe = 0

    def value(self, node: ast.expr, names: dict[str, object]) -> object:
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooMuch("expressions stand too deep in one another")
        try:
            return self._value(node, names)
        finally:
            self._depth -= 1

    def _value(self, node: ast.expr, names: dict[str, object]) -> object:  # noqa: PLR0911  one line a kind
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return names.get(name, Symbol(name))
            case ast.Attribute(value=inner, attr=attr):
                return _attribute(self.value(inner, names), attr)
            case ast.List(elts=items):
                return self._items(items, names)
            case ast.Tuple(elts=items):
                return tuple(self._items(items, names))
            case ast.Set(elts=items):
                return tuple(self._items(items, names))
            case ast.Dict(keys=keys, values=values):
                return self._dict(keys, values, names)
            case ast.Call():
                return self._call(node, names)
            case ast.JoinedStr(values=parts):
                return self._joined(parts, names)
            case _:
                return self._computed(node, names)

    def _maybe(self, node: ast.expr, names: dict[str, object]) -> object:
        """It may be left out."""
        self.maybe += 1
        try:
            return self.value(node, names)
        finally:
            self.maybe -= 1

    def _items(self, items: list[ast.expr], names: dict[str, object]) -> list[object]:
        found: list[object] = []
        for item in items:
            if isinstance(item, ast.Starred):
                spread = sequence(self.value(item.value, names))
                found += [NotKnown("spread")] if spread is None else spread
            else:
                found.append(self.value(item, names))
        return found

    def _dict(self, keys: list[ast.expr | None], values: list[ast.expr], names: dict[str, object]) -> object:
        told = [
            (self.value(key, names) if key is not None else None, self.value(value, names))
            for key, value in zip(keys, values, strict=True)
        ]
        found = {name: value for name, value in told if isinstance(name, str | int | float | bool)}
        return found if len(told) == sum(isinstance(name, str | int | float | bool) for name, _ in told) else NO_KEYS

    def _joined(self, parts: list[ast.expr], names: dict[str, object]) -> object:
        told = [self.value(part.value if isinstance(part, ast.FormattedValue) else part, names) for part in parts]
        plain = all(
            not isinstance(part, ast.FormattedValue) or (part.format_spec is None and part.conversion in AS_TEXT)
            for part in parts
        )
        if not plain or not all(isinstance(one, str | int | float) for one in told):
            return NotKnown("a text that is filled in when it runs")
        return short("".join(str(one) for one in told))

    def _computed(self, node: ast.expr, names: dict[str, object]) -> object:  # noqa: PLR0911  one line a kind
        match node:
            case ast.BinOp(left=left, op=operator, right=right):
                return binary(operator, self.value(left, names), self.value(right, names))
            case ast.UnaryOp(op=operator, operand=operand):
                return unary(operator, self.value(operand, names))
            case ast.BoolOp(op=operator, values=values):
                return self._bool(isinstance(operator, ast.And), values, names)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return compared(operator, self.value(left, names), self.value(right, names))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                told = truth(self.value(test, names))
                either = [self._maybe(one, names) for one in (body, orelse)] if told is None else []
                return self.value(body if told else orelse, names) if told is not None else _same(either)
            case ast.Subscript(value=inner, slice=place):
                return _item(self.value(inner, names), self.value(place, names))
            case ast.NamedExpr(target=ast.Name(id=name), value=inner):
                names[name] = self.value(inner, names)
                return names[name]
            case ast.ListComp(elt=elt, generators=[ast.comprehension() as loop]):
                return self._comprehension(elt, loop, names)
            case _:
                for inner in ast.walk(node):  # whatever is called in it may do anything
                    if isinstance(inner, ast.Call):
                        self._called(
                            Made("a call within an expression", (), {}, inner.lineno), NotKnown("an expression")
                        )
                        break
                return NotKnown(f"{type(node).__name__} is not computed")

    def _comprehension(self, elt: ast.expr, loop: ast.comprehension, names: dict[str, object]) -> object:
        over = self.value(loop.iter, names)
        items, inner = sequence(over), dict(names)
        if items is None or is_open(over) or loop.ifs or len(items) > MOST_TURNS:
            bind(loop.target, NotKnown("a loop"), inner)
            for one in (*loop.ifs, elt):
                self._maybe(one, inner)
            return NotKnown("a list that is made when it runs")
        found: list[object] = []
        for item in items:
            bind(loop.target, item, inner)
            found.append(self.value(elt, inner))
        return found

    def _bool(self, all_of: bool, values: list[ast.expr], names: dict[str, object]) -> object:  # noqa: FBT001  of BoolOp
        unsure = False
        for one in values:
            told = truth(self._maybe(one, names) if unsure else self.value(one, names))
            if told is (not all_of):
                return told
            unsure = unsure or told is None
        return NotKnown("a condition") if unsure else all_of

    def _call(self, node: ast.Call, names: dict[str, object]) -> object:
        called: object
        receiver: tuple[object, ...] = ()
        if isinstance(node.func, ast.Attribute):
            inner = self.value(node.func.value, names)
            called = _attribute(inner, node.func.attr)
            if not isinstance(called, Symbol):
                receiver, called = (inner,), NotKnown(node.func.attr)
            path = called.path if isinstance(called, Symbol) else f".{node.func.attr}"
        else:
            called = self.value(node.func, names)
            path = called.path if isinstance(called, Symbol) else ""
        args = (*receiver, *self._items(node.args, names))
        words: dict[str, object] = {}
        for word in node.keywords:
            told = self.value(word.value, names)
            if word.arg is not None:
                words[word.arg] = told
            elif isinstance(told, dict):
                words |= cast("dict[str, object]", told)
            else:
                words["**"] = told
        computed = builtin(path, args) if not words else formatted(path, args, words)
        made = Made(path, args, words, node.lineno)
        return computed if not isinstance(computed, NotKnown) else self._called(made, called)


def _same(values: list[object]) -> object:
    return values[0] if values[0] == values[1] else NotKnown("one of two, as a condition says")


def _attribute(value: object, name: str) -> object:
    if isinstance(value, Symbol):
        if name == "name" and value.path in POSTGRESQL:
            return "postgresql"
        return Symbol(f"{value.path}.{name}")
    return NotKnown(f"the attribute {name}")


def _item(value: object, place: object) -> object:
    open_ended = is_open(value)
    try:
        if isinstance(value, dict):
            return cast("dict[object, object]", value)[place]
        if isinstance(value, list | tuple) and isinstance(place, int) and not open_ended:
            return cast("list[object]", value)[place]
    except (KeyError, IndexError, TypeError):
        pass
    return NotKnown("an item")
