"""Source files as Python reads them."""

from __future__ import annotations

from importlib.util import decode_source


def source_of(content: bytes) -> str:
    """By the encoding that it declares, without a byte order mark; nothing for what Python cannot read."""
    try:
        return decode_source(content)
    except (SyntaxError, UnicodeDecodeError):
        return ""
