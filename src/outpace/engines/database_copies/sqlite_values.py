"""Masks for SQLite, where each value has a type of its own, whatever its column says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from outpace.delivery.staging.masking import Masker, is_json
from outpace.delivery.staging.masks import Applied
from outpace.delivery.staging.schema import Column

Value: TypeAlias = str | int | float | bytes | None

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?.*")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_YEAR_2038 = 31


def value_mask(applied: Applied, masker: Masker) -> Callable[[Value], Value]:
    """Not for those that are shuffled."""
    column = applied.column
    match applied.by:
        case "hash":
            return _hashed(column, masker)
        case "email":
            email = masker.email(column)
            return lambda value: None if value is None else email(_text(value))
        case _:
            fixed = _typed(applied.value, column)
            return (lambda value: None if value is None else fixed) if applied.by == "constant" else lambda _: fixed


def octets(expression: str) -> str:
    """What to call a function of `of_octets` with."""
    return f"typeof({expression}), iif(typeof({expression}) = 'text', CAST({expression} AS BLOB), {expression})"


def of_octets(mask: Callable[[Value], Value], encoding: str) -> Callable[[str, Value], Value]:
    """A text that is none in its encoding cannot be handed to a function as text."""

    def masked(kind: str, value: Value) -> Value:
        if kind == "text" and isinstance(value, bytes):
            return mask(value.decode(encoding, "surrogateescape" if encoding == "UTF-8" else "replace"))
        return mask(value)

    return masked


def _hashed(column: Column, masker: Masker) -> Callable[[Value], Value]:
    text = _text_mask(column, masker)
    is_time = column.kind in {"date", "moment"}

    def masked(value: Value) -> Value:
        match value:
            case None:
                return None
            case str():
                return text(value)
            case bytes():
                return masker.digest(value, 16)
            case int():
                return masker.whole(value, _YEAR_2038 if is_time else column.bits)
            case float():
                return float(masker.number(repr(value)))

    return masked


def _text_mask(column: Column, masker: Masker) -> Callable[[str], str]:
    """By what the column says it holds, where the value looks so."""
    plain = masker.hashed(Column(name=column.name, kind="text", limit=column.limit, ignores_case=column.ignores_case))
    if is_json(column):
        return masker.hashed(column)

    def masked(value: str) -> str:
        match column.kind:
            case "date" | "moment" if _DATE.fullmatch(value):
                return masker.date(value)
            case "date" | "moment" if _DATE.match(value):
                return masker.moment(value)
            case "time" if _TIME.fullmatch(value):
                return masker.time(value)
            case "number" if _NUMBER.fullmatch(value):
                return masker.number(value)
            case _:
                return plain(value)

    return masked


def _text(value: Value) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _typed(value: str | None, column: Column) -> Value:
    """SQLite makes a number of a text in a column of numbers by itself, except of a boolean's word."""
    if value is not None and column.kind == "boolean":
        return {"true": 1, "false": 0}.get(value.lower(), value)
    return value.encode() if value is not None and column.kind == "bytes" else value
