"""What a function says that it returns, and what a change has it return instead: nothing, where nothing was refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code

Function = ast.FunctionDef | ast.AsyncFunctionDef
OPEN = frozenset({"None", "Optional", "Any", "object", "NoReturn", "Never", "Iterator", "Generator", "Iterable"})


def broken(patch: Patch) -> str:
    """A sentence on the first added return of nothing in a function that promises a value; empty where there is none.
    Raises SyntaxError."""
    for file in code(patch):
        before = {name: _promised(node) for name, node in _functions(file.before or b"")}
        for name, node in _functions(file.after or b""):
            promised = _promised(node)
            if promised and before.get(name, promised) == promised and not _is_open(node):
                for line in _empty_returns(node):
                    if line in file.added:
                        return f"{file.path}:{line} returns nothing, where {name}() says that it returns {promised}"
    return ""


def _functions(source: bytes) -> Iterator[tuple[str, Function]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node


def _promised(node: Function) -> str:
    return ast.unparse(node.returns).strip("'\"") if node.returns is not None else ""


def _is_open(node: Function) -> bool:
    """Whether nothing is an answer too; a name that is not known may stand for anything."""
    names = ast.walk(ast.parse(_promised(node), mode="eval"))
    words = {str(getattr(each, "id", getattr(each, "attr", getattr(each, "value", "")))) for each in names}
    return bool(words & OPEN) or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node))


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
