"""A program changed a little: another argument, a text with a piece more or less, a number beside it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .programs import (
    ATTRIBUTE,
    CALL,
    CONSTANT,
    DICT,
    LIST,
    SET,
    TUPLE,
    VARIABLE,
    Literal,
    Node,
    Program,
    constant,
    nodes,
    replaced,
)

if TYPE_CHECKING:
    from .callables import Target
    from .search import Kept
    from .values import Values

LONGEST = 1000
ALPHABET = "abzAZ019 _-.,:;/@#'\"\\\n\t()[]{}<>=+*&%$é"


def changed(program: Program, target: Target, values: Values, kept: Sequence[Kept], rng: random.Random) -> Program:
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        chance = rng.random()
        if chance < 0.15:
            program = _argument_of_another(program, target, kept, rng)
        elif chance < 0.35:
            program = _argument_drawn(program, target, values, rng)
        elif chance < 0.4:
            program = _keyword_less(program, rng)
        else:
            program = _leaf(program, values.texts(target), rng)
    return program


def _keyword_less(program: Program, rng: random.Random) -> Program:
    calls = [(path, node) for path, node in nodes(program) if node.kind == CALL and node.keywords]
    if not calls:
        return program
    path, node = rng.choice(calls)
    place = rng.randrange(len(node.keywords))
    at = len(node.children) - len(node.keywords) + place
    fewer = node._replace(
        children=(*node.children[:at], *node.children[at + 1 :]),
        keywords=(*node.keywords[:place], *node.keywords[place + 1 :]),
    )
    return replaced(program, path, fewer)


def _leaf(program: Program, texts: Sequence[str], rng: random.Random) -> Program:
    leaves = [
        (path, node) for path, node in nodes(program) if node.kind == CONSTANT or node.kind in (LIST, TUPLE, SET, DICT)
    ]
    if not leaves:
        return program
    path, node = rng.choice(leaves)
    if node.kind == CONSTANT:
        if isinstance(node.value, str) and texts and rng.random() < 0.35:
            return replaced(program, path, constant(_with_word(node.value, rng.choice(texts), rng)))
        return replaced(program, path, constant(tweaked(node.value, rng)))
    return replaced(program, path, _container(node, rng))


def tweaked(value: Literal, rng: random.Random) -> Literal:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice((value + 1, value - 1, -value, 0, value * 2, value + 10, value // 2))
    if isinstance(value, float):
        return rng.choice((value + 1, value - 1, -value, 0.0, value * 2, value / 2, float(int(value))))
    if isinstance(value, str):
        return _text(value, rng)
    if isinstance(value, bytes):
        place = rng.randint(0, len(value))
        return rng.choice((value[:place], value + b"a", value[:place] + b"\x00" + value[place:]))
    return value


def _with_word(value: str, word: str, rng: random.Random) -> str:
    """A text of the module, put in somewhere, in a line of its own or not."""
    place = rng.randint(0, len(value))
    lines = value.split("\n")
    line = rng.randint(0, len(lines))
    indent = rng.choice(("", "    ", "  "))
    written = indent + word + rng.choice(("", ":", ": a", " a", "=1"))
    return rng.choice(
        (
            value[:place] + word + value[place:],
            word + value,
            value + word,
            "\n".join((*lines[:line], written, *lines[line:])),
            "\n".join((*lines[:line], written, *lines[line:])),
        )
    )[:LONGEST]


def _text(value: str, rng: random.Random) -> str:
    place = rng.randint(0, len(value))
    other = rng.randint(place, len(value))
    letter = rng.choice(ALPHABET)
    return rng.choice(
        (
            value[:place] + value[other:],
            value[:place] + letter + value[place:],
            value[:place] + letter + value[place + 1 :],
            value[:place] + value[place + 1 :],
            value[place:other] or value,
            value[:other] + value[place:],
            value.upper(),
            value.lower(),
            value.swapcase(),
            letter + value,
            value + letter,
            value[::-1],
        )
    )


def _container(node: Node, rng: random.Random) -> Node:
    step = 2 if node.kind == DICT else 1
    items = [node.children[place : place + step] for place in range(0, len(node.children), step)]
    if not items:
        return node
    chance = rng.random()
    if chance < 0.4:
        items.pop(rng.randrange(len(items)))
    elif chance < 0.7 and step == 1:
        items.insert(rng.randrange(len(items) + 1), rng.choice(items))
    else:
        rng.shuffle(items)
    return node._replace(children=tuple(each for item in items for each in item))


def _argument_of_another(program: Program, target: Target, kept: Sequence[Kept], rng: random.Random) -> Program:
    others = [each.program for each in kept if each.target.name == target.name and each.program != program]
    if not others:
        return program
    mine, theirs = _arguments(program[-1]), _arguments(rng.choice(others)[-1])
    count = min(len(mine), len(theirs))
    if not count:
        return program
    place = rng.randrange(count)
    node = theirs[place][1]
    if any(each.kind == VARIABLE for _, each in nodes((node,))):
        return program
    return replaced(program, (len(program) - 1, *mine[place][0]), node)


def _arguments(node: Node) -> list[tuple[tuple[int, ...], Node]]:
    """Of the outermost call of the target."""
    if node.kind == CALL and node.children[0].kind in ("name", ATTRIBUTE, VARIABLE):
        inner = node.children[1] if len(node.children) == 2 and node.children[1].kind == CALL else None
        if inner is not None and node.children[0].value == "asyncio:run":
            return [((1, *path), each) for path, each in _arguments(inner)]
        return [((place,), each) for place, each in enumerate(node.children) if place]
    return []


def _argument_drawn(program: Program, target: Target, values: Values, rng: random.Random) -> Program:
    """One drawn afresh, everything else as it is."""
    fresh = values.fresh(target, rng)
    if len(fresh) == len(program) > 1 and rng.random() < 0.5:
        return (*fresh[:-1], program[-1])
    mine, theirs = _arguments(program[-1]), _arguments(fresh[-1])
    count = min(len(mine), len(theirs))
    if not count or program[-1].keywords != fresh[-1].keywords:
        return (*program[:-1], fresh[-1]) if len(fresh) == len(program) else fresh
    place = rng.randrange(count)
    return replaced(program, (len(program) - 1, *mine[place][0]), theirs[place][1])
