"""What stands under which names in a text of JSON, also where it is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from outpace.delivery.quoted import QUOTED

DEEPEST = 2  # documents within strings of documents
_NAMED_BY = 4  # names above a value that are told
_PIECE = re.compile(rf'{QUOTED}((?<=")\s*+:)?|([\[\]{{}}])|(-?\d[\d.eE+-]*+)')


class Found(Struct, frozen=True):
    """A string or a number. `names` are the keys that it stands under, the nearest last."""

    names: tuple[str, ...]
    text: str
    is_number: bool = False


class Key(Struct, frozen=True):
    """`names` are those above it."""

    names: tuple[str, ...]
    text: str


def values_in(text: str, above: tuple[str, ...] = (), deepest: int = DEEPEST) -> Iterator[Found | Key]:
    opened, key = list(above), ""
    for piece in _PIECE.finditer(text):
        string, is_key, bracket, number = piece.groups()
        names = tuple(name for name in (*opened[-_NAMED_BY:], key) if name)
        if number is not None:
            yield Found(names, number, is_number=True)
        elif bracket is not None and bracket in "]}":
            key = opened.pop() if opened else ""
        elif bracket is not None:
            opened.append(key)
            key = key if bracket == "[" else ""
        elif is_key:
            key = _plain(string)
            yield Key(names, key)
        else:
            value = _plain(string)
            yield Found(names, value)
            if deepest and value.lstrip()[:1] in {"{", "["}:
                yield from values_in(value, names, deepest - 1)


def _plain(string: str) -> str:
    try:
        return msgspec.json.decode(f'"{string}"', type=str) if "\\" in string else string
    except (msgspec.DecodeError, UnicodeError):
        return string
