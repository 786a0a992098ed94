"""What becomes of one node: each other version of it, as a tree and as an edit of the text."""

from __future__ import annotations

import ast
import copy
import math
import re
from collections.abc import Iterator
from typing import NamedTuple, Union

from .text import Edit, Text

ConstantValue = Union[str, bytes, bool, complex]


class Version(NamedTuple):
    """`put` stands in the place of `node`; `edits` do the same to the text."""

    operator: str
    node: ast.expr | ast.stmt
    put: ast.expr | ast.stmt
    edits: tuple[Edit, ...]


COMPARISONS: dict[type[ast.cmpop], tuple[bytes, tuple[tuple[type[ast.cmpop], bytes], ...]]] = {
    ast.Lt: (rb"<", ((ast.LtE, b"<="), (ast.GtE, b">="))),
    ast.LtE: (rb"<=", ((ast.Lt, b"<"), (ast.Gt, b">"))),
    ast.Gt: (rb">", ((ast.GtE, b">="), (ast.LtE, b"<="))),
    ast.GtE: (rb">=", ((ast.Gt, b">"), (ast.Lt, b"<"))),
    ast.Eq: (rb"==", ((ast.NotEq, b"!="),)),
    ast.NotEq: (rb"!=", ((ast.Eq, b"=="),)),
    ast.Is: (rb"is\b", ((ast.IsNot, b"is not"),)),
    ast.IsNot: (rb"is\s+not\b", ((ast.Is, b"is"),)),
    ast.In: (rb"in\b", ((ast.NotIn, b"not in"),)),
    ast.NotIn: (rb"not\s+in\b", ((ast.In, b"in"),)),
}
ARITHMETIC: dict[type[ast.operator], tuple[bytes, type[ast.operator], bytes]] = {
    ast.Add: (rb"\+", ast.Sub, b"-"),
    ast.Sub: (rb"-", ast.Add, b"+"),
    ast.Mult: (rb"\*", ast.Div, b"/"),
    ast.Div: (rb"/", ast.Mult, b"*"),
    ast.FloorDiv: (rb"//", ast.Mult, b"*"),
    ast.Mod: (rb"%", ast.Mult, b"*"),
    ast.Pow: (rb"\*\*", ast.Mult, b"*"),
    ast.LShift: (rb"<<", ast.RShift, b">>"),
    ast.RShift: (rb">>", ast.LShift, b"<<"),
    ast.BitAnd: (rb"&", ast.BitOr, b"|"),
    ast.BitOr: (rb"\|", ast.BitAnd, b"&"),
    ast.BitXor: (rb"\^", ast.BitAnd, b"&"),
}
BINDS_OTHERWISE = (ast.Pow, ast.BitAnd, ast.BitOr, ast.BitXor)
ATOMS = (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Set)
TEXTS = (ast.JoinedStr, ast.List, ast.Tuple)
LITERAL = re.compile(rb"(?i)([rbu]{0,2})('''|\"\"\"|'|\")")
LONGEST_TEXT = 2000


def versions(node: ast.AST, text: Text) -> Iterator[Version]:
    """Those of the node, and those of a child that its place in the node allows."""
    if isinstance(node, ast.Compare):
        yield from _comparison(node, text)
    elif isinstance(node, ast.BoolOp):
        yield from _boolean(node, text)
    elif isinstance(node, ast.BinOp):
        yield from _arithmetic(node, text)
    elif isinstance(node, ast.UnaryOp):
        yield from _unary(node, text)
    elif isinstance(node, ast.Constant):
        yield from _constant(node, text)
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield from _negated(node.test, text)
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield from _negated(test, text)
    else:
        yield from _statement(node, text)


def _statement(node: ast.AST, text: Text) -> Iterator[Version]:
    if isinstance(node, ast.AugAssign):
        yield from _augmented(node, text)
    elif isinstance(node, ast.Return):
        if node.value is not None and not isinstance(node.value, ast.Constant):
            yield _nothing("return", node.value, text)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        unpacked = any(isinstance(target, (ast.Tuple, ast.List)) for target in targets)
        if node.value is not None and not unpacked and not isinstance(node.value, ast.Constant):
            yield _nothing("assign", node.value, text)
    elif isinstance(node, ast.Expr):
        called = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(called, ast.Call):
            yield _instead("call", node, ast.Pass(), b"pass", text)
    elif isinstance(node, ast.Break):
        yield _instead("loop", node, ast.Continue(), b"continue", text)
    elif isinstance(node, ast.Continue):
        yield _instead("loop", node, ast.Break(), b"break", text)


def _comparison(node: ast.Compare, text: Text) -> Iterator[Version]:
    left = node.left
    for place, (operator, right) in enumerate(zip(node.ops, node.comparators)):  # noqa: B905  Python 3.9
        pattern, others = COMPARISONS[type(operator)]
        span = text.operator(text.end(left), text.start(right), pattern)
        left = right
        if span is None:
            continue
        for other, word in others:
            put = copy.deepcopy(node)
            put.ops[place] = other()
            yield Version("comparison", node, put, (Edit(*span, word),))


