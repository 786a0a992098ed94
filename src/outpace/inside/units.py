"""What a change of a module can be told apart into: the body of each function, and the rest of the module."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from typing import Union

REMAINDER = ""
"""Constants, signatures, defaults, decorators, annotations, bases, class attributes, and which names there are."""
DIGITS = 10
Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Documented = Union[ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def units_of(source: str) -> dict[str, str]:
    """Name of each unit -> digest of its normalized tree, without docstrings, comments and layout.

    A function's name is qualified by its classes; what is nested in it belongs to it. Bodies that share a name (a
    property's getter and setter, alternatives under `if`) are one unit. Without units, the file cannot be parsed.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    _undocument(tree)
    bodies: dict[str, list[str]] = {}
    for name, function in functions_of(tree):
        kind = "async" if isinstance(function, ast.AsyncFunctionDef) else ""
        bodies.setdefault(name, []).append(kind + ast.dump(ast.Module(body=function.body, type_ignores=[])))
        function.body = []
    return {REMAINDER: _digest(ast.dump(tree)), **{name: _digest("\n".join(body)) for name, body in bodies.items()}}


def lines_of(source: str) -> dict[str, tuple[int, int]]:
    """Name of each function that is a unit -> its first line, decorators included, and its last."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    lines: dict[str, tuple[int, int]] = {}
    for name, function in functions_of(tree):
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        last = function.end_lineno or function.lineno
        before = lines.get(name, (first, last))
        lines[name] = (min(first, before[0]), max(last, before[1]))
    return lines


def documents_of(source: str) -> str:
    """Digest of all docstrings, which are in no unit: a test depends on them only where something reads `__doc__`."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _digest(source)
    said = [ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)]
    return _digest(repr(said))


def functions_of(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Those that are in no other function, with their qualified names."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions_of(node, f"{prefix}{node.name}.")
        elif not isinstance(node, ast.expr):
            yield from functions_of(node, prefix)


def unit_named(qualified: str) -> str:
    """The unit that a code object's qualified name lies in."""
    outermost = qualified.split(".<locals>", 1)[0]
    return REMAINDER if "<" in outermost else outermost


def _undocument(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and _documented(node):
            del node.body[0]


def _documented(node: Documented) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGITS).hexdigest()
