"""Words of a systemd unit: any text as part of its file's name, as an argument, as a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

PLAIN = re.compile(r"[A-Za-z0-9:_.-]")
LONGEST_NAME = 255


def escaped(text: str) -> str:
    """As part of a unit's name: `systemd-escape --unescape` reads it, except that a slash is not a dash, which would
    make one name of two."""
    return "".join(one if PLAIN.fullmatch(one) else _by_bytes(one) for one in text)


def _by_bytes(one: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in one.encode())


def line(text: str) -> str:
    """With no specifier in it, and no second line."""
    return "".join(one if one.isprintable() else "?" for one in text).replace("%", "%%")


def command(program: str, words: Sequence[str]) -> str:
    """Each word as it is, whatever is in it; of the program itself systemd takes no quotes and no backslashes."""
    quoted = (_quoted(word).replace("$", "$$") for word in words)
    return " ".join(f'"{word}"' for word in (_quoted(program), *quoted))


def _quoted(word: str) -> str:
    found = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return "".join(one if one.isprintable() else _by_bytes(one) for one in found)
