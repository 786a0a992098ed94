"""Whether a mended test asks for less than it did: one of several values where it asked for one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from outpace.proving.ladder import parses
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import is_test

EXACT_METHODS = frozenset(
    f"assert{name}"
    for name in (
        *("Equal", "Is", "IsNone", "ListEqual", "DictEqual", "TupleEqual", "SetEqual", "CountEqual"),
        *("MultiLineEqual", "SequenceEqual", "Raises", "RaisesRegex"),
    )
)
OF_MOCKS = frozenset(
    {"raises", "assert_called_with", "assert_called_once_with", "assert_has_calls", "assert_not_called"}
)
EXACT = ast.Eq | ast.Is


def told(patch: Patch) -> str:
    """A sentence on the first test that has fewer assertions of one value than before; empty where there is none."""
    for file in patch.files:
        if not (file.is_python and is_test(file.path)) or file.before is None or file.after is None:
            continue
        try:
            before, after = dict(_exact(file.before)), dict(_exact(file.after))
        except parses.UNREADABLE:
            continue
        for name, number in before.items():
            if after.get(name, number) < number:
                return f"{name} of {file.path} asks for one value {after[name]} times, and asked {number} times before"
    return ""


def _exact(source: bytes) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, sum(_asks(each) for each in ast.walk(node))


def _asks(node: ast.AST) -> int:
    """How many values are asked for by what an assertion says in one sentence with `and`."""
    match node:
        case ast.Assert(test=test):
            return _values(test)
        case ast.Call(func=ast.Attribute(attr=name)) if name in EXACT_METHODS or name in OF_MOCKS:
            return 1
        case _:
            return 0


def _values(test: ast.expr) -> int:
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return sum(map(_values, values))
        case ast.Compare(ops=ops) if all(isinstance(each, EXACT) for each in ops):
            return 1
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call()) | ast.Call():
            return 1
        case _:
            return 0
