"""GitHub flavored Markdown that says what it says, whatever a repository or an advisory has put into it."""

from __future__ import annotations

import re

from outpace.formats.advice import advisory_page
from outpace.formats.plain import printable, shortened

LONGEST = 300

# Words and plain punctuation: nothing in it begins emphasis, code, a link, a tag, an entity, a mention or a reference.
_PLAIN = re.compile(r"[\w .,;()'/+%=-]*(?:: [\w .,;()'/+%=-]*)*", re.ASCII)
_LINKED = re.compile(r"www\.|_|\bGH-\d|\b[0-9a-f]{7,64}\b|//", re.IGNORECASE)


def code(text: str) -> str:
    """A code span: nothing in it is Markdown. Backticks and pipes are spelled, so that they end no span and no cell."""
    shown = printable(shortened(text, LONGEST)).replace("`", r"\x60").replace("|", r"\x7c").strip(" ")
    return f"`{shown}`" if shown else ""


def prose(text: str) -> str:
    """As it is where it is nothing but words, else as code."""
    shown = shortened(" ".join(text.split()), LONGEST)
    return shown if _PLAIN.fullmatch(shown) and not _LINKED.search(shown) else code(shown)


def linked(name: str) -> str:
    """An advisory with its page, where it has one."""
    page = advisory_page(name)
    return f"[{code(name)}]({page})" if page else code(name)
