"""From what was compared with what to programs in which it comes out otherwise: the operand is found in the input."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from typing import Any

from . import regexes, words
from .programs import (
    BUILTINS,
    CONSTANT,
    DICT,
    LIST,
    SET,
    TUPLE,
    Literal,
    Node,
    Path,
    Program,
    call,
    constant,
    named,
    nodes,
    replaced,
    source,
)

MOST = 120
LONGEST_GROWN = 400
COMPARING = frozenset({"==", "!=", "is", "is not", "<", "<=", ">", ">="})
SEQUENCES = (LIST, TUPLE, SET, DICT)
EXAMPLES: dict[str, tuple[Node, ...]] = {
    "str": (constant("a"), constant("")),
    "int": (constant(1), constant(0)),
    "float": (constant(1.5),),
    "bool": (constant(True),),  # noqa: FBT003
    "bytes": (constant(b"a"),),
    "dict": (Node(DICT, None, (constant("a"), constant(1))), Node(DICT)),
    "list": (Node(LIST, None, (constant("a"),)), Node(LIST)),
    "tuple": (Node(TUPLE, None, (constant(1), constant(2))),),
    "set": (Node(SET, None, (constant(1),)),),
    "complex": (constant(1 + 2j),),
    "NoneType": (constant(None),),
}


BY_ATTRIBUTE: dict[str, tuple[Node, ...]] = {
    "_fields": (Node("wanted", "collections:namedtuple"),),
    "read": (Node("wanted", "io:StringIO"),),
    "readlines": (Node("wanted", "io:StringIO"),),
    "keys": EXAMPLES["dict"],
    "items": EXAMPLES["dict"],
    "__iter__": (*EXAMPLES["list"], *EXAMPLES["dict"]),
    "__len__": EXAMPLES["list"],
    "__call__": (named(BUILTINS, "len"),),
    "__dict__": (Node("wanted", "types:SimpleNamespace"),),
    "decode": EXAMPLES["bytes"],
    "encode": EXAMPLES["str"],
    "isoformat": (Node("wanted", "datetime:date"),),
    "strftime": (Node("wanted", "datetime:datetime"),),
}


def suggestions(program: Program, log: Sequence[Any], rng: random.Random) -> list[Program]:
    """At most so many, without repetition."""
    found: dict[str, Program] = {source(program): program}
    measured = _measured(log)
    for word, operands in log:
        for each in _of(program, str(word), operands, rng):
            found.setdefault(source(each), each)
        if word in COMPARING:
            for each in _grown(program, operands, measured):
                found.setdefault(source(each), each)
    chosen = list(found.values())[1:]
    if len(chosen) > MOST:
        chosen = rng.sample(chosen, MOST)
    return chosen


def _measured(log: Sequence[Any]) -> dict[int, list[str]]:
    """The texts whose length was asked for, by it."""
    found: dict[int, list[str]] = {}
    for word, operands in log:
        known, value = value_of(operands[0]) if word == "len()" else (False, None)
        if known and isinstance(value, str) and value:
            found.setdefault(len(value), []).append(value)
    return found


def _grown(program: Program, operands: list[Any], measured: dict[int, list[str]]) -> Iterator[Program]:
    """Where a text's length was compared with a number, the text gets that length, also within a longer one."""
    for one, other in (operands, operands[::-1]):
        length, wanted = value_of(one)[1], value_of(other)[1]
        if isinstance(length, int) and isinstance(wanted, int) and 0 < wanted <= LONGEST_GROWN:
            for text in measured.get(length, ()):
                for size in (wanted, wanted + 1):
                    yield from _within(program, text, (text + text[-1] * size)[:size])


def value_of(simple: list[Any]) -> tuple[bool, Literal]:
    """Of a constant in the log."""
    if simple and simple[0] == "c":
        try:
            return True, ast.literal_eval(str(simple[1]))
        except (ValueError, SyntaxError):
            return False, None
    return False, None


