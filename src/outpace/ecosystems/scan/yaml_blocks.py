"""YAML as the tools write locks, a paragraph at a time: quickly where it has their form, else by a real parser.

What the fast reading accepts means the same to the parser: tests hold it to that with generated and broken paragraphs.
"""

from __future__ import annotations

import re
import sys
from typing import TypeAlias, cast

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.model.yaml_text import Items, Node, NotYaml, Pairs, Scalar, node_of

LARGEST_SLOW = 4 << 20

Value: TypeAlias = "str | list[Value] | dict[str, Value]"

_ONCE = "+" if sys.version_info >= (3, 11, 5) else ""
"""Behind a repeated group: it is not gone back into. Python before 3.11.5 gets that wrong, and goes back instead."""

# Plain text that YAML takes as it stands: no indicator at its head, and within neither `: ` nor ` #`.
_RUN = r"[A-Za-z0-9_./^~<>|+=();@$!*&?-]*+"
_PLAIN = rf"[A-Za-z0-9_./^~<+=(;$]{_RUN}(?:(?::| )(?=[A-Za-z0-9_./^~<>|+=(;@$*-]){_RUN})*{_ONCE}"
_QUOTED = rf"'(?:[^'\x00-\x1f\x7f-\U0010ffff]|'')*{_ONCE}'|\"[^\"\\\x00-\x1f\x7f-\U0010ffff]*+\""
_SCALAR = rf"(?:{_QUOTED}|{_PLAIN})"
_LIST = rf"\[(?:{_SCALAR}(?:, {_SCALAR})*{_ONCE})?\]"
_MAP = rf"\{{(?:{_SCALAR}: {_SCALAR}(?:, {_SCALAR}: {_SCALAR})*{_ONCE})?\}}"
_LINE = re.compile(rf"( *+)(?:({_SCALAR}):(?: ({_SCALAR}|{_LIST}|{_MAP}))?|- ({_SCALAR}))\n")
_PAIR = re.compile(rf"({_SCALAR}): ({_SCALAR})")
_ONE = re.compile(_SCALAR)


def rows_of(paragraph: bytes) -> dict[str, Value]:
    """The table that a paragraph holds. Raises Garbled where it is none."""
    text = paragraph.decode()
    found = quickly(text)
    if found is not None:
        return found
    if len(text) > LARGEST_SLOW:
        raise Garbled(f"it is not written as its tool writes it, and too large ({len(text):,}) to be read slowly")
    try:
        slowly = value_of(node_of(text))
    except NotYaml as error:
        raise Garbled(shown(error.why)) from None
    if not isinstance(slowly, dict):
        raise Garbled("a paragraph of it holds no table")
    return slowly


def value_of(node: Node) -> Value:
    match node:
        case Scalar(text):
            return text
        case Items(nodes):
            return [value_of(each) for each in nodes]
        case Pairs(rows):
            return {key: value_of(each) for key, each in rows.items()}


def quickly(text: str) -> dict[str, Value] | None:
    """None where a real parser must look at it."""
    text = text if text.endswith("\n") else f"{text}\n"
    nesting = _Nesting()
    at = 0
    for found in _LINE.finditer(text):
        if found.start() != at or not nesting.take(*found.groups()):
            return None
        at = found.end()
    return nesting.whole if at == len(text) else None


class _Nesting:
    """The tables and lists that are open, by their indentation."""

    def __init__(self) -> None:
        self.whole: dict[str, Value] = {}
        self._open: list[tuple[int, dict[str, Value] | list[Value]]] = []
        self._due: tuple[int, dict[str, Value], str] | None = None  # a key whose value has not come

    def take(self, space: str, key: str | None, value: str | None, item: str | None) -> bool:
        """False where the line does not fit."""
        into = self._container(len(space), is_list=key is None)
        if key is None:
            if not isinstance(into, list):
                return False
            into.append(_text(item or ""))
            return True
        name = _text(key)
        if not isinstance(into, dict) or name in into:
            return False
        told = "" if value is None else _value(value)
        if told is None:
            return False
        into[name] = told
        self._due = (len(space), into, name) if value is None else None
        return True

    def _container(self, indent: int, *, is_list: bool) -> dict[str, Value] | list[Value] | None:
        if not self._open:
            self._open.append((indent, self.whole))
        elif self._due is not None and indent > self._due[0]:
            _, above, name = self._due
            begun: dict[str, Value] | list[Value] = [] if is_list else {}
            above[name] = begun
            self._open.append((indent, begun))
        self._due = None
        while self._open and self._open[-1][0] > indent:
            self._open.pop()
        return self._open[-1][1] if self._open and self._open[-1][0] == indent else None


def _text(raw: str) -> str:
    if raw[:1] == "'":
        return raw[1:-1].replace("''", "'")
    return raw[1:-1] if raw[:1] == '"' else raw


def _value(raw: str) -> Value | None:
    """None for a table that has a key twice."""
    if raw[0] == "[":
        return [_text(each[0]) for each in _ONE.finditer(raw, 1)]
    if raw[0] != "{":
        return _text(raw)
    pairs = [(_text(key), _text(value)) for key, value in _PAIR.findall(raw)]
    rows = cast("dict[str, Value]", dict(pairs))
    return rows if len(rows) == len(pairs) else None
