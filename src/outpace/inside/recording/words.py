"""Words in a module's source that make more of other modules matter than their code: docstrings, line numbers."""

from __future__ import annotations

import ast
import os
import re
import tokenize
from collections.abc import Iterable, Iterator
from re import Pattern
from typing import NamedTuple

from ..units import REMAINDER, functions_of

DOCUMENTS = re.compile(r"__doc__|getdoc|doctest|get_docstring")
LINES = re.compile(
    r"f_lineno|tb_lineno|co_firstlineno|co_code|getsource|findsource|getframeinfo|inspect\.stack|extract_stack|extract_tb"
)
LINES_IN_TESTS = re.compile(r"\.lineno\b")
TEST_TOOLS = ("_pytest", "pytest", "pluggy", "outpace_inside")
LARGEST = 4 << 20


class Flags(NamedTuple):
    """Units of a module: `documents` may read docstrings; `lines` may tell where code lies, or what its text is. Where
    that is said outside of functions, or where nobody knows which functions are entered, it is the remainder."""

    documents: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()


NONE = Flags()


def flags(file: str, *, own: bool, is_test: bool, marked: bool) -> Flags:
    """`own` says that the file is the project's: line numbers are looked for there alone. `marked` says that entering
    its functions is seen."""
    text = source(file) if file.endswith(".py") else ""
    patterns = [LINES, LINES_IN_TESTS] if is_test else [LINES]
    said = (DOCUMENTS, *(patterns if own else ()))
    if not any(pattern.search(text) for pattern in said):
        return NONE
    bodies = _bodies(text) if own and marked else ()
    units = [frozenset(_saying(pattern, text, bodies)) for pattern in said]
    return Flags(units[0], frozenset().union(*units[1:]))


def _saying(pattern: Pattern[str], text: str, bodies: Iterable[tuple[str, int, int]]) -> Iterator[str]:
    for match in pattern.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield from {name for name, first, last in bodies if first <= line <= last} or {REMAINDER}


def _bodies(text: str) -> list[tuple[str, int, int]]:
    """Each function's name, and the lines of its body that hold nothing of its signature, which is evaluated before."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[tuple[str, int, int]] = []
    for name, function in functions_of(tree):
        signature = [node for part in (function.args, function.returns) if part is not None for node in ast.walk(part)]
        ends = max([function.lineno, *(getattr(node, "end_lineno", None) or 0 for node in signature)])
        found.append((name, max(function.body[0].lineno, ends + 1), function.end_lineno or 0))
    return found


def source(file: str) -> str:
    """Nothing where it cannot be read."""
    try:
        if os.path.getsize(file) > LARGEST:
            return ""
        with tokenize.open(file) as stream:
            return stream.read()
    except (OSError, SyntaxError, ValueError):
        return ""
