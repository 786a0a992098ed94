"""The texts that an input holds, as the rules find and change them that make other inputs of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from outpace.proving.ladder.parses import UNREADABLE

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
Spelling = Callable[[str], Iterator[str]]


def exchangeable(tree: ast.Expression) -> list[ast.Constant]:
    """The constants that may be others; not what a method is called of: that is what an answer is put into."""
    held = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
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


def replaced(does: str, spelling: Spelling, *, names: bool | None = None, bound: bool = False) -> Iterator[str]:
    """The expression with each of its texts in each spelling, one at a time. `names`: those alone that name something
    in a mapping, or all others. `bound`: a whole address stays one."""
    return (other for _, _, other in replaced_at(does, spelling, names=names, bound=bound))


def replaced_at(
    does: str, spelling: Spelling, *, names: bool | None = None, bound: bool = False
) -> Iterator[tuple[int, object, str]]:
    """(which of its texts, what stood there, the expression)."""
    tree = ast.parse(does, mode="eval")
    keys = {id(key) for each in ast.walk(tree) if isinstance(each, ast.Dict) for key in each.keys}
    for number, node in enumerate(exchangeable(tree)):
        if names is not None and (id(node) in keys) is not names:
            continue
        old = node.value
        for value in _values(old, spelling):
            if not bound or stays(old, value):
                node.value = value
                yield number, old, ast.unparse(tree)
        node.value = old


def stays(old: object, new: object) -> bool:
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
