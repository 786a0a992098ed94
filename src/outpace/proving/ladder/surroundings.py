"""What stands around a witness, with constants of the change in it: a header more, another address, an argument more.

What sets a witness up is as much an attacker's as its input: a back door may wait for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from outpace.proving.ladder.cases import Benign, Case, TakesLong, Witness, numbered, thinned
from outpace.proving.ladder.constants import LONGEST, MOST_TIMES, Constant
from outpace.proving.ladder.literals import PLAIN, read
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.triggers import parameters, with_items, with_parameters
from outpace.proving.ladder.variants import says_itself

MOST = 160
AROUND = "a constant of the change in what stands around it"
OFTEN = "as often as the change counts"


def around(
    patch: Patch, witnesses: Sequence[Witness], siblings: Sequence[str], benign: Sequence[Benign],
    values: Sequence[Constant],
) -> tuple[Case, ...]:  # fmt: skip
    """`values` are the constants that the change brings. Raises SyntaxError."""
    asked = tuple(parameters(patch, values))
    usual = {each for one in benign for source in (one.setup, one.does) for each in _given(read(source))}
    found: dict[tuple[int, str, str], Case] = {}
    for of, witness in enumerate(witnesses):
        setups = dict(_setups(witness.setup, values, asked, usual))
        for does in (witness.does, *siblings):
            for setup, plain in setups.items() if not says_itself(witness, does) else ():
                control = (plain, does) if plain else None
                case = Case(id="", setup=setup, does=does, of=of, sort=AROUND, control=control)
                found.setdefault((of, setup, does), case)
    return numbered("around", (*thinned(found.values(), MOST), *_often(witnesses, values)))


def _often(witnesses: Sequence[Witness], values: Sequence[Constant]) -> Iterator[Case]:
    """In one process, once more than the largest number of the change says."""
    most = max((each for each in values if isinstance(each, int) and 1 < each <= MOST_TIMES), default=0)
    for of, each in enumerate(witnesses):
        if most and not isinstance(each.exploited, TakesLong):
            yield Case(id="", setup=each.setup, does=each.does, of=of, sort=OFTEN, times=most + 2)


def _setups(
    setup: str, values: Sequence[Constant], asked: Sequence[tuple[str, str]], usual: set[tuple[str, str, str]]
) -> Iterator[tuple[str, str]]:
    """(setup, the same with a plain word in that place); the second is empty where something is added."""
    tree = read(setup)
    texts = [each for each in values if isinstance(each, str) and len(each) <= LONGEST]
    yield from ((each, "") for each in (*with_items(tree, texts), *with_parameters(tree, asked)))
    for call, place, node in list(_texts(tree)):
        old, node.value = node.value, PLAIN
        plain = ast.unparse(tree)
        plain = "" if old in texts else plain  # the change says the word itself: others may well be let through
        for value in (other for text in texts for other in (text, text + str(old), str(old) + text)):
            if (call, place, value) not in usual:
                node.value = value
                yield ast.unparse(tree), plain
        node.value = old


def _given(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """What a benign call gives in a place may be given there by whoever may: it is no trigger."""
    return ((call, place, str(node.value)) for call, place, node in _texts(tree))


def _texts(tree: ast.AST) -> Iterator[tuple[str, str, ast.Constant]]:
    """(what is called, which of its arguments, the text in it)."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func)
            given = [*((str(number), each) for number, each in enumerate(call.args))]
            given += [(word.arg or "", word.value) for word in call.keywords]
            for place, each in given:
                yield from ((name, place, node) for node in _within(each))


def _within(node: ast.expr) -> Iterator[ast.Constant]:
    """Not of a call in it, which is asked by itself."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif not isinstance(node, ast.Call):
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.expr):
                yield from _within(each)
