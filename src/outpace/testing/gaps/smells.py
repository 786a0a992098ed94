"""What a written test must not do: wait, use the network, name a place of a machine, catch all, assert nothing."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

WAITING = frozenset({"sleep"})
NETWORK = frozenset({"socket", "urlopen", "urlretrieve", "requests", "httpx", "create_connection", "gethostbyname"})
PLACES = re.compile(r"/(?:tmp|home|root|usr|var|etc|opt|Users|private|mnt)(?:/|$)|[A-Za-z]:\\")


def smell_of(text: str) -> str:
    """Of a test function, or of one assertion; "" for none."""
    try:
        tree = ast.parse(textwrap.dedent(text.strip("\n")))
    except (SyntaxError, ValueError, RecursionError):
        return "it cannot be parsed"
    return next(_smells(tree), "")


def _smells(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in WAITING:
            yield "it sleeps"
        elif name in NETWORK:
            yield "it reaches for the network"
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield "it catches everything"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and PLACES.match(node.value):
            yield "it names a place of one machine"
    if not any(_asserts(node) for node in ast.walk(tree)):
        yield "it asserts nothing"


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr.startswith("assert") or node.func.attr == "raises"
    return False
