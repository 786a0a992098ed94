"""Added code from which nothing follows: a check whose answer nobody hears is no check."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code


def told(patch: Patch) -> str:
    """A sentence on the first; empty where there is none. Raises SyntaxError."""
    for file in code(patch):
        for line in sorted(_lines(ast.parse(file.after or b""))):
            if line in file.added:
                return f"it adds a check from which nothing follows: {file.path}:{line}"
    return ""


def _lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.If(body=body, orelse=[]) if all(_is_nothing(each) for each in body):
                yield node.lineno
            case ast.Expr(value=ast.Compare() | ast.BoolOp() | ast.UnaryOp()):
                yield node.lineno
            case _:
                pass


def _is_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
