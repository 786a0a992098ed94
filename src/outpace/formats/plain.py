"""Text for a terminal: whatever a repository or an advisory says, it stays text."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from outpace.ecosystems.spelling import printable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["NARROWEST", "WIDTH", "Hanging", "escaped", "page", "printable", "shortened"]

NARROWEST, WIDTH = 20, 80

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


def page(lines: Iterable[str], *, hang: int = 2) -> str:
    """Lines of a terminal's width: what is continued stands further in than where it began, and a command or a path is
    never broken."""
    return "".join(f"{row}\n" for line in lines for row in _rows(printable(line), hang))


def _rows(line: str, hang: int) -> list[str]:
    further = " " * (len(line) - len(line.lstrip()) + hang)
    return textwrap.wrap(line, WIDTH, subsequent_indent=further, break_long_words=False, break_on_hyphens=False) or [""]


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
