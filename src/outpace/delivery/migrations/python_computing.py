"""What a call or an operator gives, where all that it is given is a literal."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import cast

from outpace.delivery.migrations.python_values import (
    LONGEST_TEXT,
    MOST_TURNS,
    NotKnown,
    TooMuch,
    is_told,
    sequence,
    truth,
)


def short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise TooMuch("a text grows without end")
    return text


def binary(operator: ast.operator, left: object, right: object) -> object:
    match operator, left, right:
        case ast.Add(), str(), str():
            return short(left + right)
        case ast.Add(), int(), int():
            return left + right
        case ast.Add(), list(), list():
            joined = [*cast("list[object]", left), *cast("list[object]", right)]
            return joined if len(joined) < LONGEST_TEXT else NotKnown("a long list")
        case ast.Mod(), str(), _ if _plain(right):
            return _filled(left, right)
        case _:
            return NotKnown("a computation")


def grown(operator: ast.operator, before: object, more: object) -> object:
    """`before += more`: a list stays the one that it is, for all who have it."""
    items = sequence(more)
    if not isinstance(operator, ast.Add) or not isinstance(before, list) or items is None:
        return binary(operator, cast("object", before), more)
    kept = cast("list[object]", before)
    kept.extend(items)
    if len(kept) > LONGEST_TEXT:
        raise TooMuch("a list grows without end")
    return kept


def _plain(value: object) -> bool:
    items = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    return all(isinstance(one, str | int) for one in items)


def _filled(text: str, value: object) -> object:
    if any(mark in text for mark in ("*", "%1", "%2", "%3", "%4", "%5", "%6", "%7", "%8", "%9", "%0", "%(")):
        return NotKnown("a text that is filled in when it runs")
    try:
        return short(text % value)
    except (TypeError, ValueError, KeyError):
        return NotKnown("a text that is filled in when it runs")


def unary(operator: ast.unaryop, value: object) -> object:
    if isinstance(operator, ast.Not):
        told = truth(value)
        return NotKnown("a condition") if told is None else not told
    if isinstance(operator, ast.USub) and isinstance(value, int | float):
        return -value
    return NotKnown("a computation")


def compared(operator: ast.cmpop, left: object, right: object) -> object:
    if not is_told(left) or not is_told(right):
        return NotKnown("a comparison")
    match operator:
        case ast.Eq() | ast.Is():
            return left == right
        case ast.NotEq() | ast.IsNot():
            return left != right
        case ast.In() | ast.NotIn():
            items = sequence(right)
            if items is None:
                return NotKnown("a comparison")
            return (left in items) is isinstance(operator, ast.In)
        case _:
            return NotKnown("a comparison")


def builtin(path: str, args: tuple[object, ...]) -> object:  # noqa: PLR0911  one line a kind
    match path, args:
        case "str", (str() | int() as value,):
            return str(value)
        case ("list" | "sorted", (value,)) if (items := sequence(value)) is not None and path == "list":
            return items
        case ("tuple" | "set" | "frozenset", (value,)) if (items := sequence(value)) is not None:
            return tuple(items)
        case (("set" | "tuple" | "frozenset"), ()):
            return ()
        case "range", (int() as end,) if 0 <= end <= MOST_TURNS:
            return list(range(end))
        case "textwrap.dedent" | "inspect.cleandoc", (str() as text,):
            return text
        case ".items", (dict() as value,):  # pyright: ignore[reportUnknownVariableType]
            return list(cast("dict[object, object]", value).items())
        case ".values", (dict() as value,):  # pyright: ignore[reportUnknownVariableType]
            return list(cast("dict[object, object]", value).values())
        case ".keys", (dict() as value,):  # pyright: ignore[reportUnknownVariableType]
            return list(cast("dict[object, object]", value))
        case _:
            return _text_method(path, args)


def _text_method(path: str, args: tuple[object, ...]) -> object:  # noqa: PLR0911  one line a kind
    match path, args:
        case ".strip" | ".rstrip" | ".lstrip", (str() as text,):
            return text.strip()
        case ".lower", (str() as text,):
            return text.lower()
        case ".upper", (str() as text,):
            return text.upper()
        case ".replace", (str() as text, str() as old, str() as new) if old:
            return short(text.replace(old, new)) if len(text) * (len(new) + 1) < LONGEST_TEXT else NotKnown("long")
        case ".join", (str() as mark, list() | tuple() as items):  # pyright: ignore[reportUnknownVariableType]
            parts = cast("list[object]", items)
            texts = [one for one in parts if isinstance(one, str)]
            return short(mark.join(texts)) if len(texts) == len(parts) else NotKnown("a text")
        case ".format", (str(), *_):
            return formatted(path, args, {})
        case _:
            return NotKnown("a call")


def formatted(path: str, args: tuple[object, ...], words: Mapping[str, object]) -> object:
    """Plain places alone: `{}`, `{0}`, `{name}`."""
    if path != ".format" or not args or not isinstance(args[0], str):
        return NotKnown("a call")
    import string

    text, counted = "", 0
    try:
        for literal, field, spec, conversion in string.Formatter().parse(args[0]):
            text += literal
            if field is None:
                continue
            if spec or conversion:
                return NotKnown("a text that is filled in when it runs")
            told = words.get(field) if field and not field.isdecimal() else args[1 + (int(field) if field else counted)]
            counted += not field
            if not isinstance(told, str | int):
                return NotKnown("a text that is filled in when it runs")
            text = short(text + str(told))
    except (ValueError, IndexError):
        return NotKnown("a text that cannot be filled in")
    return text
