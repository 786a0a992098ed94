"""Faults for bench/selection.py, drawn by a seed: eight ways to break a project, each by a small edit of its text.

Six in ten of what is drawn are bodies of functions; the others change what runs on import, which names there are, or
a file that is not Python. Lines that are not edited stay as they are.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from outpace.inside.units import Function, functions_of

SEED = 8170
RAISES, RETURNS = "function raises", "function returns None"
CONSTANT, ATTRIBUTE, DEFAULT = "constant of a module", "class attribute", "default argument"
UNDECORATED, REMOVED, DATA = "decorator removed", "function removed", "data file"
IN_TURN = (
    *(RAISES, RETURNS, CONSTANT, RAISES, RETURNS, ATTRIBUTE, RAISES, RETURNS, DEFAULT, RAISES),
    *(RETURNS, DATA, RETURNS, RAISES, CONSTANT, RETURNS, UNDECORATED, RAISES, ATTRIBUTE, REMOVED),
)
"""Which kind is next; a kind that is used up is passed over."""
Scope = ast.Module | ast.ClassDef


class Edit(NamedTuple):
    """`name` says what is broken in `path`, which is relative to the project's root."""

    kind: str
    path: str
    name: str
    content: bytes

    @property
    def place(self) -> str:
        return f"{self.path}:{self.name}" if self.name else self.path


def drawn(root: Path, code: str, data: tuple[str, ...]) -> Iterator[Edit]:
    """Without an end other than that all are drawn. `code` is the package; `data` where files that are no code lie."""
    choice = random.Random(SEED)
    waiting: dict[str, list[Edit]] = {kind: [] for kind in IN_TURN}
    files = sorted((root / code).rglob("*.py")) if (root / code).is_dir() else [root / code]
    for path in files:
        if "tests" in path.relative_to(root).parts:
            continue
        for edit in edits_of(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), choice):
            waiting[edit.kind].append(edit)
    others = sorted({path for each in data for path in (root / each).rglob("*") if is_data(path)})
    waiting[DATA] = [Edit(DATA, path.relative_to(root).as_posix(), "", other(path.read_bytes())) for path in others]
    for edits in waiting.values():
        choice.shuffle(edits)
    while any(waiting.values()):
        for kind in IN_TURN:
            if waiting[kind]:
                yield waiting[kind].pop()


def is_data(path: Path) -> bool:
    return path.is_file() and path.suffix not in {".py", ".pyc"} and path.stat().st_size > 0


def other(content: bytes) -> bytes:
    """Without its middle line; what has one line alone becomes longer."""
    lines = content.splitlines(keepends=True)
    return content + b"x" if len(lines) < 2 else b"".join(line for n, line in enumerate(lines) if n != len(lines) // 2)


def edits_of(path: str, source: str, choice: random.Random) -> Iterator[Edit]:
    """Every edit of one module, where the text stays one that can be parsed."""
    tree = ast.parse(source)
    text = _Text(source)
    for kind, name, edited in (*_of_functions(tree, text), *_of_values(tree, text, choice)):
        if edited is not None and _parses(edited):
            yield Edit(kind, path, name, edited.encode())


def _of_functions(tree: ast.Module, text: _Text) -> Iterator[tuple[str, str, str | None]]:
    alone = {id(body[0]) for body in _bodies(tree) if len(body) == 1}
    for name, function in functions_of(tree):
        yield RAISES, name, text.before(_first(function), "raise RuntimeError('a fault')")
        yield RETURNS, name, text.before(_first(function), "return None")
        for decorator in function.decorator_list[:1]:
            yield UNDECORATED, name, text.blanked(decorator)
        if id(function) not in alone:
            yield REMOVED, name, text.without(function)
        every = [*function.args.defaults, *(each for each in function.args.kw_defaults if each is not None)]
        for default in every[:1]:
            if isinstance(default, ast.Constant):
                yield DEFAULT, name, text.changed(default)


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            yield body


def _of_values(
    scope: Scope, text: _Text, choice: random.Random, prefix: str = ""
) -> Iterator[tuple[str, str, str | None]]:
    """One constant in each assignment of a module and of its classes."""
    for node in scope.body:
        if isinstance(node, ast.ClassDef):
            yield from _of_values(node, text, choice, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            constants = [each for each in _plain(node.value) if isinstance(each, ast.Constant)]
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if constants:
                kind = ATTRIBUTE if prefix else CONSTANT
                yield kind, prefix + ast.unparse(target), text.changed(choice.choice(constants))


def _plain(node: ast.AST) -> Iterator[ast.AST]:
    """What lies below, formatted strings and functions apart."""
    yield node
    for each in ast.iter_child_nodes(node):
        if not isinstance(each, (ast.JoinedStr, ast.Lambda)):
            yield from _plain(each)


def _first(function: Function) -> ast.stmt:
    return function.body[1 if ast.get_docstring(function) is not None and len(function.body) > 1 else 0]


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


class _Text:
    """A module's lines, as bytes, since that is what positions in a tree count."""

    def __init__(self, source: str) -> None:
        self._lines = source.encode().splitlines(keepends=True)

    def before(self, statement: ast.stmt, words: str) -> str | None:
        """None where the statement does not begin its line."""
        line = self._lines[statement.lineno - 1]
        indent = line[: statement.col_offset]
        return None if indent.strip() else self._with(statement.lineno - 1, 0, indent + words.encode() + b"\n")

    def blanked(self, decorator: ast.expr) -> str:
        last = decorator.end_lineno or decorator.lineno
        return self._with(decorator.lineno - 1, last - decorator.lineno + 1, b"\n" * (last - decorator.lineno + 1))

    def without(self, function: Function) -> str:
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        return self._with(first - 1, (function.end_lineno or first) - first + 1, b"")

    def changed(self, constant: ast.Constant) -> str | None:
        """None for one over several lines."""
        if constant.end_lineno != constant.lineno or constant.end_col_offset is None:
            return None
        line = self._lines[constant.lineno - 1]
        new = _another(constant.value).encode()
        return self._with(constant.lineno - 1, 1, line[: constant.col_offset] + new + line[constant.end_col_offset :])

    def _with(self, at: int, count: int, new: bytes) -> str:
        return b"".join((*self._lines[:at], new, *self._lines[at + count :])).decode()


def _another(value: object) -> str:
    match value:
        case bool():
            return repr(not value)
        case int() | float() | complex():
            return repr(value + 1)
        case str():
            return repr(value + "x")
        case bytes():
            return repr(value + b"x")
        case _:
            return "1"
