"""Python source as values, without running it: literals are computed, everything else stays a name or a call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from msgspec import Struct

LARGEST = 1 << 20
MOST_NODES = 200_000
DEEPEST = 60
LONGEST_TEXT = 1 << 18
MOST_TURNS = 500


class Symbol(Struct, frozen=True):
    """What is imported from elsewhere: `sqlalchemy.text`."""

    path: str

    @property
    def last(self) -> str:
        return self.path.rpartition(".")[2]


class Made(Struct, frozen=True):
    """A call that is not computed. A method's path begins with a dot, and its object is the first argument."""

    path: str
    args: tuple[object, ...]
    words: dict[str, object]
    line: int

    @property
    def last(self) -> str:
        return self.path.rpartition(".")[2]


class NotKnown(Struct, frozen=True):
    why: str


class Local(Struct, frozen=True):
    """A function that the file itself defines."""

    node: ast.FunctionDef


class TooMuch(ValueError):
    """More than a migration that a person wrote."""


Called = Callable[[Made, object], object]
"""Told of each call with what is called; gives its value."""


def parsed(text: str) -> ast.Module | None:
    """None where Python would not take it, or where it is too much."""
    if len(text) > LARGEST:
        return None
    try:
        tree = ast.parse(text)
        if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
            return None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree


def imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, object]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, Symbol(alias.name)) if alias.asname else (top := alias.name.split(".")[0], Symbol(top))
        return
    before = "." * node.level + (node.module or "")
    for alias in node.names:
        yield alias.asname or alias.name, Symbol(f"{before}.{alias.name}")


class Evaluator:
    """One file's expressions; `called` learns of every call that is not computed here."""

    def __init__(self, called: Called) -> None:
        self._called = called
        self._depth = 0

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
        found: dict[object, object] = {}
        for key, value in zip(keys, values, strict=True):
            told = self.value(value, names)
            name = self.value(key, names) if key is not None else None
            if not isinstance(name, str | int | float | bool):
                return NotKnown("a dictionary whose keys are not told")
            found[name] = told
        return found

    def _joined(self, parts: list[ast.expr], names: dict[str, object]) -> object:
        text = ""
        for part in parts:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                return NotKnown("a text that is filled in when it runs")
            told = self.value(inner, names)
            if not isinstance(told, str | int | float):
                return NotKnown("a text that is filled in when it runs")
            text = _short(text + str(told))
        return text

    def _computed(self, node: ast.expr, names: dict[str, object]) -> object:  # noqa: PLR0911  one line a kind
        match node:
            case ast.BinOp(left=left, op=operator, right=right):
                return binary(operator, self.value(left, names), self.value(right, names))
            case ast.UnaryOp(op=operator, operand=operand):
                return _unary(operator, self.value(operand, names))
            case ast.BoolOp(op=operator, values=values):
                return self._bool(isinstance(operator, ast.And), values, names)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return _compared(operator, self.value(left, names), self.value(right, names))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                told = truth(self.value(test, names))
                either = [self.value(one, names) for one in (body, orelse)] if told is None else []
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
        items = sequence(self.value(loop.iter, names))
        inner = dict(names)
        if items is None or loop.ifs or len(items) > MOST_TURNS:
            bind(loop.target, NotKnown("a loop"), inner)
            self.value(elt, inner)
            return NotKnown("a list that is made when it runs")
        found: list[object] = []
        for item in items:
            bind(loop.target, item, inner)
            found.append(self.value(elt, inner))
        return found

    def _bool(self, all_of: bool, values: list[ast.expr], names: dict[str, object]) -> object:  # noqa: FBT001  of BoolOp
        unsure = False
        for one in values:
            told = truth(self.value(one, names))
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
        computed = _builtin(path, args) if not words else _format(path, args, words)
        made = Made(path, args, words, node.lineno)
        return computed if not isinstance(computed, NotKnown) else self._called(made, called)


def sequence(value: object) -> list[object] | None:
    """What a loop over it would meet."""
    match value:
        case list() | tuple():
            return list(cast("list[object]", value))
        case dict():
            return list(cast("dict[object, object]", value))
        case _:
            return None


def bind(target: ast.expr, value: object, names: dict[str, object]) -> None:
    match target:
        case ast.Name(id=name):
            names[name] = value
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            items = sequence(value)
            fits = items is not None and len(items) == len(targets)
            for place, one in enumerate(targets):
                bind(one, items[place] if fits and items is not None else NotKnown("unpacked"), names)
        case _:
            pass


def truth(value: object) -> bool | None:
    """None where it cannot be told."""
    return None if isinstance(value, Symbol | Made | NotKnown | Local) else bool(value)


def _same(values: list[object]) -> object:
    return values[0] if values[0] == values[1] else NotKnown("one of two, as a condition says")


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise TooMuch("a text grows without end")
    return text


def _attribute(value: object, name: str) -> object:
    if isinstance(value, Symbol):
        if name == "name" and value.last in ("dialect", "engine"):
            return "postgresql"
        return Symbol(f"{value.path}.{name}")
    return NotKnown(f"the attribute {name}")


