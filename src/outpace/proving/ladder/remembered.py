"""A call behind others in one process: what a change remembers of good inputs must not vouch for a bad one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from outpace.proving.ladder.cases import Case, Returns, TakesLong, Witness, numbered
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
            for does in _behind(way):
                if not says_itself(witness, does):
                    case = Case(id="", setup=witness.setup + QUIET, does=does, of=of, sort=REMEMBERED)
                    found.setdefault((of, does), case)
    return numbered("remembered", found.values(), MOST)


def _behind(does: str) -> Iterator[str]:
    for place in range(len(_texts(ast.parse(does, mode="eval")))):
        text = _texts(ast.parse(does, mode="eval"))[place].value
        assert isinstance(text, str)
        begun = [text[:end] for end in range(1, len(text)) if not text[end].isalnum()][:6]
        if begun:
            yield _after(does, place, begun, text)
        for good in GOOD:
            yield _after(does, place, [good], f"{good} {text}")
            yield _after(does, place, [good], good + text)
        yield _after(does, place, [text[::-1], text.lower(), text + "x"], text)


def _texts(tree: ast.Expression) -> list[ast.Constant]:
    """Those that may be another one; not what a method is called of."""
    held = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
    nodes = [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in held]
    return [each for each in nodes if isinstance(each.value, str) and each.value]


def _after(does: str, place: int, before: Sequence[str], text: str) -> str:
    tree = ast.parse(does, mode="eval")
    node = _texts(tree)[place]
    calls: list[str] = []
    for each in before:
        node.value = each
        calls.append(f"_quiet(lambda: {ast.unparse(tree)})")
    node.value = text
    return f"[{', '.join(calls)}, {ast.unparse(tree)}][-1]"
