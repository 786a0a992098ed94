"""Whether a test brings along the code that it is to test: what is compared with its own copy proves nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from outpace.model.proof import Failed, Passed, Result
from outpace.proving.ladder import parses

LEAST = 3
"""Statements of a body below which two functions may well be alike by chance."""


def judge(tests: Mapping[str, str], subject: Mapping[str, str]) -> Result:
    """Path -> text of the new tests, and of the modules that they are for. What cannot be parsed has no functions."""
    theirs = {shape: name for text in subject.values() for name, shape in _functions(text)}
    for path, text in tests.items():
        for name, shape in _functions(text):
            if shape in theirs:
                return Failed(f"{name} of {path} is a copy of {theirs[shape]}, so it is compared with itself")
    return Passed("no test brings a copy of what it tests")


def _functions(text: str) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(text)
    except parses.UNREADABLE:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = _without_docstring(node.body)
            size = sum(isinstance(each, ast.stmt) for statement in body for each in ast.walk(statement))
            if size >= LEAST:
                yield node.name, ast.dump(_Alike().visit(ast.Module(body=body, type_ignores=[])))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


class _Alike(ast.NodeTransformer):
    """Local names are numbered in the order in which they come, so that another name is no other code."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(id=self.numbers.setdefault(node.id, f"name{len(self.numbers)}"), ctx=ast.Load())
