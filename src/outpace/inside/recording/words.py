"""Words in a module's source that make more of other modules matter than their code: docstrings, line numbers."""

from __future__ import annotations

import os
import re
import tokenize
from collections.abc import Iterable
from typing import NamedTuple

from .graph import Graph
from .imports import file_of
from .places import Places

DOCUMENTS = re.compile(r"__doc__|getdoc|doctest|get_docstring")
LINES = re.compile(
    r"f_lineno|tb_lineno|co_firstlineno|co_code|getsource|findsource|getframeinfo|inspect\.stack|extract_stack|extract_tb"
)
LINES_IN_TESTS = re.compile(r"\.lineno\b")
TEST_TOOLS = ("_pytest", "pytest", "pluggy", "outpace_inside")
LARGEST = 4 << 20


class Flags(NamedTuple):
    """`documents`: it may read docstrings; `lines`: it may tell where code lies, or what its text is."""

    documents: bool = False
    lines: bool = False


NONE = Flags()


def flags(graph: Graph, places: Places, modules: Iterable[str], *, tests: frozenset[str]) -> dict[str, Flags]:
    """Of each loaded module that is not Python's own; line numbers are looked for in the project alone."""
    found: dict[str, Flags] = {}
    for name in list(modules):
        file = file_of(name)
        if file is None or places.is_standard(file) or name.partition(".")[0] in TEST_TOOLS:
            continue
        node = graph.node(name)
        text = source(file) if file.endswith(".py") else ""
        own = places.project(file) is not None
        lines = own and bool(LINES.search(text) or (node in tests and LINES_IN_TESTS.search(text)))
        found[node] = Flags(documents=bool(DOCUMENTS.search(text)), lines=lines)
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
