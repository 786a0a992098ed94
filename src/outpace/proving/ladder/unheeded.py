"""A change without its words to checkers: comments that say nothing, no text that looks like one, and all in UTF-8."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from msgspec import structs

from outpace.proving.ladder import parses
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.powers import SUPPRESSIONS

WORDS = re.compile("|".join((*map(re.escape, SUPPRESSIONS), "nosem")), re.IGNORECASE)
BEGINS = re.compile(r"#[#:!*\-]*")


def unheeded(patch: Patch) -> Patch:
    """Both sides of each file of Python. Lines, columns and code stay as they are, so that the same is found in it; in
    another encoding than UTF-8, an analyzer might find nothing since it cannot read it."""
    return Patch(files=tuple(map(_masked, patch.files)))


def _masked(file: PatchedFile) -> PatchedFile:
    if not file.is_python:
        return file
    before, after = (None if side is None else _without(side) for side in (file.before, file.after))
    return structs.replace(file, before=before, after=after)


def _without(source: bytes) -> bytes:
    """As it is where it cannot be read: nothing is known of its comments then."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
        text.encode()
        places = list(_places(text))
    except (*parses.UNREADABLE, tokenize.TokenError, LookupError):
        return source
    parts: list[str] = []
    at = 0
    for start, end, instead in places:
        parts += (text[at:start], instead)
        at = end
    return "".join((*parts, text[at:])).encode()


def _places(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end, and what stands there instead."""
    begins = [0]
    for line in io.StringIO(text, newline="\n"):
        begins.append(begins[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
        (row, column), (last, end) = token.start, token.end
        at = begins[row - 1] + column
        if token.type == tokenize.COMMENT:
            yield at, at + len(token.string), _comment(token.string)
        elif token.type == tokenize.STRING or "STRING_MIDDLE" in tokenize.tok_name[token.type]:
            inside = text[at : begins[last - 1] + end]
            yield at, at + len(inside), WORDS.sub(lambda found: "x" * len(found[0]), inside)


def _comment(text: str) -> str:
    """Of the same length, since there are rules on that."""
    begin = BEGINS.match(text)
    start = begin[0] if begin else "#"
    return start + re.sub(r"\S", "x", text[len(start) :])
