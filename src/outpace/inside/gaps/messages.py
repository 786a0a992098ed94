"""Messages of exceptions as a test asserts them: the smallest piece that another message does not have."""

from __future__ import annotations

import ast
import re

from ..mutants.text import Edit
from ..probing.observing import ADDRESS
from .assertions import Style, quoted
from .drafts import Draft, raised_in

LONGEST = 60
SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")


def piece_of(mine: str, theirs: str) -> str | None:
    """A regular expression that is found in the first of them alone: the words that differ, no more than needed."""
    line, others = mine.split("\n", 1)[0], theirs.split("\n", 1)[0]
    words = re.findall(r"\S+", line)
    spans = sorted(
        ((first, last) for first in range(len(words)) for last in range(first + 1, len(words) + 1)),
        key=lambda span: (span[1] - span[0], -sum(map(len, words[span[0] : span[1]])), span[0]),
    )
    for anchor in ("", "^"):
        for first, last in spans:
            piece = anchor + r"\s+".join(_escaped(word) for word in words[first:last])
            piece = piece.replace(r"\s+", " ")
            if len(piece) > LONGEST or (anchor and first) or ADDRESS.search(piece):
                continue
            if re.search(piece, line) and not re.search(piece, others) and any(each.isalnum() for each in piece):
                return piece
    return None


def _escaped(text: str) -> str:
    """Only what has a meaning of its own."""
    return SPECIAL.sub(lambda found: f"\\{found.group()}", text)


def header_of(draft: Draft, step: int, piece: str, style: Style, *, anew: bool) -> Edit | None:
    """The step's `raises` with the piece asserted; with `anew`, also in the place of one that is asserted."""
    call = raised_in(draft.steps[step].node)
    if call is None or not call.args or call.lineno != call.end_lineno:
        return None
    text = draft.of(call.func)
    expected = draft.of(call.args[0])
    told = [each for each in call.keywords if each.arg == "match"]
    if len(call.args) != 1 or len(call.keywords) != len(told) or (told and not anew):
        return None
    written = _literal(piece, style)
    put = f"{text}({expected}, match={written})"
    if text.endswith("assertRaises"):
        put = f"{text}Regex({expected}, {written})"
    elif not text.endswith("raises"):
        return None
    return Edit(draft.text.start(call), draft.text.end(call), put.encode())


def raising_line(name: str, piece: str | None, style: Style) -> str:
    """The first line of a block that asserts it."""
    if piece is None:
        return f"with self.assertRaises({name}):" if style.unittest else f"with pytest.raises({name}):"
    written = _literal(piece, style)
    if style.unittest:
        return f"with self.assertRaisesRegex({name}, {written}):"
    return f"with pytest.raises({name}, match={written}):"


def _literal(piece: str, style: Style) -> str:
    if "\\" not in piece:
        return quoted(repr(piece), style)
    quote = '"' if ("'" in piece or style.double) and '"' not in piece else "'"
    raw = f"r{quote}{piece}{quote}"
    try:
        return raw if ast.literal_eval(raw) == piece else repr(piece)
    except (SyntaxError, ValueError):
        return repr(piece)
