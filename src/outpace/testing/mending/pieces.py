"""A change, cut into the smallest pieces that can be there or not: hunks, and single lines where lines stay lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from msgspec import Struct

from outpace.inside.units import lines_of

WHOLE = ""
MOST_LINES = 20_000
"""Of a file that is cut; a longer one (tables of data, mostly) is one piece."""


class Piece(Struct, frozen=True, kw_only=True):
    """`line` counts from 1 in the file as it is now; `function` is the one it lies in, "" outside of all. A text is
    None where the file is not there."""

    number: int
    path: str
    line: int
    function: str
    old: str | None
    new: str | None


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

    def plain(self) -> dict[str, list[tuple[int, str | None, str | None]]]:
        """As `outpace.inside.causes` is asked."""
        return {path: [_plain(part) for part in parts] for path, parts in self.files.items()}


def _text(part: Part, wanted: frozenset[int]) -> str | None:
    if part.piece is None:
        return part.same
    return part.piece.new if part.piece.number in wanted else part.piece.old


def _plain(part: Part) -> tuple[int, str | None, str | None]:
    if part.piece is None:
        return -1, part.same, part.same
    return part.piece.number, part.piece.old, part.piece.new


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> Difference:
    """Of texts by their paths; what is on one side only is one piece."""
    files: dict[str, tuple[Part, ...]] = {}
    first = 0
    for path in sorted({*old, *new}):
        if old.get(path) == new.get(path):
            continue
        files[path] = tuple(_parts(path, old.get(path), new.get(path), first))
        first += sum(part.piece is not None for part in files[path])
    return Difference(files=files)


def _parts(path: str, old: str | None, new: str | None, first: int) -> Iterator[Part]:
    if old is None or new is None:
        yield Part(piece=Piece(number=first, path=path, line=1, function=WHOLE, old=old, new=new))
        return
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(before), len(after)) > MOST_LINES:
        yield Part(piece=Piece(number=first, path=path, line=1, function=WHOLE, old=old, new=new))
        return
    functions = lines_of(new) if path.endswith(".py") else {}
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part(same="".join(before[i1:i2]))
            continue
        for was, now, line in _cut(before[i1:i2], after[j1:j2], j1 + 1):
            inside = _within(functions, line)
            yield Part(piece=Piece(number=first, path=path, line=line, function=inside, old=was, new=now))
            first += 1


def _cut(before: list[str], after: list[str], line: int) -> Iterator[tuple[str, str, int]]:
    """As many lines as before: each for itself."""
    if len(before) == len(after):
        yield from ((was, now, line + at) for at, (was, now) in enumerate(zip(before, after, strict=True)))
    else:
        yield "".join(before), "".join(after), line


def _within(functions: Mapping[str, tuple[int, int]], line: int) -> str:
    return next((name for name, (start, end) in functions.items() if start <= line <= end), "")
