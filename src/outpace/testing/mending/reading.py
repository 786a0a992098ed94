"""What a test's own code holds: names and literal texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from outpace.inside.units import Function, functions_of

LONGEST = 200


def literals_of(source: str, test: str) -> frozenset[str]:
    """Texts in its function, and the parts of its case; those of its other cases are not its own."""
    found: set[str] = set()
    for function in _function(source, test):
        for each in (each for node in function.body for each in ast.walk(node)):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and 0 < len(each.value) <= LONGEST:
                found.add(each.value)
    case = test.partition("[")[2].removesuffix("]")
    return frozenset({*found, *case.split("-"), case} - {""})


def names_in(source: str, test: str, name: str) -> bool:
    """Whether the test itself uses the name, not only its file."""
    return any(
        (isinstance(each, ast.Name) and each.id == name)
        or (isinstance(each, ast.Attribute) and each.attr == name)
        or (isinstance(each, ast.alias) and each.name == name)
        for function in _function(source, test)
        for each in ast.walk(function)
    )


def _function(source: str, test: str) -> Iterator[Function]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    wanted = ".".join(test.partition("[")[0].split("::")[1:])
    for name, function in functions_of(tree):
        if name == wanted:
            yield function


def all_names(source: str) -> frozenset[str]:
    """Of names and attributes, wherever a file has them."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(
        each.id if isinstance(each, ast.Name) else each.attr if isinstance(each, ast.Attribute) else each.name
        for each in nodes
        if isinstance(each, ast.Name | ast.Attribute | ast.alias)
    )
