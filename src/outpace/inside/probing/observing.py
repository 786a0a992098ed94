"""What a value is, as places in it (`{}.name`, `len({})`) with what stands there; nothing of the machine remains."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import itertools
import pathlib
import re
import sys
import types
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

IS, EQUAL, TYPE, MEMBER, NAN = "is", "equal", "type", "member", "nan"
DEPTH = 6
ATTRIBUTES = 3
LONGEST_WHOLE = 1500
MOST_ITEMS = 60
MOST_PLACES = 120
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
SCALARS = (int, float, complex, str, bytes)
STANDARD = frozenset(
    {"datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta"}
    | {"decimal.Decimal", "fractions.Fraction", "uuid.UUID"}
)
"""By name, since a clock that stands elsewhere has classes of its own."""


class Seen(NamedTuple):
    """`place` is Python with `{}` for the variable; `text` is Python for EQUAL, `module:name` for TYPE and MEMBER."""

    place: str
    kind: str
    text: str


class Unwritable(Exception):
    """It has no literal."""


def observed(value: Any, most: int = MOST_PLACES) -> list[Seen]:
    """A generator is used up by this."""
    found: list[Seen] = []
    for seen in _observed(value, "{}", DEPTH, ATTRIBUTES):
        found.append(seen)
        if len(found) == most:
            break
    return found


def _observed(value: Any, place: str, depth: int, attributes: int) -> Iterator[Seen]:
    if value is None or value is True or value is False or value is NotImplemented:
        yield Seen(place, IS, repr(value))
        return
    if _is(value, enum.Enum) and value.name in _type_of(value).__members__:
        yield Seen(place, MEMBER, f"{type(value).__module__}:{type(value).__qualname__}.{value.name}")
        return
    if _type_of(value) is float and value != value:
        yield Seen(place, NAN, "")
        return
    if _is_generator(value):
        yield from _of_generator(value, place, depth, attributes)
        return
    try:
        text = literal_of(value)
    except Unwritable:
        yield from _parts(value, place, depth, attributes)
        return
    if len(text) <= LONGEST_WHOLE and not ADDRESS.search(text):
        yield Seen(place, EQUAL, text)
    elif hasattr(value, "__len__"):
        yield Seen(f"len({place})", EQUAL, str(len(value)))
        yield from _items(value, place, depth, attributes)


def _of_generator(value: Any, place: str, depth: int, attributes: int) -> Iterator[Seen]:
    items: list[Any] = list(itertools.islice(value, MOST_ITEMS))
    if len(items) < MOST_ITEMS:
        yield from _observed(items, f"list({place})", depth - 1, attributes)


def held_open(value: Any) -> Any:
    """A list in place of a generator, which can be looked at once only. Raises ValueError where it is too long."""
    if not _is_generator(value):
        return value
    items: list[Any] = list(itertools.islice(value, MOST_ITEMS))
    if len(items) == MOST_ITEMS:
        raise ValueError(f"more than {MOST_ITEMS} items")
    return items


def _parts(value: Any, place: str, depth: int, attributes: int) -> Iterator[Seen]:
    """Of what has no literal: its type, then what it holds."""
    kind = _type_of(value)
    if _has_name(kind):
        yield Seen(place, TYPE, f"{kind.__module__}:{kind.__qualname__}")
    if depth <= 0:
        return
    if _is(value, list, tuple, dict):
        yield Seen(f"len({place})", EQUAL, str(len(value)))
        yield from _items(value, place, depth, attributes)
    if attributes > 0 and not _is(value, type, types.FunctionType, types.ModuleType, types.MethodType):
        for name in _attributes_of(value):
            try:
                held = getattr(value, name)
            except Exception:  # noqa: BLE001, S112  a property that raises is not looked at
                continue
            if not callable(held) and held is not value:
                yield from _observed(held, f"{place}.{name}", depth - 1, attributes - 1)
        yield from _text_of(value, place)


def _has_name(kind: type[Any]) -> bool:
    """A test can name it: of a class that is made by a call, only its maker is found in its module."""
    found: Any = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is kind


def _items(value: Any, place: str, depth: int, attributes: int) -> Iterator[Seen]:
    if isinstance(value, dict):
        held = cast("dict[Any, Any]", value)
        for key in list(held)[:MOST_ITEMS]:
            try:
                text = literal_of(key)
            except Unwritable:
                continue
            yield from _observed(held[key], f"{place}[{text}]", depth - 1, attributes)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(cast("list[Any]", value)[:MOST_ITEMS]):
            yield from _observed(item, f"{place}[{number}]", depth - 1, attributes)


def _attributes_of(value: Any) -> list[str]:
    """Public ones of the instance, and its class's properties."""
    names = [name for name in getattr(value, "__dict__", {}) if isinstance(name, str)]
    if dataclasses.is_dataclass(value):
        names += [field.name for field in dataclasses.fields(value)]
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        names += [slots] if isinstance(slots, str) else [str(name) for name in slots]
        if kind.__module__ != "builtins":
            names += [name for name, held in vars(kind).items() if isinstance(held, property)]
    if isinstance(value, BaseException):
        names.append("args")
    return sorted({name for name in names if name.isidentifier() and not name.startswith("_")})


