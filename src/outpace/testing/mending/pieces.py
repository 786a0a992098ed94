"""A change, cut into the smallest pieces that can be there or not: hunks, and single lines where lines stay lines.

Modules are cut along their functions first, so that a function that came or left is a piece, whatever lies around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

from msgspec import Struct, structs

from outpace.inside.units import functions_of

WHOLE = ""
MOST_LINES = 20_000
"""Of a file that is cut; a longer one (tables of data, mostly) is one piece."""


Plain: TypeAlias = tuple[int, str | None, str | None, str, bool]
"""A piece's number (or -1), both texts, its function, and whether it was added."""


class Piece(Struct, frozen=True, kw_only=True):
    """`line` counts from 1 in the file as it is now; `function` is the one it lies in, "" outside of all. A text is
    None where the file is not there. `added` is what stands beside all that was there: a file, a function, or lines
    outside of all."""

    number: int
    path: str
    line: int
    function: str
    old: str | None
    new: str | None
    added: bool = False


class Part(Struct, frozen=True, kw_only=True):
    """Of a file: a piece, or a text that is the same on both sides."""

    same: str = ""
    piece: Piece | None = None


class Difference(Struct, frozen=True, kw_only=True):
    """All files that differ, as parts in their order."""

    files: Mapping[str, tuple[Part, ...]]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(part.piece for parts in self.files.values() for part in parts if part.piece is not None)

    def composed(self, path: str, chosen: Iterable[int]) -> str | None:
        """A file with the chosen pieces as they are now, and the others as they were."""
        wanted = frozenset(chosen)
        texts = [_text(part, wanted) for part in self.files[path]]
        return None if None in texts else "".join(text or "" for text in texts)

    def plain(self) -> dict[str, list[Plain]]:
        """As `outpace.inside.causes` is asked."""
        return {path: [_plain(part) for part in parts] for path, parts in self.files.items()}


def _text(part: Part, wanted: frozenset[int]) -> str | None:
    if part.piece is None:
        return part.same
    return part.piece.new if part.piece.number in wanted else part.piece.old


def _plain(part: Part) -> Plain:
    piece = part.piece
    if piece is None:
        return -1, part.same, part.same, "", False
    return piece.number, piece.old, piece.new, piece.function, piece.added


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> Difference:
    """Of texts by their paths; what is on one side only is one piece."""
    files: dict[str, tuple[Part, ...]] = {}
    first = 0
    for path in sorted({*old, *new}):
        if old.get(path) == new.get(path):
            continue
        parts = tuple(_numbered(_parts(path, old.get(path), new.get(path)), first))
        files[path] = parts
        first += sum(part.piece is not None for part in parts)
    return Difference(files=files)


def _numbered(parts: Iterable[Part], number: int) -> Iterator[Part]:
    for part in parts:
        if part.piece is None:
            yield part
        else:
            yield Part(piece=structs.replace(part.piece, number=number))
            number += 1


def _parts(path: str, old: str | None, new: str | None) -> Iterator[Part]:
    longest = max(len(text.splitlines()) for text in (old or "", new or ""))
    if old is None or new is None or longest > MOST_LINES:
        yield Part(piece=Piece(number=0, path=path, line=1, function=WHOLE, old=old, new=new, added=old is None))
        return
    before, after = _chunks(path, old), _chunks(path, new)
    known = {chunk.function for chunk in before}
    matched = SequenceMatcher(None, [each.key for each in before], [each.key for each in after], autojunk=False)
    for kind, i1, i2, j1, j2 in matched.get_opcodes():
        if kind == "equal":
            for was, now in zip(before[i1:i2], after[j1:j2], strict=True):
                yield from _hunks(path, was, now, added=not now.function)
            continue
        line = after[j1].line if j1 < len(after) else len(new.splitlines()) + 1
        for was in before[i1:i2]:
            yield from _hunks(path, was, Chunk(was.function, was.key, line, ()), added=False)
        for now in after[j1:j2]:
            came = not now.function or now.function not in known
            yield from _hunks(path, Chunk(now.function, now.key, now.line, ()), now, added=came)


def _hunks(path: str, was: Chunk, now: Chunk, *, added: bool) -> Iterator[Part]:
    """`added` is what lines become that only came."""
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, was.lines, now.lines, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part(same="".join(was.lines[i1:i2]))
            continue
        for old, new, line in _cut(was.lines[i1:i2], now.lines[j1:j2], now.line + j1):
            came = added and not old
            yield Part(piece=Piece(number=0, path=path, line=line, function=now.function, old=old, new=new, added=came))


def _cut(before: Sequence[str], after: Sequence[str], line: int) -> Iterator[tuple[str, str, int]]:
    """As many lines as before: each for itself."""
    if len(before) == len(after):
        yield from ((was, now, line + at) for at, (was, now) in enumerate(zip(before, after, strict=True)))
    else:
        yield "".join(before), "".join(after), line


class Chunk(NamedTuple):
    """Lines of one function, or between two; `key` tells what lies between by what is ahead of it."""

    function: str
    key: tuple[str, str]
    line: int
    lines: Sequence[str]


def _chunks(path: str, text: str) -> list[Chunk]:
    """All of a text, in its order."""
    lines = text.splitlines(keepends=True)
    found: list[Chunk] = []
    end, ahead = 0, ""
    for first, last, name in _functions(text) if path.endswith(".py") else ():
        if first <= end:
            continue  # two on one line
        found.append(Chunk("", ("behind", ahead), end + 1, lines[end : first - 1]))
        found.append(Chunk(name, ("function", name), first, lines[first - 1 : last]))
        end, ahead = last, name
    return [*found, Chunk("", ("behind", ahead), end + 1, lines[end:])]


def _functions(text: str) -> list[tuple[int, int, str]]:
    """First line, decorators included, last line and name of each."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return sorted(
        (min([each.lineno, *(one.lineno for one in each.decorator_list)]), each.end_lineno or each.lineno, name)
        for name, each in functions_of(tree)
    )
