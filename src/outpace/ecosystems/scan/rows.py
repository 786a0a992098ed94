"""Parts of a decoded document, taken with the type that is expected of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

Table = Mapping[str, object]


def text(table: Table, key: str) -> str:
    """Empty where there is none, or it is no text."""
    value = table.get(key)
    return value if isinstance(value, str) else ""


def table(value: object) -> Table:
    """Empty where it is none."""
    return cast("Table", value) if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Empty where it is no list."""
    return cast("list[object]", value) if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    return [each for each in items(value) if isinstance(each, str)]


def names_in(value: object) -> Iterator[str]:
    """The `name` of each table in a list."""
    for each in items(value):
        if isinstance(each, dict) and (name := text(cast("Table", each), "name")):
            yield name
