"""Text for a terminal: whatever a repository or an advisory says, it stays text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from outpace.ecosystems.spelling import printable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["NARROWEST", "Hanging", "escaped", "printable", "shortened"]

NARROWEST = 20

_OBEYED = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def escaped(document: bytes) -> bytes:
    """The same JSON, with the characters that JSON may leave as they are and a terminal obeys written as escapes."""
    if document.isascii() and b"\x7f" not in document:
        return document
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], document.decode()).encode()


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


class Hanging:
    """A line for rich: what does not fit goes on below, further in, so that a reader sees where a line begins."""

    def __init__(self, line: str, *, indent: int = 0, hang: int = 2, style: str = "") -> None:
        self.line = line
        self.indent = indent
        self.hang = hang
        self.style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        text = Text(self.line, style=self.style)
        room = options.max_width - self.indent
        if text.cell_len <= room:
            yield Text(" " * self.indent) + text
            return
        for number, part in enumerate(text.wrap(console, max(room - self.hang, NARROWEST))):
            part.rstrip()
            yield Text(" " * (self.indent + (self.hang if number else 0))) + part
