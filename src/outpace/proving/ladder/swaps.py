"""Pieces of a changed file, with what would stand in their places."""

from __future__ import annotations

import ast

from msgspec import Struct


class Swap(Struct, frozen=True, kw_only=True):
    """In `path` after the change, `text` is what stood at the bytes from `start` to `end`; `line` is from 1."""

    path: str
    line: int
    what: str
    start: int
    end: int
    text: bytes


class Places:
    """Where nodes of a source in UTF-8 stand, in bytes."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def span(self, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> tuple[int, int]:
        start = self.lines[first.lineno - 1] + first.col_offset
        return start, self.lines[(last.end_lineno or last.lineno) - 1] + (last.end_col_offset or 0)
