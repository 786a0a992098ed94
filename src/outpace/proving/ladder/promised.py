"""What a function says that it returns, and what a change has it return instead: nothing, where nothing was refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from outpace.proving.ladder import parses
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code

Function = ast.FunctionDef | ast.AsyncFunctionDef
VALUES = {"str", "bytes", "bytearray", "int", "float", "complex", "bool", "list", "dict", "tuple", "set", "frozenset"}
NAMED = {"List", "Dict", "Tuple", "Set", "FrozenSet", "Sequence", "Mapping", "Path"}
CLOSED = frozenset(VALUES | NAMED | {"t", "typing", "pathlib", "collections", "abc"})
"""Of annotations that are made of these alone, nothing is no value; another name may stand for anything."""


def broken(patch: Patch) -> str:
    """A sentence on the first added return of nothing in a function that promises a value; empty where there is none.
    Raises SyntaxError."""
    for file in code(patch):
        before = dict(_functions(file.before or b""))
        for name, node in _functions(file.after or b""):
            old = before.get(name, node)
            was = list(_empty_returns(old)) if old is not node else []
            if not _is_closed(old) or len(was) >= len(lines := sorted(_empty_returns(node))):
                continue
            line = next((each for each in lines if each in file.added), 0)
            if line:
                return f"{file.path}:{line} returns nothing, where {name}() says that it returns {_promised(old)}"
    return ""


def _functions(source: bytes) -> Iterator[tuple[str, Function]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node


def _promised(node: Function) -> str:
    match node.returns:
        case None:
            return ""
        case ast.Constant(value=str() as text):
            return text
        case annotation:
            return ast.unparse(annotation)


def _is_closed(node: Function) -> bool:
    """Whether it promises a value, and nothing is none."""
    try:
        names = [*ast.walk(ast.parse(_promised(node), mode="eval"))]
    except parses.UNREADABLE:  # text for people
        return False
    words = {str(getattr(each, "id", getattr(each, "attr", ""))) for each in names} - {""}
    nothing = any(isinstance(each, ast.Constant) and each.value is None for each in names)
    yields = any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node))
    return bool(words) and words <= CLOSED and not nothing and not yields


def _empty_returns(node: Function) -> Iterator[int]:
    """Of its own; those of functions within it are theirs."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Return) and (each.value is None or _is_none(each.value)):
            yield each.lineno
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(each))


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
