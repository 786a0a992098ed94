"""The texts that an input holds, as the rules find and change them that make other inputs of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from outpace.proving.ladder.parses import UNREADABLE

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
PLAIN = "q7f3"
MOST_TEXTS = 200
HERE = "outpace-puts-it-here"
"""Stands for a text of an expression while that is written out."""


class _Place(NamedTuple):
    """Of a text in an expression: which of its constants, and what stands before and behind it."""

    number: int
    held: str | bytes
    is_name: bool
    before: str
    behind: str


Spelling = Callable[[str], Iterator[str]]


def exchangeable(tree: ast.AST) -> list[ast.Constant]:
    """The constants that may be others; not what a method is called of: that is what an answer is put into; and no part
    of a text that is put together, which cannot be written out as another."""
    held = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
    held |= {id(each) for joined in ast.walk(tree) if isinstance(joined, ast.JoinedStr) for each in ast.walk(joined)}
    return [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in held]


def read(source: str) -> ast.Module:
    """A module with nothing in it where it cannot be read: it fails when it is run, and is told then."""
    try:
        return ast.parse(source)
    except UNREADABLE:
        return ast.Module(body=[], type_ignores=[])


def texts(does: str) -> Iterator[str]:
    nodes = ast.walk(ast.parse(does, mode="eval"))
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def replaced(does: str, spelling: Spelling, *, names: bool | None = None) -> Iterator[str]:
    """The expression with each of its texts in each spelling, one at a time. `names`: those alone that name something
    in a mapping, or all others."""
    return (other for _, _, other in replaced_at(does, spelling, names=names))


def first_places(does: str, spelling: Spelling, most: int = 24) -> Iterator[str]:
    """As `replaced`, in the first texts alone: a call may hold a thousand."""
    places = dict[int, None]()
    for number, _, other in replaced_at(does, spelling):
        places[number] = None
        if len(places) > most:
            return
        yield other


def replaced_at(does: str, spelling: Spelling, *, names: bool | None = None) -> Iterator[tuple[int, object, str]]:
    """(which of its texts, what stood there, the expression)."""
    for place in _places(does):
        if names is None or place.is_name is names:
            for value in _values(place.held, spelling):
                yield place.number, place.held, f"{place.before}{value!r}{place.behind}"


@lru_cache(maxsize=1024)
def _places(does: str) -> tuple[_Place, ...]:
    """Written out once for each, and not for each text in its place; of the first MOST_TEXTS."""
    tree = ast.parse(does, mode="eval")
    keys = {id(key) for each in ast.walk(tree) if isinstance(each, ast.Dict) for key in each.keys}
    found: list[_Place] = []
    for number, node in enumerate(exchangeable(tree)):
        held = node.value
        if isinstance(held, str | bytes):
            node.value = HERE.encode() if isinstance(held, bytes) else HERE
            before, _, behind = ast.unparse(tree).partition(repr(node.value))
            node.value = held
            found.append(_Place(number, held, id(node) in keys, before, behind))
            if len(found) == MOST_TEXTS:
                break
    return tuple(found)


def plainly(does: str, other: str) -> str:
    """The expression with a plain word in the place of a whole address that is none in the other any more: that may be
    a path of the same site. Empty where there is none."""
    if not ADDRESS.search(does):
        return ""
    tree = ast.parse(does, mode="eval")
    mine, theirs = exchangeable(tree), exchangeable(ast.parse(other, mode="eval"))
    moved = [one for one, new in zip(mine, theirs, strict=False) if not _stays(one.value, new.value)]
    for node in moved:
        node.value = PLAIN
    return ast.unparse(tree) if moved else ""


def _stays(old: object, new: object) -> bool:
    """Whether a whole address is still one of the same scheme."""
    found = ADDRESS.match(old) if isinstance(old, str) else None
    return found is None or (isinstance(new, str) and new.lstrip().lower().startswith(found.group().lower()))


def _values(old: object, spelling: Spelling) -> Iterator[str | bytes]:
    if isinstance(old, str):
        yield from spelling(old)
    elif isinstance(old, bytes):
        for text in spelling(old.decode("latin-1")):
            try:
                yield text.encode("latin-1")
            except UnicodeEncodeError:
                continue
