"""What a change of a module can be told apart into: the body of each function, and the rest of the module."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from typing import Any, Union, cast

REMAINDER = ""
"""Constants, signatures, defaults, decorators, annotations, bases, class attributes, which names there are, and which
of them are generators: `inspect` tells that of a function that nobody enters."""
DIGITS = 10
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
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
        bodies.setdefault(name, []).append(kind + _told(function.body))
        function.body = [ast.Pass()] if _yields(function) else []
    return {REMAINDER: _digest(_told([tree])), **{name: _digest("\n".join(body)) for name, body in bodies.items()}}


def places_of(source: str) -> dict[str, str]:
    """Name of each unit -> digest of the lines on which its parts stand: what a traceback or a log shows of it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    lines: dict[str, list[int]] = {REMAINDER: [getattr(node, "lineno", 0) for node in tree.body]}
    for name, function in functions_of(tree):
        lines.setdefault(name, []).extend(getattr(node, "lineno", 0) for node in ast.walk(function))
    return {name: _digest(repr(found)) for name, found in lines.items()}


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
    """Those that are in no other function, with their qualified names, in the order of the text."""
    waiting = [(prefix, node) for node in reversed(list(ast.iter_child_nodes(tree)))]
    while waiting:
        above, node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield above + node.name, node
        elif not isinstance(node, ast.expr):
            inner = f"{above}{node.name}." if isinstance(node, ast.ClassDef) else above
            waiting += [(inner, each) for each in reversed(list(ast.iter_child_nodes(node)))]


def unit_named(qualified: str) -> str:
    """The unit that a code object's qualified name lies in."""
    outermost = qualified.split(".<locals>", 1)[0]
    return REMAINDER if "<" in outermost else outermost


def _yields(function: Function) -> bool:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)
    return False


def _told(nodes: list[Any]) -> str:
    """As `ast.dump` tells a tree, of any depth and with any number in it."""
    parts: list[str] = []
    waiting: list[Any] = [nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.AST):
            parts.append(type(node).__name__)
            waiting += [getattr(node, field, None) for field in reversed(node._fields)]
        elif isinstance(node, list):
            several = cast("list[Any]", node)
            parts.append(f"[{len(several)}")
            waiting += reversed(several)
        else:
            parts.append(hex(node) if type(node) is int else repr(node))  # a decimal has no more than 4,300 digits
    return " ".join(parts)


def _undocument(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and _documented(node):
            del node.body[0]


def _documented(node: Documented) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGITS).hexdigest()