def _boolean(node: ast.BoolOp, text: Text) -> Iterator[Version]:
    pattern, other, word = (
        (rb"and\b", ast.Or(), b"or") if isinstance(node.op, ast.And) else (rb"or\b", ast.And(), b"and")
    )
    edits: list[Edit] = []
    for left, right in zip(node.values, node.values[1:]):  # noqa: B905  Python 3.9
        span = text.operator(text.end(left), text.start(right), pattern)
        if span is None:
            return
        edits.append(Edit(*span, word))
    put = copy.deepcopy(node)
    put.op = other
    yield Version("boolean", node, put, tuple(edits))


def _arithmetic(node: ast.BinOp, text: Text) -> Iterator[Version]:
    """Texts and lists are left alone: all but one of their operators can only raise."""
    if type(node.op) not in ARITHMETIC or _is_text(node.left) or _is_text(node.right):
        return
    pattern, other, word = ARITHMETIC[type(node.op)]
    span = text.operator(text.end(node.left), text.start(node.right), pattern)
    if span is None:
        return
    put = copy.deepcopy(node)
    put.op = other()
    edits = [Edit(*span, word)]
    if isinstance(node.op, BINDS_OTHERWISE):
        edits += _bracketed(node, text)
        for operand in (node.left, node.right):
            edits += [] if isinstance(operand, ATOMS) else _bracketed(operand, text)
    yield Version("arithmetic", node, put, tuple(edits))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, TEXTS) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def _augmented(node: ast.AugAssign, text: Text) -> Iterator[Version]:
    if type(node.op) not in ARITHMETIC or _is_text(node.value):
        return
    pattern, other, word = ARITHMETIC[type(node.op)]
    span = text.operator(text.end(node.target), text.start(node.value), pattern + b"=")
    if span is None:
        return
    put = copy.deepcopy(node)
    put.op = other()
    yield Version("augmented", node, put, (Edit(*span, word + b"="),))


def _unary(node: ast.UnaryOp, text: Text) -> Iterator[Version]:
    """A negative number is a constant."""
    if isinstance(node.op, ast.Not):
        name = "not"
    elif isinstance(node.op, (ast.USub, ast.Invert)) and not isinstance(node.operand, ast.Constant):
        name = "sign"
    else:
        return
    start = text.start(node)
    blanks = re.compile(rb"(?:not|-|~)[ \t]*").match(text.content, start)
    if blanks:
        yield Version(name, node, copy.deepcopy(node.operand), (Edit(start, blanks.end(), b""),))


def _negated(test: ast.expr, text: Text) -> Iterator[Version]:
    """A comparison and a `not` have their own; a constant too."""
    single = isinstance(test, ast.Compare) and len(test.ops) == 1
    if single or isinstance(test, ast.Constant) or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        return
    put = ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=copy.deepcopy(test)), test)
    start, end = text.start(test), text.end(test)
    if isinstance(test, ATOMS):
        yield Version("negated", test, put, (Edit(start, start, b"not "),))
    else:
        yield Version("negated", test, put, (Edit(start, start, b"not ("), Edit(end, end, b")")))


def _constant(node: ast.Constant, text: Text) -> Iterator[Version]:
    value = node.value
    if value is None or isinstance(value, bool):
        other = "" if value is None else not value
        yield _other_constant("constant", node, other, repr(other).encode(), text)
    elif isinstance(value, (int, float, complex)):
        more = value + 1
        if more == value or (isinstance(more, float) and not math.isfinite(more)):
            more = 0.0
        yield _other_constant("number", node, more, repr(more).encode(), text)
    elif isinstance(value, str) and len(value) <= LONGEST_TEXT:
        other = f"XX{value}XX" if value else "XX"
        yield _other_constant("string", node, other, _quoted(text.of(node), other), text)
    elif isinstance(value, bytes) and len(value) <= LONGEST_TEXT:
        wrapped = b"XX" + value + b"XX" if value else b"XX"
        yield _other_constant("string", node, wrapped, _quoted(text.of(node), wrapped), text)


def _quoted(before: bytes, value: str | bytes) -> bytes:
    """As it was written, with its own quotes, where that can be told."""
    opened = LITERAL.match(before)
    if opened:
        mark = opened.group(2)
        inside = before[opened.end() : -len(mark)]
        written = opened.group() + (b"XX" + inside + b"XX" if inside else b"XX") + mark
        try:
            if ast.literal_eval(written.decode()) == value:
                return written
        except (SyntaxError, ValueError):
            pass
    return repr(value).encode()


def _other_constant(
    operator: str,
    node: ast.Constant,
    value: ConstantValue,
    written: bytes,
    text: Text,
) -> Version:
    put = ast.copy_location(ast.Constant(value=value), node)
    return Version(operator, node, put, (Edit(text.start(node), text.end(node), written),))


def _nothing(operator: str, value: ast.expr, text: Text) -> Version:
    return _instead(operator, value, ast.Constant(value=None), b"None", text)


def _instead(operator: str, node: ast.expr | ast.stmt, put: ast.expr | ast.stmt, written: bytes, text: Text) -> Version:
    return Version(operator, node, ast.copy_location(put, node), (Edit(text.start(node), text.end(node), written),))


def _bracketed(node: ast.expr, text: Text) -> list[Edit]:
    return [Edit(text.start(node), text.start(node), b"("), Edit(text.end(node), text.end(node), b")")]