def _of(program: Program, word: str, operands: list[Any], rng: random.Random) -> Iterator[Program]:
    if word in COMPARING:
        yield from _compared(program, operands[0], operands[1])
        yield from _compared(program, operands[1], operands[0])
    elif word in ("in", "not in"):
        yield from _contained(program, operands[0], operands[1], rng)
    elif word == "[]":
        yield from _keyed(program, operands[1])
    elif word == "len()":
        yield from _of_length(program, operands[0])
    elif word in ("isinstance()", "issubclass()"):
        yield from _of_type(program, operands)
    elif word in ("hasattr()", "getattr()"):
        yield from _of_attribute(program, operands)
    elif word in ("int()", "float()", "complex()"):
        yield from _texts(program, operands[0], words.FORMATS[word[:-2]])
    elif word.startswith("."):
        yield from _method(program, word[1:], operands, rng)


def _leaves(program: Program, value: Literal) -> Iterator[tuple[Path, Node]]:
    for path, node in nodes(program):
        if node.kind == CONSTANT and type(node.value) is type(value) and node.value == value:
            yield path, node


def _compared(program: Program, left: Any, right: Any) -> Iterator[Program]:
    """What is equal to the left one, or holds it, becomes the right one, and its neighbors where it is a number."""
    known, value = value_of(left)
    wanted_known, wanted = value_of(right)
    if not wanted_known:
        return
    if isinstance(value, int) and isinstance(wanted, int) and not isinstance(wanted, bool):
        for each in (wanted, wanted + 1, wanted - 1):
            yield from _lengthened(program, value, each)
    if not known:
        return
    for path, _ in _leaves(program, value):
        for each in _near(wanted):
            yield replaced(program, path, constant(each))
    if isinstance(value, str) and isinstance(wanted, str) and value:
        yield from _within(program, value, wanted)


def _near(value: Literal) -> tuple[Literal, ...]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return (value,)
    return (value, value + 1, value - 1)


def _within(program: Program, value: str, wanted: str) -> Iterator[Program]:
    """Also where a text was cut, stripped, or made lower."""
    for path, node in nodes(program):
        text = node.value
        if node.kind != CONSTANT or not isinstance(text, str) or text == value:
            continue
        place = text.find(value)
        if place < 0:
            place = text.lower().find(value.lower())
        if place >= 0:
            yield replaced(program, path, constant(text[:place] + wanted + text[place + len(value) :]))


def _lengthened(program: Program, length: int, wanted: int) -> Iterator[Program]:
    """Texts and containers of this length get the other one."""
    if not 0 <= wanted <= 300 or not 0 <= length <= 300:
        return
    for path, node in nodes(program):
        if node.kind == CONSTANT and isinstance(node.value, (str, bytes)) and len(node.value) == length:
            text = node.value
            filler: Any = text[-1:] or ("a" if isinstance(text, str) else b"a")
            yield replaced(program, path, constant((text + filler * wanted)[:wanted]))
        elif node.kind in (LIST, TUPLE) and len(node.children) == length:
            last = node.children[-1] if node.children else constant("a")
            yield replaced(program, path, node._replace(children=(*node.children, *(last,) * wanted)[:wanted]))


def _of_length(program: Program, held: list[Any]) -> Iterator[Program]:
    size: int | None = None
    known, value = value_of(held)
    if known and isinstance(value, (str, bytes)):
        size = len(value)
    elif held and held[0] == "s":
        size = int(held[3])
    if size is not None:
        for each in (0, 1, size + 1, size - 1):
            yield from _lengthened(program, size, each)


