"""What kind of change the pieces make that turn a test red."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias, cast

from outpace.testing.mending.failures import Values
from outpace.testing.mending.pieces import Piece

Alteration: TypeAlias = Literal["wording", "repr", "nothing", "behavior"]
SPEAKING = frozenset({"warn", "debug", "info", "warning", "error", "exception", "critical", "log"})
STRING = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"")
SHORTEST = 2


def alteration(before: str, after: str) -> Alteration:
    """`wording`: only texts of exceptions and messages differ; `repr`: only how an object shows itself; `nothing`: the
    same trees but for docstrings."""
    try:
        old, new = ast.parse(before), ast.parse(after)
    except SyntaxError:
        return "behavior"
    if _dumped(old, ast.NodeTransformer()) == _dumped(new, ast.NodeTransformer()):
        return "nothing"
    if _dumped(old, _Silent()) == _dumped(new, _Silent()):
        return "wording"
    if _dumped(old, _Hidden()) == _dumped(new, _Hidden()):
        return "repr"
    return "behavior"


def _dumped(tree: ast.Module, transformer: ast.NodeTransformer) -> str:
    copy = ast.parse(ast.unparse(tree))
    for node in ast.walk(copy):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(cast("ast.AST", transformer.visit(copy)))


class _Silent(ast.NodeTransformer):
    """Takes the texts out of what is raised, warned and logged; what is raised stays."""

    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        if isinstance(node.exc, ast.Call) and any(_speaks(each) for each in node.exc.args):
            node.exc.args = [ast.Constant(value="")]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in SPEAKING and node.args and _speaks(node.args[0]):
            node.args = [ast.Constant(value="")]
        return node


def _speaks(node: ast.expr) -> bool:
    texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return any(len(text) >= SHORTEST for text in texts)


class _Hidden(ast.NodeTransformer):
    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        shown = [each for each in node.body if not (isinstance(each, ast.FunctionDef) and each.name == "__repr__")]
        node.body = shown or [ast.Pass()]
        return node


def replaced(pieces: Iterable[Piece], values: Values) -> tuple[tuple[str, str], ...]:
    """The literals that were and those that are now, where to put these for those makes of one value the other."""
    changed = tuple(pieces)
    ways = ((values.expected, values.observed), (values.observed, values.expected))
    for old, new in (pair for piece in changed for pair in _pairs(piece)):
        if any(old in one and one.replace(old, new) == other for one, other in ways):
            return ((old, new),)
    placed = {pair for piece in changed for pair in _placed(piece) if pair[0] in values.expected}
    used = tuple(sorted(placed, key=lambda pair: (-len(pair[0]), pair)))
    text = values.expected
    for old, new in used:
        text = text.replace(old, new)
    return used if text == values.observed else ()


def literals_changed(pieces: Iterable[Piece]) -> frozenset[str]:
    """Literal texts on one side only."""
    found = [(frozenset(_literals(piece.old)), frozenset(_literals(piece.new))) for piece in pieces]
    return frozenset(text for was, now in found for text in was ^ now)


def _pairs(piece: Piece) -> Iterator[tuple[str, str]]:
    was, now = _literals(piece.old), _literals(piece.new)
    for old in [each for each in was if each not in now and each]:
        for new in [each for each in now if each not in was]:
            yield old, new


def _placed(piece: Piece) -> Iterator[tuple[str, str]]:
    """One for the other at its place; what only changed places is no literal that came."""
    was, now = _literals(piece.old), _literals(piece.new)
    fresh = set(_pairs(piece)) if len(was) == len(now) else set[tuple[str, str]]()
    return (pair for pair in zip(was, now, strict=False) if pair in fresh)


def _literals(text: str | None) -> list[str]:
    return [next((each for each in groups if each), "") for groups in STRING.findall(text or "")]


def layout(values: Values) -> str:
    """In what a text differs that says the same, or nothing."""
    observed, expected = _string(values.observed), _string(values.expected)
    if observed is None or expected is None:
        return ""
    if "".join(observed.split()) == "".join(expected.split()):
        return "only white space differs"
    return _documents(observed, expected)


def _documents(observed: str, expected: str) -> str:
    try:
        now, was = json.loads(observed), json.loads(expected)
    except ValueError:
        return ""
    if now == was:
        return "both are the same JSON document"
    if isinstance(now, dict) and isinstance(was, dict):
        after, before = cast("dict[str, object]", now), cast("dict[str, object]", was)
        if all(key in after and after[key] == value for key, value in before.items()):
            return (
                f"the JSON document has more keys ({', '.join(sorted(set(after) - set(before)))}), the others as before"
            )
    return ""


def _string(text: str) -> str | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
