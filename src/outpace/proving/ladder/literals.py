"""The texts that an input holds, as the rules find them that make other inputs of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from outpace.proving.ladder.parses import UNREADABLE


def exchangeable(tree: ast.Expression) -> list[ast.Constant]:
    """The constants that may be others; not what a method is called of: that is what an answer is put into."""
    held = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
    return [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in held]


def read(source: str) -> ast.Module:
    """A module with nothing in it where it cannot be read: it fails when it is run, and is told then."""
    try:
        return ast.parse(source)
    except UNREADABLE:
        return ast.Module(body=[], type_ignores=[])


def texts(does: str) -> Iterator[str]:
    nodes = ast.walk(ast.parse(does, mode="eval"))
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