def _contained(program: Program, needle: Any, held: list[Any], rng: random.Random) -> Iterator[Program]:
    known, value = value_of(needle)
    members = _members(held)
    for member in rng.sample(members, min(3, len(members))):
        if known:
            for path, _ in _leaves(program, value):
                yield replaced(program, path, constant(member))
            if isinstance(value, str) and isinstance(member, str) and value:
                yield from _within(program, value, member)
    if not known:
        return
    within, text = value_of(held)
    if within and isinstance(text, str) and isinstance(value, str):
        for path, node in nodes(program):
            if node.kind == CONSTANT and isinstance(node.value, str) and (node.value == text or text in node.value):
                middle = len(text) // 2
                for changed in (text + value, value + text, text[:middle] + value + text[middle:]):
                    yield replaced(program, path, constant(node.value.replace(text, changed, 1)))
                if value:
                    yield replaced(program, path, constant(node.value.replace(value, "")))
    yield from _added(program, constant(value), mapping=False)


def _members(held: list[Any]) -> Sequence[Literal]:
    known, value = value_of(held)
    if known and isinstance(value, str):
        return [*dict.fromkeys(value)][:40]
    if held and held[0] == "s":
        return [each for known, each in map(value_of, held[2]) if known]
    return []


def _added(program: Program, item: Node, *, mapping: bool) -> Iterator[Program]:
    """To every container of the program."""
    for path, node in nodes(program):
        if node.kind in (LIST, TUPLE, SET) and not mapping:
            yield replaced(program, path, node._replace(children=(*node.children, item)))
        elif node.kind == DICT and item not in node.children[::2]:
            for value in (constant("a"), constant(1), Node(LIST, None, (constant("a"),)), constant(None)):
                yield replaced(program, path, node._replace(children=(*node.children, item, value)))


def _keyed(program: Program, key: Any) -> Iterator[Program]:
    known, value = value_of(key)
    if known and isinstance(value, (str, int)) and not isinstance(value, bool):
        if isinstance(value, str):
            yield from _added(program, constant(value), mapping=True)
        elif 0 <= value < 20:
            for path, node in nodes(program):
                if node.kind in (LIST, TUPLE) and len(node.children) <= value:
                    grown = (*node.children, *(constant("a"),) * (value + 1 - len(node.children)))
                    yield replaced(program, path, node._replace(children=grown))


def _of_type(program: Program, operands: list[Any]) -> Iterator[Program]:
    known, value = value_of(operands[0])
    kinds = [operands[1]] if operands[1][:1] == ["t"] else list(operands[1][2]) if operands[1][:1] == ["s"] else []
    wanted = [node for kind in kinds if kind[:1] == ["t"] for node in _instances(str(kind[1]))]
    for path, node in nodes(program):
        same = known and node.kind == CONSTANT and type(node.value) is type(value) and node.value == value
        container = operands[0][:1] == ["s"] and node.kind == operands[0][1]
        if (same or container) and len(path) > 1:
            for each in wanted:
                yield replaced(program, path, each)


def _instances(name: str) -> tuple[Node, ...]:
    module, _, qualname = name.partition(":")
    if module == "builtins":
        return EXAMPLES.get(qualname, (call(named(BUILTINS, qualname)),) if qualname in ("object", "frozenset") else ())
    return (Node("wanted", name),)


def _of_attribute(program: Program, operands: list[Any]) -> Iterator[Program]:
    """Something that has it, in the place of what was looked at."""
    _, name = value_of(operands[1]) if len(operands) > 1 else (False, None)
    wanted = BY_ATTRIBUTE.get(str(name), ())
    known, value = value_of(operands[0])
    for path, node in nodes(program):
        same = known and node.kind == CONSTANT and type(node.value) is type(value) and node.value == value
        container = operands[0][:1] == ["s"] and node.kind == operands[0][1]
        if (same or container) and len(path) > 1:
            for each in wanted:
                yield replaced(program, path, each)


def _texts(program: Program, held: list[Any], texts: Sequence[str]) -> Iterator[Program]:
    known, value = value_of(held)
    if known and isinstance(value, str):
        for path, _ in _leaves(program, value):
            for text in texts:
                yield replaced(program, path, constant(text))
        if value:
            for text in texts[:2]:
                yield from _within(program, value, text)


