"""What kind of change the pieces make that turn a test red."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias, cast

from outpace.testing.mending.failures import Values
from outpace.testing.mending.pieces import Piece

Alteration: TypeAlias = Literal["wording", "repr", "nothing", "behavior"]
SPEAKING = frozenset({"warn", "debug", "info", "warning", "error", "exception", "critical", "log"})
PLACED = {"log": 1}
"""Where the text stands, if it is not the first argument."""
STRING = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def alteration(before: str, after: str) -> Alteration:
    """`wording`: only the words differ of an exception's first argument or of what is logged; `repr`: only how an
    object shows itself; `nothing`: the same trees but for docstrings."""
    try:
        old, new = ast.parse(before), ast.parse(after)
    except SyntaxError:
        return "behavior"
    if _dumped(old, ast.NodeTransformer()) == _dumped(new, ast.NodeTransformer()):
        return "nothing"
    was, now = _Silent(_loggers(old)), _Silent(_loggers(new))
    if _dumped(old, was) == _dumped(new, now) and _only_words(was.texts, now.texts):
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
    """Takes out what says something in words to people; all other arguments stay. `texts` are what is put into each
    in its order: values, and numbers."""

    def __init__(self, loggers: frozenset[str]) -> None:
        self._loggers = loggers
        self.texts: list[tuple[str, ...]] = []

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.exc, ast.Call):
            self._silence(node.exc, 0)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in SPEAKING and isinstance(node.func, ast.Attribute) and self._logs(node.func.value):
            self._silence(node, PLACED.get(name, 0))
        return node

    def _logs(self, node: ast.expr) -> bool:
        return ast.unparse(node.func if isinstance(node, ast.Call) else node) in self._loggers

    def _silence(self, call: ast.Call, place: int) -> None:
        if len(call.args) <= place:
            return
        parts = list(_parts(call.args[place]))
        words = "".join(each for each in parts if isinstance(each, str))
        if any(char.isspace() for char in words.strip()):
            values = [ast.unparse(each) for each in parts if isinstance(each, ast.expr)]
            self.texts.append((*values, *NUMBER.findall(words)))
            call.args[place] = ast.Constant(value="")


def _parts(node: ast.expr) -> Iterator[str | ast.expr]:
    """Words, and what is put between them."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.FormattedValue(conversion=-1, format_spec=None):
            yield node.value
        case ast.JoinedStr():
            for each in node.values:
                yield from _parts(each)
        case ast.BoolOp(op=ast.Or()):
            for each in node.values:
                yield from _parts(each)
        case ast.BinOp(op=ast.Add()):
            yield from (*_parts(node.left), *_parts(node.right))
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            yield text
            yield from node.right.elts if isinstance(node.right, ast.Tuple) else (node.right,)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            yield text
            yield from (*node.args, *(each.value for each in node.keywords))
        case _:
            yield node


def _only_words(was: list[tuple[str, ...]], now: list[tuple[str, ...]]) -> bool:
    """Whether no value in a text is another one; one side may show more of them."""
    pairs = [(Counter(old), Counter(new)) for old, new in zip(was, now, strict=True)]
    return all(old <= new or new <= old for old, new in pairs)


def _loggers(tree: ast.Module) -> frozenset[str]:
    """What stands for a logger of `logging`, as the file writes it: the module, getLogger, and what is bound to it."""
    modules, makers = set[str](), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {each.asname or each.name for each in node.names if each.name == "logging"}
        elif isinstance(node, ast.ImportFrom) and node.module == "logging":
            makers |= {each.asname or each.name for each in node.names if each.name == "getLogger"}
    makers |= {f"{module}.getLogger" for module in modules}
    bound = {
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in makers
        for target in node.targets
    }
    return frozenset(bound | makers | modules)


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


def literals_changed(pieces: Iterable[Piece]) -> tuple[frozenset[str], frozenset[str]]:
    """Literal texts that came, and those that went."""
    found = [(frozenset(_literals(piece.old)), frozenset(_literals(piece.new))) for piece in pieces]
    came = frozenset(text for was, now in found for text in now - was)
    return came, frozenset(text for was, now in found for text in was - now)


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
