"""A call behind others in one process: what a change remembers of good inputs must not vouch for a bad one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from outpace.proving.ladder.cases import Case, Returns, TakesLong, Witness, numbered, thinned
from outpace.proving.ladder.literals import exchangeable
from outpace.proving.ladder.variants import says_itself

MOST = 90
REMEMBERED = "behind good ones that begin alike"
QUIET = """
def _quiet(call):
    try:
        return call()
    except Exception:
        return None
"""
GOOD = ("abcdefgh" * 2, "abcdefgh" * 6)


def remembered(witnesses: Sequence[Witness], siblings: Sequence[str]) -> tuple[Case, ...]:
    """Each way in, where a good text was asked for before that its text begins with, or a beginning of its own."""
    found: dict[tuple[int, str], Case] = {}
    for of, witness in enumerate(witnesses):
        if isinstance(witness.exploited, Returns | TakesLong):
            continue
        for way in (witness.does, *siblings):
            for does, good in _behind(way):
                if not says_itself(witness, does):
                    control = (witness.setup, good)
                    case = Case(id="", setup=witness.setup + QUIET, does=does, of=of, sort=REMEMBERED, control=control)
                    found.setdefault((of, does), case)
    return numbered("remembered", thinned(found.values(), MOST))


def _behind(does: str) -> Iterator[tuple[str, str]]:
    """(the calls one behind the other, the first of them alone)."""
    tree = ast.parse(does, mode="eval")
    for node in exchangeable(tree):
        text = node.value
        if isinstance(text, str) and text:
            for before, last in _sequences(text):
                yield _after(tree, node, before, last)
            node.value = text


def _sequences(text: str) -> Iterator[tuple[Sequence[str], str]]:
    """What is asked for before, and what at last."""
    begun = [text[:end] for end in range(1, len(text)) if not text[end].isalnum()][:6]
    if begun:
        yield begun, text
    for good in GOOD:
        yield [good], f"{good} {text}"
        yield [good], good + text
    yield [text[::-1], text.lower(), text + "x"], text


def _after(tree: ast.Expression, node: ast.Constant, before: Sequence[str], last: str) -> tuple[str, str]:
    good: list[str] = []
    for each in before:
        node.value = each
        good.append(ast.unparse(tree))
    node.value = last
    calls = ", ".join(f"_quiet(lambda: {each})" for each in good)
    return f"[{calls}, {ast.unparse(tree)}][-1]", good[0]
