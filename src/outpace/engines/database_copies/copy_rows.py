"""Rows in the text of PostgreSQL's COPY, masked as they pass by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from outpace.delivery.staging.masking import Masker
from outpace.delivery.staging.masks import Applied

TextMask: TypeAlias = Callable[[str], str | None]

NULL = b"\\N"
CHUNK = 1 << 16
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_WRITTEN = str.maketrans({"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"})
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"\s][^{},"]*)', re.DOTALL)


def text_mask(applied: Applied, masker: Masker) -> TextMask:
    """For what is not NULL, except of `blank`. Shuffled columns are none of its."""
    match applied.by:
        case "hash" | "email":
            mask = masker.hashed(applied.column) if applied.by == "hash" else masker.email(applied.column)
            return within_arrays(mask) if applied.column.array else mask
        case _:
            value = applied.value
            return lambda _: value


def masked(lines: Iterable[bytes], masks: Mapping[int, TextMask], blank: frozenset[int]) -> Iterator[bytes]:
    """`masks` by the place of the column; those in `blank` take NULL also."""
    chunk, size = list[bytes](), 0
    for line in lines:
        fields = line[:-1].split(b"\t")
        for place, mask in masks.items():
            field = fields[place]
            if field != NULL or place in blank:
                fields[place] = written(mask("" if field == NULL else read(field)))
        row = b"\t".join(fields) + b"\n"
        chunk.append(row)
        size += len(row)
        if size >= CHUNK:
            yield b"".join(chunk)
            chunk, size = [], 0
    yield b"".join(chunk)


def read(field: bytes) -> str:
    text = field.decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text) if "\\" in text else text


def written(value: str | None) -> bytes:
    if value is None:
        return NULL
    if not value.isprintable() or "\\" in value:
        value = value.translate(_WRITTEN)
    return value.encode("utf-8", "surrogateescape")


def within_arrays(mask: Callable[[str], str]) -> Callable[[str], str]:
    """Each element of an array in the server's own writing, at any depth."""

    def element(found: re.Match[str]) -> str:
        quoted, bare = found[1], found[2]
        if quoted is None and bare.upper() == "NULL":
            return bare
        value = _ESCAPED.sub(r"\1", quoted) if quoted is not None else bare
        return '"' + mask(value).replace("\\", "\\\\").replace('"', '\\"') + '"'

    def within(value: str) -> str:
        bounds, mark, elements = value.partition("={") if value.startswith("[") else ("", "", value)
        return bounds + mark + _ELEMENT.sub(element, elements)

    return within
