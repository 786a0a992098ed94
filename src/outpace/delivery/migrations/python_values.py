"""Python source as values, without running it: literals are computed, everything else stays a name or a call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import cast

from msgspec import Struct

LARGEST = 1 << 19
DEEPEST = 60
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
PLAIN_CODINGS = frozenset({"utf-8", "utf8", "utf_8", "ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1"})
OF_A_MODEL = frozenset(
    f"__{name}__" for name in ("init", "repr", "str", "table", "tablename", "table_args", "mapper_args", "abstract")
)
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
    """A function that the file itself defines; `scope` is what one within another sees of that."""

    node: ast.FunctionDef
    scope: dict[str, object] | None = None


class TooMuch(ValueError):
    """More than a migration that a person wrote."""


def parsed(text: str) -> ast.Module | None:
    """None where Python would not take it, or where it is too much."""
    codings = (_CODING.match(line) for line in text.splitlines()[:2])
    if len(text) > LARGEST or any(found and found[1].lower() not in PLAIN_CODINGS for found in codings):
        return None  # in another encoding, other text is run than is read
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, object]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, Symbol(alias.name)) if alias.asname else (top := alias.name.split(".")[0], Symbol(top))
        return
    before = "." * node.level + (node.module or "")
    for alias in node.names:
        yield alias.asname or alias.name, Symbol(f"{before}.{alias.name}")


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
        case ast.Starred(value=inner):
            bind(inner, NotKnown("unpacked"), names)
        case _:
            pass


def bound(body: list[ast.stmt]) -> Iterator[str]:
    """Names that statements may give another value to."""
    for node in (inner for statement in body for inner in ast.walk(statement)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import() | ast.ImportFrom():
                yield from (name for name, _ in imports(node))
            case _:
                pass


def acts_when_loaded(body: list[ast.stmt]) -> bool:
    """Of a class: `__init_subclass__` and its like, which run where a class is made of it."""
    return any(name.startswith("__") and name not in OF_A_MODEL for name in bound(body))


def within(value: object) -> Iterator[object]:
    """The value, and what it is made of."""
    yield value
    match value:
        case Made(args=args, words=words):
            parts: list[object] = [*args, *words.values()]
        case dict():
            parts = list(cast("dict[object, object]", value).values())
        case _:
            parts = sequence(value) or []
    for one in parts:
        yield from within(one)


OPEN = (NotKnown("more"), NotKnown("spread"))
"""In a list: any number of items, or none."""


def is_open(value: object) -> bool:
    """How many items it has, and which of them stands where, is not told."""
    return any(one in OPEN for one in sequence(value) or ())


def truth(value: object) -> bool | None:
    """None where it cannot be told."""
    nothing_sure = is_open(value) and all(one in OPEN for one in sequence(value) or ())
    return None if nothing_sure or isinstance(value, Symbol | Made | NotKnown | Local) else bool(value)


def is_told(value: object) -> bool:
    return all(truth(one) is not None for one in within(value))
