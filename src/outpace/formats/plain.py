"""Text for a terminal: whatever a repository or an advisory says, it stays text."""

from __future__ import annotations

import json
import re

from outpace.ecosystems.spelling import printable

__all__ = ["escaped", "printable"]

_OBEYED = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def escaped(document: bytes) -> bytes:
    """The same JSON, with the characters that JSON may leave as they are and a terminal obeys written as escapes."""
    if document.isascii() and b"\x7f" not in document:
        return document
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], document.decode()).encode()
