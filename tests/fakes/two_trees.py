"""Two trees as the changed files between them, and what a sequence of pieces makes of the first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from outpace.delivery.splitting.pieces import FILE, Changed, Gone, Partly, Piece, Side, Whole
from outpace.delivery.splitting.propose import proposed


def side(text: str, mode: str = FILE) -> Side:
    return Side(mode, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(), text)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return tuple(
        Changed(
            path=path,
            before=side(before[path]) if path in before else None,
            after=side(after[path]) if path in after else None,
        )
        for path in paths
    )


def trees(before: Mapping[str, str], after: Mapping[str, str], pieces: Iterable[Piece]) -> list[dict[str, str]]:
    """The files after each piece."""
    texts = {side(text).id: text for text in after.values()}
    found: list[dict[str, str]] = []
    files = dict(before)
    for piece in pieces:
        for edit in piece.edits:
            match edit.state:
                case Whole(id=blob):
                    files[edit.path] = texts[blob]
                case Partly(text=text):
                    files[edit.path] = text
                case Gone():
                    del files[edit.path]
        found.append(dict(files))
    return found


def told(before: Mapping[str, str], after: Mapping[str, str], at_most: int = 12) -> list[tuple[str, str]]:
    """Kind and title of each piece."""
    return [(piece.kind, piece.title) for piece in proposed(changed(before, after), at_most=at_most).pieces]
