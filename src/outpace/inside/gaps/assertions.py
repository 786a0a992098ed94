"""Assertions in a test's own style, the smallest that tells two values apart first."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from ..probing.observing import EQUAL, IS, MEMBER, NAN, TYPE

SHORT = 64
LONGEST = 160
NEEDED = frozenset({"datetime", "decimal", "fractions", "pathlib", "uuid"})


class Style(NamedTuple):
    """`names` are what the test's module has."""

    double: bool
    unittest: bool
    names: Mapping[str, Any]


class Assertion(NamedTuple):
    """One line, without its indent. The smaller `cost`, the better."""

    line: str
    cost: int


def style_of(source: str, *, unittest: bool, names: Mapping[str, Any]) -> Style:
    double = single = 0
    for text in _strings(source):
        double += text.endswith('"') and not text.endswith('"""')
        single += text.endswith("'") and not text.endswith("'''")
    return Style(double >= single and double > 0, unittest, names)


def assertions(
    subject: str, place: str, one: tuple[str, str], other: tuple[str, str] | None, style: Style
) -> Iterator[Assertion]:
    """Of what stands at a place of the subject: `one` is the kind and the text of what shall be, `other` of what shall
    not, None where it is not there at all."""
    expression = place.replace("{}", subject, 1)
    for what, value, cost in _told(expression, one, other, style):
        line = _line(what, value, style)
        written = quoted(line, style)
        if len(written) <= LONGEST and "\n" not in written and _is_known(written, style):
            yield Assertion(written, cost + len(written))


def _told(
    expression: str, one: tuple[str, str], other: tuple[str, str] | None, style: Style
) -> Iterator[tuple[str, str, int]]:
    """What is compared, with which text, and how dear that is beside its length. A value of "" says that it holds."""
    kind, text = one
    if kind == IS:
        yield f"{expression} is {text}", text, 0
    elif kind == NAN:
        yield f"{expression} != {expression}", "", 20
    elif kind == MEMBER:
        yield from _of_member(expression, text, style)
    elif kind == TYPE:
        yield f"type({expression}).__name__ == {text.rpartition(':')[2].rpartition('.')[2]!r}", "", 120
    elif kind == EQUAL:
        if len(text) <= SHORT:
            yield f"{expression} == {text}", text, 0
        else:
            yield from _of_part(expression, text, other)
            yield f"{expression} == {text}", text, 60


def _of_member(expression: str, text: str, style: Style) -> Iterator[tuple[str, str, int]]:
    _, _, qualified = text.partition(":")
    if qualified.partition(".")[0] in style.names:
        yield f"{expression} is {qualified}", qualified, 0
    else:
        yield f"{expression}.name == {qualified.rpartition('.')[2]!r}", repr(qualified.rpartition(".")[2]), 10


def _of_part(expression: str, text: str, other: tuple[str, str] | None) -> Iterator[tuple[str, str, int]]:
    """Of a long value, the part that differs."""
    if other is None or other[0] != EQUAL:
        return
    try:
        mine, theirs = ast.literal_eval(text), ast.literal_eval(other[1])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return
    if type(mine) is not type(theirs):
        return
    if isinstance(mine, str):
        yield from _of_text(expression, mine, theirs)
    elif isinstance(mine, (list, tuple)):
        yield from _of_sequence(expression, list(cast("Sequence[Any]", mine)), list(theirs))
    elif isinstance(mine, dict):
        yield from _of_mapping(expression, cast("dict[Any, Any]", mine), theirs)


def _of_text(expression: str, mine: str, theirs: str) -> Iterator[tuple[str, str, int]]:
    """The shortest line that only one of them has."""
    for one, other, word, cost in ((mine, theirs, "in", 10), (theirs, mine, "not in", 30)):
        lines = sorted({line for line in one.split("\n") if line.strip() and line not in other})
        if lines:
            yield f"{min(lines, key=len)!r} {word} {expression}", "", cost


def _of_sequence(expression: str, mine: list[Any], theirs: list[Any]) -> Iterator[tuple[str, str, int]]:
    if len(mine) != len(theirs):
        yield f"len({expression}) == {len(mine)}", str(len(mine)), 10
        return
    at = next((number for number, each in enumerate(mine) if repr(each) != repr(theirs[number])), 0)
    yield f"{expression}[{at}] == {mine[at]!r}", repr(mine[at]), 10


def _of_mapping(expression: str, mine: dict[Any, Any], theirs: dict[Any, Any]) -> Iterator[tuple[str, str, int]]:
    for key, value in mine.items():
        if key not in theirs or repr(value) != repr(theirs[key]):
            yield f"{expression}[{key!r}] == {value!r}", repr(value), 10
            return


def _line(what: str, value: str, style: Style) -> str:
    if not style.unittest:
        return f"assert {what}"
    compared = ast.parse(what, mode="eval").body
    if isinstance(compared, ast.Compare) and len(compared.ops) == 1:
        left = ast.get_source_segment(what, compared.left) or ""
        right = ast.get_source_segment(what, compared.comparators[0]) or ""
        return _of_unittest(compared.ops[0], left, right, value)
    return f"self.assertTrue({what})"


def _of_unittest(word: ast.cmpop, left: str, right: str, value: str) -> str:
    if isinstance(word, ast.Is):
        named = {"True": f"self.assertTrue({left})", "False": f"self.assertFalse({left})"}
        return {**named, "None": f"self.assertIsNone({left})"}.get(value, f"self.assertIs({left}, {right})")
    if isinstance(word, ast.Eq):
        return f"self.assertEqual({left}, {right})"
    if isinstance(word, ast.In):
        return f"self.assertIn({left}, {right})"
    if isinstance(word, ast.NotIn):
        return f"self.assertNotIn({left}, {right})"
    return f"self.assertNotEqual({left}, {right})"


def _is_known(line: str, style: Style) -> bool:
    """Modules that a literal needs are ones that the test's module has imported."""
    names = {each.id for each in ast.walk(ast.parse(line)) if isinstance(each, ast.Name)}
    return names.isdisjoint(NEEDED - style.names.keys())


def quoted(source: str, style: Style) -> str:
    """With the quotes that the file prefers, where that needs no escape."""
    wanted, others = ('"', "'") if style.double else ("'", '"')
    found = source
    for text in dict.fromkeys(_strings(source)):
        start = text.index(others) if others in text[:3] else -1
        inner = text[start + 1 : -1]
        plain = wanted not in inner and f"\\{others}" not in inner
        if plain and start >= 0 and text.endswith(others) and not text.endswith(others * 3):
            found = found.replace(text, f"{text[:start]}{wanted}{inner}{wanted}")
    return found


def _strings(source: str) -> Iterator[str]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.STRING:
                yield token.string
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return
