"""Edits inside of functions that keep their behavior (T0): other names of locals, f-strings, other orders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from .sources import Change, Edit, Source

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
MATCH: Any = getattr(ast, "Match", ())
SCOPES = (*Function, ast.ClassDef, ast.Lambda, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, MATCH)
LOOKING = frozenset({"locals", "vars", "dir", "eval", "exec"})
FIELD = re.compile(r"%(.)", re.DOTALL)
PLAIN = (ast.Constant, ast.Name, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Load)
NOT_INSIDE = re.compile(r"""['"\\{}!:=#\n]""")


def local_names(source: Source) -> Iterator[Edit]:
    """The variables of a function that holds no other scope and looks at none."""
    for function in _functions(source):
        inner = [node for node in ast.walk(function) if node is not function]
        names = [node for node in inner if isinstance(node, ast.Name)]
        if any(isinstance(node, SCOPES) for node in inner):
            continue
        if any(node.id in LOOKING for node in names):
            continue
        kept = {each.arg for each in inner if isinstance(each, ast.arg)}
        kept |= {each.name for each in inner if isinstance(each, ast.ExceptHandler) and each.name}
        kept |= {each.id for text in inner if isinstance(text, ast.JoinedStr) for each in _names(text)}
        outside = {id(each) for node in _header(function) for each in ast.walk(node)}
        looped = {id(each) for node in inner if isinstance(node, ast.comprehension) for each in _names(node.target)}
        own = {each.id for each in names if isinstance(each.ctx, ast.Store) and id(each) not in looped} - kept
        own -= {each.id for each in names if id(each) in outside}
        if own:
            changes = tuple(
                Change(source.file, source.start(each), source.end(each), f"{each.id}_reworded")
                for each in names
                if each.id in own
            )
            told = ", ".join(sorted(own))
            yield Edit("T0", "local name", source.file, function.lineno, told, f"{min(own)}_reworded ...", changes)


def _functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Name))


def _header(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What is evaluated elsewhere: decorators, defaults, annotations."""
    yield function.args
    yield from function.decorator_list
    if function.returns is not None:
        yield function.returns


def formatted(source: Source) -> Iterator[Edit]:
    """`"%s of %s" % (a, b)` becomes an f-string."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mod) or not isinstance(node.right, ast.Tuple):
            continue
        text = node.left.value if isinstance(node.left, ast.Constant) else None
        values = [source.text(source.start(each), source.end(each)) for each in node.right.elts]
        if not isinstance(text, str) or "\0" in text or any(NOT_INSIDE.search(value) for value in values):
            continue
        fields = FIELD.findall(text)
        if set(fields) <= {"s", "%"} and fields.count("s") == len(values):
            yield source.edit("T0", "formatting", node, source.start(node), source.end(node), _f_string(text, values))


def _f_string(text: str, values: list[str]) -> str:
    braced = text.replace("{", "{{").replace("}", "}}")
    body = repr(FIELD.sub(lambda field: "%" if field[1] == "%" else "\0", braced))
    for value in values:
        body = body.replace("\\x00", f"{{{value}!s}}", 1)
    return f"f{body}"


def swapped(source: Source) -> Iterator[Edit]:
    """Neighbors of which neither says what the other one sets, and neither calls anything."""
    for block in _blocks(source):
        taken: ast.stmt | None = None
        for first, second in zip(block, block[1:]):  # noqa: B905, RUF007  Python 3.9
            if first is not taken and _independent(first, second) and second.lineno > (first.end_lineno or 0):
                start, end = source.start(first), source.end(second)
                middle = source.text(source.end(first), source.start(second))
                turned = source.text(source.start(second), end) + middle + source.text(start, source.end(first))
                yield source.edit("T0", "order of statements", first, start, end, turned)
                taken = second


def _blocks(source: Source) -> Iterator[list[ast.stmt]]:
    for function in _functions(source):
        for node in ast.walk(function):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and not isinstance(node, ast.ClassDef):
                    yield block


def _independent(first: ast.stmt, second: ast.stmt) -> bool:
    if not isinstance(first, ast.Assign) or not isinstance(second, ast.Assign):
        return False
    targets = [*first.targets, *second.targets]
    names = {each.id for each in targets if isinstance(each, ast.Name)}
    if len(targets) != 2 or len(names) != 2:
        return False
    values = (first.value, second.value)
    plain = all(isinstance(each, PLAIN) for value in values for each in ast.walk(value))
    return plain and names.isdisjoint(each.id for value in values for each in _names(value))