def _method(program: Program, name: str, operands: list[Any], rng: random.Random) -> Iterator[Program]:
    if name in ("match", "fullmatch", "search", "findall", "finditer", "sub", "split") and _pattern(operands):
        yield from _matched(program, name, operands, rng)
    elif name in ("get", "pop", "setdefault") and len(operands) > 1:
        yield from _keyed(program, operands[1])
    elif name in words.FORMATS:
        yield from _texts(program, operands[1] if len(operands) > 1 else operands[0], words.FORMATS[name])
    elif len(operands) > 1:
        yield from _affixed(program, name, operands[0], operands[1])
    else:
        yield from _classed(program, name, operands[0])


def _pattern(operands: list[Any]) -> tuple[str, int, Any] | None:
    """A pattern's method, or a function of `re` with the pattern as its first argument."""
    if operands[0][:1] == ["r"] and len(operands) > 1:
        return str(ast.literal_eval(operands[0][1])), int(operands[0][2]), operands[1]
    if operands[0] == ["o", "builtins:module"] and len(operands) > 2:
        known, value = value_of(operands[1])
        if operands[1][:1] == ["r"]:
            return str(ast.literal_eval(operands[1][1])), int(operands[1][2]), operands[2]
        if known and isinstance(value, str):
            return value, 0, operands[2]
    return None


def _matched(program: Program, name: str, operands: list[Any], rng: random.Random) -> Iterator[Program]:
    found = _pattern(operands)
    assert found is not None
    pattern, flags, subject = found
    known, value = value_of(subject)
    for _ in range(4):
        text = regexes.matching(pattern, rng, flags & ~32)
        if text is None:
            return
        for path, node in nodes(program):
            if node.kind != CONSTANT or not isinstance(node.value, str):
                continue
            if known and node.value == value:
                yield replaced(program, path, constant(text))
                if name not in ("match", "fullmatch"):
                    yield replaced(program, path, constant(node.value + text))
            elif known and isinstance(value, str) and value and value in node.value:
                yield replaced(program, path, constant(node.value.replace(value, text, 1)))


def _affixed(program: Program, name: str, held: list[Any], affix: Any) -> Iterator[Program]:
    known, value = value_of(held)
    _, piece = value_of(affix)
    pieces = [piece] if isinstance(piece, str) else [each for each in _members(affix) if isinstance(each, str)]
    if not known or not isinstance(value, str):
        return
    for each in pieces[:4]:
        for path, node in nodes(program):
            text = node.value
            if node.kind != CONSTANT or not isinstance(text, str) or not (text == value or (value and value in text)):
                continue
            middle = len(value) // 2
            changed = [each + value, value + each, value[:middle] + each + value[middle:]]
            if name in ("startswith", "removeprefix"):
                changed = [each + value, each]
            elif name in ("endswith", "removesuffix"):
                changed = [value + each, each]
            for made in changed:
                yield replaced(program, path, constant(text.replace(value, made, 1) if value else made))
            if each:
                yield replaced(program, path, constant(text.replace(each, "")))


CLASSED = {
    "isdigit": ("12", "a1"),
    "isnumeric": ("12", "a1"),
    "isdecimal": ("12", "1.5"),
    "isalpha": ("ab", "a1"),
    "isalnum": ("a1", "a-"),
    "isupper": ("AB", "Ab"),
    "islower": ("ab", "Ab"),
    "isspace": (" ", "a "),
    "isidentifier": ("a_b", "1a"),
    "istitle": ("Ab Cd", "ab"),
    "strip": (" a ", "   "),
    "lstrip": (" a",),
    "rstrip": ("a ", "a\n"),
    "split": ("a b", ""),
}


def _classed(program: Program, name: str, held: list[Any]) -> Iterator[Program]:
    yield from _texts(program, held, CLASSED.get(name, ()))
