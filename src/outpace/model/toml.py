"""TOML that a stranger wrote: read in bounded time, and refused in one way."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

LARGEST_KEPT = 2 << 20  # characters
DEEPEST = 100  # parts of one key; nobody's real key has a tenth

# tomllib's time grows with the square of a key's parts: a line of 80 KB takes half a minute. What could be such a key
# is found by its characters; no key has two dots in a row, as dotted lines in prose do.
# The delimiter before it keeps the search from beginning at each of its characters.
_PERHAPS_A_KEY = re.compile(r"(?:\A|[=\n,{}\[\]])([^=\n,{}\[\]]{200,})")


class Refused(tomllib.TOMLDecodeError):
    """What tomllib would take too long for, or fails at otherwise than it says."""

    def __init__(self, message: str) -> None:
        ValueError.__init__(self, message)  # the class itself wants a position in newer Pythons


def document(text: str) -> Mapping[str, object]:
    """Raises TOMLDecodeError, whatever is wrong with it."""
    return _kept(text) if len(text) <= LARGEST_KEPT else _parsed(text)


@lru_cache(maxsize=8)  # a story reads the same few files at several revisions: parsing was a fourth of its own time
def _kept(text: str) -> Mapping[str, object]:
    return _parsed(text)


def _parsed(text: str) -> Mapping[str, object]:
    for found in _PERHAPS_A_KEY.finditer(text):
        if any(part.count(".") > DEEPEST for part in found[1].split("..")):
            line = text.count("\n", 0, found.start(1)) + 1
            raise Refused(f"a key has more than {DEEPEST} parts (at line {line})")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise Refused("it is nested too deeply") from None
    except ValueError:  # an integer of thousands of digits, a date that does not exist
        raise Refused("it holds a value that cannot be") from None


def document_or_empty(content: bytes | None) -> Mapping[str, object]:
    """Empty where there is nothing, or it is no TOML."""
    try:
        return document((content or b"").decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return {}


def table(value: object) -> Mapping[str, object]:
    """Empty where the value is none."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