def _text_of(value: Any, place: str) -> Iterator[Seen]:
    """Of a class that says itself how it is shown."""
    for word, of in (("str", "__str__"), ("repr", "__repr__")):
        owner = next((kind for kind in type(value).__mro__ if of in vars(kind)), object)
        if owner is object or owner.__module__ in ("builtins", "enum") or _made_by_dataclass(owner, of):
            continue
        try:
            text = str(value) if word == "str" else repr(value)
        except Exception:  # noqa: BLE001, S112
            continue
        if len(text) <= LONGEST_WHOLE and not ADDRESS.search(text):
            yield Seen(f"{word}({place})", EQUAL, repr(text))


def _made_by_dataclass(owner: type[Any], of: str) -> bool:
    return dataclasses.is_dataclass(owner) and of == "__repr__"


def _is_generator(value: Any) -> bool:
    return inspect.isgenerator(value) or isinstance(value, (map, filter, zip, reversed, enumerate))


def literal_of(value: Any, depth: int = DEPTH) -> str:
    """Python that evaluates to it, of exactly its types. Raises Unwritable."""
    kind = _type_of(value)
    if value is None or kind is bool:
        return repr(value)
    if kind in SCALARS:
        return _scalar(value)
    if f"{kind.__module__}.{kind.__qualname__}" in STANDARD:
        return f"{kind.__module__}.{kind.__qualname__}({repr(value).partition('(')[2]}"
    if isinstance(value, pathlib.PurePath) and kind.__module__.startswith("pathlib"):
        return f"pathlib.{'Path' if isinstance(value, pathlib.Path) else kind.__name__}({str(value)!r})"
    if depth <= 0:
        raise Unwritable
    return _container(value, kind, depth)


def _scalar(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 2000:
        raise Unwritable
    text = repr(value)
    if isinstance(value, (float, complex)) and ("inf" in text or "nan" in text):
        raise Unwritable
    return text


def _container(value: Any, kind: type[Any], depth: int) -> str:
    if kind in (list, tuple):
        inner = ", ".join(literal_of(item, depth - 1) for item in _few(value))
        if kind is list:
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if kind in (set, frozenset):
        inner = ", ".join(sorted(literal_of(item, depth - 1) for item in _few(value)))
        text = f"{{{inner}}}" if inner else "set()"
        return text if kind is set else f"frozenset({text if inner else ''})"
    if kind is dict:
        pairs = [f"{literal_of(key, depth - 1)}: {literal_of(item, depth - 1)}" for key, item in _few(value.items())]
        return "{" + ", ".join(pairs) + "}"
    raise Unwritable


def _few(values: Any) -> list[Any]:
    items: list[Any] = list(itertools.islice(values, 400))
    if len(items) == 400:
        raise Unwritable
    return items


def _is(value: object, *kinds: type[Any]) -> bool:
    return isinstance(value, kinds)


def _type_of(value: object) -> type[Any]:
    return type(value)


def cleaned(text: str, private: str) -> str | None:
    """A message or what was printed; None where it names an address or the program's own directory."""
    return None if ADDRESS.search(text) or (private and private in text) else text
