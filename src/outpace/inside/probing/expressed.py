"""Values that a running program holds, as expressions that make them again."""

from __future__ import annotations

import dataclasses
import enum
import io
import re
import sys
import weakref
from collections.abc import Iterable, Sequence
from typing import Any, cast

from .observing import ADDRESS, SCALARS, STANDARD, Unwritable, literal_of
from .programs import BUILTINS, DICT, LIST, SET, SOURCE, TUPLE, Node, call, constant, named, printed

DEPTH = 4
MOST_ITEMS = 30
LONGEST_TEXT = 2000


class Expressing:
    """`foreign` are modules that exist while tests run, and nowhere else."""

    def __init__(self, foreign: frozenset[str] = frozenset()) -> None:
        self._foreign = foreign
        self._built: dict[int, tuple[weakref.ref[Any], Node]] = {}

    def built(self, value: Any, node: Node) -> None:
        """It was made so; it is not kept alive by that."""
        try:
            held = weakref.ref(value)
        except TypeError:
            return
        self._built[id(value)] = (held, node)

    def expressed(self, value: Any, depth: int = DEPTH) -> Node:
        """Raises Unwritable."""
        if value is None or _kind(value) in (bool, *SCALARS):
            return self._scalar(value)
        if depth <= 0:
            raise Unwritable
        held, node = self._built.get(id(value), (None, None))
        if node is not None and held is not None and held() is value:
            return node
        if isinstance(value, enum.Enum) and value.name in _kind(value).__members__:
            return self._named(_kind(value), f".{value.name}")
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            return self._named(value)
        return self._container(value, depth) or self._object(value, depth)

    def _scalar(self, value: Any) -> Node:
        if isinstance(value, (str, bytes)) and len(value) > LONGEST_TEXT:
            raise Unwritable
        if value is not None and not isinstance(value, (str, bytes)) and len(repr(value)) > LONGEST_TEXT:
            raise Unwritable
        return constant(value)

    def _named(self, value: Any, behind: str = "") -> Node:
        """By its own name, where that leads to it."""
        module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
        if not isinstance(module, str) or module in self._foreign or module.endswith("conftest"):
            raise Unwritable
        found: Any = sys.modules.get(module)
        for part in str(qualname).split("."):
            found = getattr(found, part, None) if part.isidentifier() else None
        if found is not value:
            raise Unwritable
        return named(module, f"{qualname}{behind}")

    def _container(self, value: Any, depth: int) -> Node | None:
        kind = _kind(value)
        if kind in (list, tuple):
            return Node(LIST if kind is list else TUPLE, None, self._all(value, depth))
        if kind in (set, frozenset):
            items = tuple(sorted(self._all(value, depth), key=printed))
            node = Node(SET, None, items)
            return node if kind is set else call(named(BUILTINS, "frozenset"), node)
        if kind is dict:
            pairs = cast("dict[Any, Any]", value).items()
            return Node(DICT, None, self._all([each for pair in pairs for each in pair], depth))
        return None

    def _all(self, values: Iterable[Any], depth: int) -> tuple[Node, ...]:
        items = list(values)
        if len(items) > MOST_ITEMS:
            raise Unwritable
        return tuple(self.expressed(each, depth - 1) for each in items)

    def _object(self, value: Any, depth: int) -> Node:
        kind = _kind(value)
        if f"{kind.__module__}.{kind.__qualname__}" in STANDARD:
            return _source(literal_of(value), kind.__module__, kind.__qualname__)
        if kind is re.Pattern:
            return _source(f"re.compile({value.pattern!r}, {int(value.flags)})", "re", "compile")
        if kind in (io.StringIO, io.BytesIO) and not value.closed:
            return call(named("io", kind.__name__), self._scalar(value.getvalue()))
        if _is_named_tuple(kind):
            return call(self._named(kind), *self._all(value, depth))
        fields = _fields(value)
        if fields is None:
            raise Unwritable
        held = {name: self.expressed(getattr(value, inner), depth - 1) for name, inner in fields}
        return call(self._named(kind), **held)


def _source(text: str, module: str, qualname: str) -> Node:
    if ADDRESS.search(text) or len(text) > LONGEST_TEXT:
        raise Unwritable
    return Node(SOURCE, text, (named(module, qualname),))


def _fields(value: Any) -> Sequence[tuple[str, str]] | None:
    """Of a dataclass or an attrs class: the constructor's words, and the attributes that hold them."""
    if dataclasses.is_dataclass(value):
        return [(each.name, each.name) for each in dataclasses.fields(value) if each.init]
    attributes = getattr(_kind(value), "__attrs_attrs__", None)
    if attributes is None:
        return None
    return [(getattr(each, "alias", None) or each.name.lstrip("_"), each.name) for each in attributes if each.init]


def _is_named_tuple(kind: Any) -> bool:
    fields: object = getattr(kind, "_fields", None)
    return issubclass(kind, tuple) and isinstance(fields, tuple)


def _kind(value: object) -> type[Any]:
    return type(value)
