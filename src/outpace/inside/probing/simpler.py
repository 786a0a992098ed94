"""Programs a little simpler than another: fewer arguments, shorter texts, smaller numbers, plainer letters."""

from __future__ import annotations

from collections.abc import Iterator

from .programs import (
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
    source,
)

MOST_PLACES = 10


def weight(program: Program) -> tuple[int, int, str]:
    """Shorter is simpler; of the same length, the one with fewer odd characters."""
    text = source(program)
    odd = sum(not (letter.isalnum() and letter.isascii()) for letter in text) + sum(letter.isupper() for letter in text)
    return (len(text), odd, text)


def simpler(program: Program) -> list[Program]:
    """Each once, the boldest steps first."""
    bound = weight(program)
    found = {source(each): each for each in _steps(program)}
    return sorted((each for each in found.values() if weight(each) < bound), key=weight)


def _steps(program: Program) -> Iterator[Program]:
    yield from _without_statements(program)
    for path, node in nodes(program):
        if node.kind == CALL:
            yield from (replaced(program, path, each) for each in _calls(node))
        elif len(path) > 1 and node.kind in (LIST, TUPLE, SET, DICT):
            yield from (replaced(program, path, each) for each in _containers(node))
        elif node.kind == CONSTANT and len(path) > 1:
            yield from (replaced(program, path, constant(each)) for each in constants(node.value))


def _without_statements(program: Program) -> Iterator[Program]:
    """What nothing behind it speaks of."""
    for place in range(len(program) - 1):
        rest = program[place + 1 :]
        if not any(node.kind == VARIABLE and node.value == place for _, node in nodes(rest)):
            yield (*program[:place], *(_earlier(node, place) for node in rest))


def _earlier(node: Node, gone: int) -> Node:
    if node.kind == VARIABLE and isinstance(node.value, int) and node.value > gone:
        return node._replace(value=node.value - 1)
    return node._replace(children=tuple(_earlier(child, gone) for child in node.children))


def _calls(node: Node) -> Iterator[Node]:
    plain = len(node.children) - len(node.keywords)
    for place in range(len(node.keywords)):
        words = (*node.keywords[:place], *node.keywords[place + 1 :])
        children = (*node.children[: plain + place], *node.children[plain + place + 1 :])
        yield node._replace(children=children, keywords=words)
    if plain > 1:
        yield node._replace(children=(*node.children[: plain - 1], *node.children[plain:]))


def _containers(node: Node) -> Iterator[Node]:
    step = 2 if node.kind == DICT else 1
    yield node._replace(children=())
    for place in range(0, min(len(node.children), step * MOST_PLACES), step):
        yield node._replace(children=(*node.children[:place], *node.children[place + step :]))


def constants(value: Literal) -> Iterator[Literal]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield from (0, 1, value // 2, value // 10)
    elif isinstance(value, float):
        yield from (
            0.0,
            1.0,
            0.5,
            round(value, 1) if abs(value) < 1e15 else 0.5,
            float(int(value)) if abs(value) < 1e15 else 0.0,
        )
    elif isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, bytes):
        yield from (b"", value[: len(value) // 2], value[len(value) // 2 :], b"a" * len(value))


def _texts(value: str) -> Iterator[str]:
    yield ""
    half = len(value) // 2
    yield from (value[:half], value[half:], value.lower(), "a" * len(value))
    step = max(1, len(value) // MOST_PLACES)
    for place in range(0, len(value), step):
        yield value[:place] + value[place + step :]
    for place in range(0, len(value), step):
        if not value[place].isalnum() or not value[place].isascii() or value[place].isupper():
            yield value[:place] + "a" + value[place + 1 :]
