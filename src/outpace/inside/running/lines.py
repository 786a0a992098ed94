"""Which statements on some lines are come to: a mark stands before each of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from typing import Optional

NO_CODE = (ast.Pass, ast.Global, ast.Nonlocal, ast.Try)
"""Statements that do nothing where they stand; what is in a `try` has marks of its own."""
Mark = Callable[[int, int], ast.stmt]


def marked_lines(tree: ast.Module, wanted: Collection[int], mark: Mark) -> None:
    """In place, before the outcomes are marked. `mark(first, last)` makes that for a statement on these lines."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        for block in _blocks(node, "body" if _is_for_checkers(node) else ""):
            pending.extend(block)
            block[:] = [each for statement in block for each in _with_mark(statement, wanted, mark)]
        pending.extend(_with_blocks(node))


def _with_blocks(node: ast.AST) -> Iterator[ast.AST]:
    yield from getattr(node, "handlers", ())
    yield from getattr(node, "cases", ())


def _blocks(node: ast.AST, without: str = "") -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and name != without:
            yield block


def _with_mark(statement: ast.stmt, wanted: Collection[int], mark: Mark) -> Iterator[ast.stmt]:
    span = _own_lines(statement)
    if span is not None and any(line in wanted for line in range(span[0], span[1] + 1)):
        yield ast.fix_missing_locations(ast.copy_location(mark(*span), statement))
    yield statement


def _own_lines(statement: ast.stmt) -> Optional[tuple[int, int]]:
    """From the first decorator on; of a block its head alone."""
    if isinstance(statement, NO_CODE) or type(statement).__name__ == "TryStar" or _is_no_code(statement):
        return None
    decorators = getattr(statement, "decorator_list", ())
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    inner = [block[0].lineno for block in _blocks(statement) if block]
    inner += [each.pattern.lineno for each in getattr(statement, "cases", ())]
    last = min(inner) - 1 if inner else statement.end_lineno or statement.lineno
    return first, max(statement.lineno, last)


def _is_no_code(statement: ast.stmt) -> bool:
    """A text or dots by themselves, and what has to stand before everything else."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_for_checkers(node: ast.AST) -> bool:
    """Its body never runs, and nobody waits for it."""
    test = getattr(node, "test", None) if isinstance(node, ast.If) else None
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))
