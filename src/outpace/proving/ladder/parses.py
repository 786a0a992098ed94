"""Whether every changed file of Python can be read."""

from __future__ import annotations

import ast

from outpace.model.proof import Failed, Passed, Result
from outpace.proving.ladder.patch import Patch

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `ast.parse` raises; MemoryError where its own stack is too small for what nests."""
DEEPEST = 400
"""Levels of syntax: what nests deeper may end whoever looks at it, and how deep is too deep depends on who that is."""


def judge(patch: Patch) -> Result:
    for file in patch.files:
        if file.is_python and file.after is not None:
            try:
                tree = ast.parse(file.after, file.path)
            except UNREADABLE as error:
                return Failed(f"{file.path} cannot be read: {error or 'it nests too deep'}")
            if _nests_deeper(tree, DEEPEST):
                return Failed(f"{file.path} cannot be read: it nests more than {DEEPEST} levels")
    return Passed("every file of Python can be read")


def _nests_deeper(tree: ast.AST, most: int) -> bool:
    level = [tree]
    for _ in range(most):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
