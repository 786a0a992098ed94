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

DOCUMENTS = re.compile(
    r"__doc__|getdoc|doctest|get_docstring|\bpydoc\b|import cmd\b|from cmd import|\bCmd\b|shortDescription|"
    r"system_methodHelp|register_introspection_functions"
)
HELP = re.compile(r"(?<![\w.])(?<!def )help\(")
LINES = re.compile(
    r"f_lineno|tb_lineno|co_firstlineno|getsource|findsource|getframeinfo|inspect\.stack|extract_stack|extract_tb|"
    r"settrace|setprofile|sys\.monitoring"
)
LINES_IN_TESTS = re.compile(r"\.lineno\b")
ENTERED = re.compile(
    r"walk_tb|walk_stack|TracebackException|StackSummary|caplog\.(text|handler)|caplog_text|faulthandler|tracemalloc|"
    r"%\(lineno|\{lineno|\$\{?lineno|\{record\.lineno|LINENO|loguru|fileConfig|dictConfig|findCaller"
)
"""They show on which lines code lies that runs, as logs do; a traceback that shows the code reads its file besides."""
CODE = re.compile(
    r"__code__(?!\s*\.\s*co_(argcount|posonlyargcount|kwonlyargcount|flags|name|qualname|filename|firstlineno)\b)|"
    r"\bco_(code|consts|names|varnames|cellvars|freevars|nlocals|stacksize|lines|positions|lnotab|linetable|"
    r"exceptiontable)\b|\bimport dis\b|\bfrom dis import|\bdis\.|\bmarshal\b|getclosurevars|code_info"
)
"""They look into functions that nobody enters."""
TEST_TOOLS = ("_pytest", "pytest", "pluggy", "outpace_inside")
STANDARD_DOCUMENTS = frozenset({"pydoc", "doctest"})
LARGEST = 4 << 20


class Flags(NamedTuple):
    """Units of a module: `documents` may read docstrings; `lines` may tell where code lies, or what its text is;
    `entered` where code lies that runs; `code` what any function does, without calling it. Where that is said outside
    of functions, or where nobody knows which functions are entered, it is the remainder."""

    documents: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    entered: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()


class Looks(NamedTuple):
    """What some code may look at; see `Flags`."""

    documents: bool
    lines: bool
    entered: bool
    code: bool

    def also(self, other: Looks) -> Looks:
        return Looks(*(one or another for one, another in zip(self, other)))  # noqa: B905  Python 3.9


NONE = Flags()
OF_THE_STANDARD = Flags(documents=frozenset({REMAINDER}))


def flags(file: str, *, own: bool, is_test: bool, marked: bool) -> Flags:
    """`own` says that the file is the project's: all but docstrings is looked for there alone. `marked` says that
    entering its functions is seen."""
    text = source(file) if file.endswith(".py") else ""
    patterns = ((DOCUMENTS, HELP), (LINES, LINES_IN_TESTS) if is_test else (LINES,), (ENTERED,), (CODE,))
    said = patterns if own else ((DOCUMENTS,),)
    if not any(pattern.search(text) for kind in said for pattern in kind):
        return NONE
    bodies = _bodies(text) if own and marked else ()
    return Flags(*(frozenset(unit for each in kind for unit in _saying(each, text, bodies)) for kind in said))


def looks(told: Iterable[tuple[str, Flags]]) -> Looks:
    """Of units that ran, each with the flags of its module."""
    every = list(told)
    return Looks(*(any(name in each[at] for name, each in every) for at in range(len(NONE))))


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
