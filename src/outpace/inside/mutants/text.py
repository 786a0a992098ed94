"""Source text by the places that `ast` gives, which count bytes; and edits to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
BETWEEN = rb"(?:[\s()\\]|#[^\r\n]*)*"


class Edit(NamedTuple):
    """`put` in the place of the bytes from `start` to `end`."""

    start: int
    end: int
    put: bytes


class Text:
    """One module's source."""

    def __init__(self, source: str) -> None:
        self.content = source.encode()
        self._starts = [found.start() for found in LINE.finditer(self.content)]

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def of(self, node: ast.expr | ast.stmt) -> bytes:
        return self.content[self.start(node) : self.end(node)]

    def operator(self, start: int, end: int, pattern: bytes) -> tuple[int, int] | None:
        """Where the operator stands between two operands; between them are only blanks, brackets and comments."""
        found = re.compile(BETWEEN + b"(" + pattern + b")").match(self.content, start, end)
        return found.span(1) if found else None

    def after(self, node: ast.expr | ast.stmt, edits: Sequence[Edit]) -> str:
        """The node's text with the edits, which lie within it."""
        return edited(self.content, edits, self.start(node), self.end(node)).decode()


def edited(content: bytes, edits: Sequence[Edit], start: int, end: int) -> bytes:
    parts: list[bytes] = []
    for edit in sorted(edits):
        parts += [content[start : edit.start], edit.put]
        start = edit.end
    return b"".join((*parts, content[start:end]))
