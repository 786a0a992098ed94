"""Pairs of inputs that differ in their length alone: what is refused of a short one is not let through of a long one.

For witnesses that are told by what comes back, where another input may well be one that may have that answer: here the
change itself says of the short one that it may not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import structs

from outpace.proving.ladder.cases import Case, Returns, Trials, Witness, thinned
from outpace.proving.ladder.constants import Constant
from outpace.proving.ladder.literals import exchangeable
from outpace.proving.ladder.witness import effects

MOST = 160
PIECES = ("a", "0", "/", " ", "./")
LONG = 5000  # more digits than Python reads as a number
MOST_LENGTHS = 12
STRETCHED = "the same, but longer"
Pair: TypeAlias = tuple[Case, Case]


def stretched(witnesses: Sequence[Witness], siblings: Sequence[str], values: Sequence[Constant]) -> tuple[Pair, ...]:
    """`values` are the constants that the change brings: each number may be a length."""
    numbers = [each for each in values if isinstance(each, int) and 1 < each <= LONG * 2]
    lengths = [*numbers[:MOST_LENGTHS], LONG]
    found = [
        (Case(id="", setup=each.setup, does=short, of=of), Case(id="", setup=each.setup, does=long, of=of))
        for of, each in enumerate(witnesses)
        if isinstance(each.exploited, Returns)
        for way in (each.does, *siblings)
        for short, long in _ways(way, lengths)
    ]
    return tuple(
        (_named(one, n, "short"), _named(other, n, "long")) for n, (one, other) in enumerate(thinned(found, MOST))
    )


def _ways(does: str, lengths: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Something little before or behind a text, and so much of it that the text has a length, or begins there."""
    tree = ast.parse(does, mode="eval")
    for node in exchangeable(tree):
        text = node.value
        if not isinstance(text, str):
            continue
        for piece in PIECES:
            for front in (True, False):
                node.value = _with(text, piece * 2, front=front)
                short = ast.unparse(tree)
                for length in lengths:
                    node.value = _with(text, piece * (length // len(piece) + 1), front=front)
                    yield short, ast.unparse(tree)
        node.value = text


def _with(text: str, pad: str, *, front: bool) -> str:
    return pad + text if front else text + pad


def _named(case: Case, number: int, side: str) -> Case:
    return structs.replace(case, id=f"stretched-{number}-{side}", sort=STRETCHED)


def told(witnesses: Sequence[Witness], pairs: Sequence[Pair], base: Trials, change: Trials) -> str:
    """A sentence on the first; empty where there is none."""
    for short, long in pairs:
        on_base = [effects(witnesses[case.of], base.get(case.id, ())) for case in (short, long)]
        on_change = [effects(witnesses[case.of], change.get(case.id, ())) for case in (short, long)]
        if all(map(any, on_base)) and on_change[0] and not any(on_change[0]) and any(on_change[1]):
            return f"still exploited by a longer input, and not by a shorter one, held out: {STRETCHED}"
    return ""
