"""Whether every changed file of Python can be read."""

from __future__ import annotations

import ast
import warnings

from outpace.model.proof import Failed, Passed, Result
from outpace.proving.ladder.patch import Patch, PatchedFile

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `ast.parse` raises; MemoryError where its own stack is too small for what nests."""
DEEPEST = 200
"""Levels of syntax: what nests deeper may end whoever looks at it, and how deep is too deep depends on who that is."""

LARGEST = 8192
"""Bits of a number: what has more is not even shown."""


def judge(patch: Patch) -> Result:
    for file in patch.files:
        if file.is_python and file.after is not None:
            try:
                tree = ast.parse(file.after, file.path)
                _compiled(file)
            except UNREADABLE as error:
                return Failed(f"{file.path} cannot be read: {error or 'it nests too deep'}")
            if _nests_deeper(tree, DEEPEST):
                return Failed(f"{file.path} cannot be read: it nests more than {DEEPEST} levels")
            if _has_huge_number(tree):
                return Failed(f"{file.path} cannot be read: it holds a number of more than {LARGEST} bits")
    return Passed("every file of Python can be read")


def _compiled(file: PatchedFile) -> None:
    """What is syntax and no program: a return outside of a function, a parameter twice. Raises SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(file.after or b"", file.path, "exec", dont_inherit=True)


def _has_huge_number(tree: ast.AST) -> bool:
    values = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return any(isinstance(each, int) and each.bit_length() > LARGEST for each in values)


def _nests_deeper(tree: ast.AST, most: int) -> bool:
    level = [tree]
    for _ in range(most):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
