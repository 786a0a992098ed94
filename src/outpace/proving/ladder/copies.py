"""Whether a test brings along the code that it is to test: what is compared with its own copy proves nothing."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence

from outpace.model.proof import Failed, Passed, Result
from outpace.proving.ladder import parses

LEAST = 3
"""Statements of a body below which two functions may well be alike by chance."""
LEAST_ASKED, SHARE = 5, 0.6
"""Questions and values that a function has in common with one that it is a copy of in other statements."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def judge(tests: Mapping[str, str], subject: Mapping[str, str]) -> Result:
    """Path -> text of the new tests, and of the modules that they are for. What cannot be parsed has no functions."""
    theirs = [each for text in subject.values() for each in _functions(text)]
    shapes = {shape: each.name for each in theirs if (shape := _shape(each))}
    asked = [(each.name, questions) for each in theirs if len(questions := _asked(each)) >= LEAST_ASKED]
    for path, text in tests.items():
        for node in _functions(text):
            copied = shapes.get(_shape(node)) or ("" if _is_test(node) else _alike(_asked(node), asked))
            if copied:
                return Failed(f"{node.name} of {path} is a copy of {copied}, so it is compared with itself")
    return Passed("no test brings a copy of what it tests")


def _functions(text: str) -> Iterator[Function]:
    try:
        tree = ast.parse(text)
    except parses.UNREADABLE:
        return
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def _is_test(node: Function) -> bool:
    return node.name.startswith("test") or any(isinstance(each, ast.Assert) for each in ast.walk(node))


def _shape(node: Function) -> str:
    body = _without_docstring(node.body)
    size = sum(isinstance(each, ast.stmt) for statement in body for each in ast.walk(statement))
    return ast.dump(_Alike().visit(ast.Module(body=copy.deepcopy(body), type_ignores=[]))) if size >= LEAST else ""


def _asked(node: Function) -> frozenset[str]:
    """What a function compares, calls and cuts out, whatever it names that: in whichever order, in whichever form."""
    found = (each for each in ast.walk(node) if isinstance(each, ast.Compare | ast.Call | ast.Subscript))
    return frozenset(ast.dump(_Nameless().visit(copy.deepcopy(each))) for each in found)


def _alike(questions: frozenset[str], asked: Sequence[tuple[str, frozenset[str]]]) -> str:
    alike = (name for name, theirs in asked if len(questions & theirs) >= max(LEAST_ASKED, SHARE * len(theirs)))
    return next(alike, "")


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


class _Nameless(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(id="_", ctx=ast.Load()), node)