def _item(value: object, place: object) -> object:
    try:
        if isinstance(value, dict):
            return cast("dict[object, object]", value)[place]
        if isinstance(value, list | tuple) and isinstance(place, int):
            return cast("list[object]", value)[place]
    except (KeyError, IndexError, TypeError):
        pass
    return NotKnown("an item")


def binary(operator: ast.operator, left: object, right: object) -> object:
    match operator, left, right:
        case ast.Add(), str(), str():
            return _short(left + right)
        case ast.Add(), int(), int():
            return left + right
        case ast.Add(), list(), list():
            joined = [*cast("list[object]", left), *cast("list[object]", right)]
            return joined if len(joined) < LONGEST_TEXT else NotKnown("a long list")
        case ast.Mod(), str(), _ if _plain(right):
            return _filled(left, right)
        case _:
            return NotKnown("a computation")


def _plain(value: object) -> bool:
    items = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    return all(isinstance(one, str | int) for one in items)


def _filled(text: str, value: object) -> object:
    if any(mark in text for mark in ("*", "%1", "%2", "%3", "%4", "%5", "%6", "%7", "%8", "%9", "%0", "%(")):
        return NotKnown("a text that is filled in when it runs")
    try:
        return _short(text % value)
    except (TypeError, ValueError, KeyError):
        return NotKnown("a text that is filled in when it runs")


def _unary(operator: ast.unaryop, value: object) -> object:
    if isinstance(operator, ast.Not):
        told = truth(value)
        return NotKnown("a condition") if told is None else not told
    if isinstance(operator, ast.USub) and isinstance(value, int | float):
        return -value
    return NotKnown("a computation")


def _compared(operator: ast.cmpop, left: object, right: object) -> object:
    if truth(left) is None or (truth(right) is None and not isinstance(operator, ast.In | ast.NotIn)):
        return NotKnown("a comparison")
    match operator:
        case ast.Eq() | ast.Is():
            return left == right
        case ast.NotEq() | ast.IsNot():
            return left != right
        case ast.In() | ast.NotIn():
            items = sequence(right)
            if items is None or any(truth(one) is None for one in items):
                return NotKnown("a comparison")
            return (left in items) is isinstance(operator, ast.In)
        case _:
            return NotKnown("a comparison")


def _builtin(path: str, args: tuple[object, ...]) -> object:  # noqa: PLR0911  one line a kind
    match path, args:
        case "str", (str() | int() as value,):
            return str(value)
        case ("list" | "sorted", (value,)) if (items := sequence(value)) is not None and path == "list":
            return items
        case ("tuple" | "set" | "frozenset", (value,)) if (items := sequence(value)) is not None:
            return tuple(items)
        case (("set" | "tuple" | "frozenset"), ()):
            return ()
        case "range", (int() as end,) if 0 <= end <= MOST_TURNS:
            return list(range(end))
        case "textwrap.dedent" | "inspect.cleandoc", (str() as text,):
            return text
        case ".items", (dict() as value,):  # pyright: ignore[reportUnknownVariableType]
            return list(cast("dict[object, object]", value).items())
        case ".values", (dict() as value,):  # pyright: ignore[reportUnknownVariableType]
            return list(cast("dict[object, object]", value).values())
        case ".keys", (dict() as value,):  # pyright: ignore[reportUnknownVariableType]
            return list(cast("dict[object, object]", value))
        case _:
            return _text_method(path, args)


def _text_method(path: str, args: tuple[object, ...]) -> object:  # noqa: PLR0911  one line a kind
    match path, args:
        case ".strip" | ".rstrip" | ".lstrip", (str() as text,):
            return text.strip()
        case ".lower", (str() as text,):
            return text.lower()
        case ".upper", (str() as text,):
            return text.upper()
        case ".replace", (str() as text, str() as old, str() as new) if old:
            return _short(text.replace(old, new)) if len(text) * (len(new) + 1) < LONGEST_TEXT else NotKnown("long")
        case ".join", (str() as mark, list() | tuple() as items):  # pyright: ignore[reportUnknownVariableType]
            parts = cast("list[object]", items)
            texts = [one for one in parts if isinstance(one, str)]
            return _short(mark.join(texts)) if len(texts) == len(parts) else NotKnown("a text")
        case ".format", (str(), *_):
            return _format(path, args, {})
        case _:
            return NotKnown("a call")


def _format(path: str, args: tuple[object, ...], words: Mapping[str, object]) -> object:
    """Plain places alone: `{}`, `{0}`, `{name}`."""
    if path != ".format" or not args or not isinstance(args[0], str):
        return NotKnown("a call")
    import string

    text, counted = "", 0
    try:
        for literal, field, spec, conversion in string.Formatter().parse(args[0]):
            text += literal
            if field is None:
                continue
            if spec or conversion:
                return NotKnown("a text that is filled in when it runs")
            told = words.get(field) if field and not field.isdecimal() else args[1 + (int(field) if field else counted)]
            counted += not field
            if not isinstance(told, str | int):
                return NotKnown("a text that is filled in when it runs")
            text = _short(text + str(told))
    except (ValueError, IndexError):
        return NotKnown("a text that cannot be filled in")
    return text
