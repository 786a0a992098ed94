"""A file of source, parsed, and edits of it as replacements of bytes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Change(NamedTuple):
    """Bytes `start` to `end` of a file become `text`."""

    file: str
    start: int
    end: int
    text: str


class Edit(NamedTuple):
    tier: str
    on: str
    file: str
    line: int
    before: str
    after: str
    changes: tuple[Change, ...]


class Source:
    """One file, parsed. Raises SyntaxError, ValueError."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.bytes = text.encode()
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: ast.AST) -> int:
        return self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def line_start(self, line: int) -> int:
        return self._starts[line - 1]

    def text(self, start: int, end: int) -> str:
        return self.bytes[start:end].decode()

    def edit(self, tier: str, on: str, node: ast.AST, start: int, end: int, text: str) -> Edit:
        line: int = node.lineno  # type: ignore[attr-defined]
        before = self.text(start, end)
        return Edit(tier, on, self.file, line, short(before), short(text), (Change(self.file, start, end, text),))


def short(text: str) -> str:
    return " ".join(text.split())[:200]


def together(edits: Iterable[Edit]) -> list[list[Edit]]:
    """As few groups as come of it if each edit joins the first one in which it overlaps no other."""
    groups: list[tuple[list[Edit], dict[str, list[Change]]]] = []
    for edit in edits:
        if not any(_free(edit, taken) for _, taken in groups):
            groups.append(([], {}))
        chosen, taken = next(group for group in groups if _free(edit, group[1]))
        chosen.append(edit)
        for change in edit.changes:
            taken.setdefault(change.file, []).append(change)
    return [chosen for chosen, _ in groups]


def applied(sources: Mapping[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """The files that change; of two edits that overlap, the later one is left out."""
    taken: dict[str, list[Change]] = {}
    for edit in edits:
        if _free(edit, taken):
            for change in edit.changes:
                taken.setdefault(change.file, []).append(change)
    found: dict[str, bytes] = {}
    for file, changes in taken.items():
        text = sources[file]
        for change in sorted(changes, key=lambda each: (each.start, each.end), reverse=True):
            text = text[: change.start] + change.text.encode() + text[change.end :]
        found[file] = text
    return found


def _free(edit: Edit, taken: Mapping[str, list[Change]]) -> bool:
    return all(
        (change.end <= other.start and (change.end, change.start) != (other.start, other.end))
        or change.start >= other.end
        for change in edit.changes
        for other in taken.get(change.file, ())
    )
