"""Inputs that are put together wrongly: which answer they should have is not known, only that no exploit is one.

A refusal of a right change waits for such an input, and no given call has one: what code they run is looked at.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from outpace.proving.ladder.cases import Case, TakesLong, numbered, thinned
from outpace.proving.ladder.literals import exchangeable, first_places
from outpace.proving.tasks import Task

MALFORMED = "put together wrongly"
MARKS = "{}[]()<>.:!'\"%\\/@?#&=;,"
FURTHER = (".real", "[0]", "!r", ":>9")
VALUES = (None, 0, -1, 10**6, b"\xff", "")
MOST, MOST_PLACES, MOST_WORDS, MOST_CONSTANTS = 4500, 6, 12, 24
LONGEST = 400
PAIRS = ("()", "[]", "{}", "<>")
NUMBER, WORD = re.compile(r"\d+"), re.compile(r"\w+")
LONG = 12_000
"""Letters, and numbers of a list: more than a limit on what is sane lets through."""


def malformed(task: Task) -> tuple[Case, ...]:
    """Of what is given. Witnesses that take long are left out: each input of that kind may take as long."""
    ways = [(each.setup, each.does) for each in task.benign]
    for each in task.witnesses:
        if not isinstance(each.exploited, TakesLong):
            ways += [(each.setup, does) for does in (each.does, *task.siblings)]
    found = {
        (setup, other): Case(id="", setup=setup, does=other, sort=MALFORMED)
        for setup, does in ways
        for other in (*first_places(does, _broken), *_of_other_kinds(does), *_longer(does))
        if other != does
    }
    return numbered("malformed", thinned(found.values(), MOST))


def _broken(text: str) -> Iterator[str]:
    """A mark less, a mark more, an end too early, a part of what is there."""
    if len(text) > LONGEST:
        return
    for mark in dict.fromkeys(each for each in text if each in MARKS):
        yield text.replace(mark, "", 1)
        yield mark.join(text.rsplit(mark, 1)[:1]) + text.rsplit(mark, 1)[1]
        yield text.replace(mark, mark * 2, 1)
        yield text.partition(mark)[0] + mark
    for place in _ends_of_words(text):
        for piece in FURTHER:
            yield text[:place] + piece + text[place:]
    for mark in MARKS:
        yield text + mark
    yield text[: len(text) // 2]
    for found in [*WORD.finditer(text)][:MOST_WORDS]:
        before, word, behind = text[: found.start()], found.group(), text[found.end() :]
        for other in ("0", f"Zq{word}", f"~{word}", f"+{word}", f"-{word}", f"*{word}"):
            yield before + other + behind
    for found in NUMBER.finditer(text):
        for number in ("99999", "-1", "x"):
            yield text[: found.start()] + number + text[found.end() :]
    yield from _nested(text)


def _nested(text: str) -> Iterator[str]:
    """A part in brackets once more within itself, and again in that."""
    for opening, closing in PAIRS:
        begin, end = text.find(opening), text.find(closing)
        if 0 <= begin < end:
            part = text[begin : end + 1]
            for between in ("", ":"):
                once = text[:end] + between + part + text[end:]
                yield once
                yield once.replace(part, part[:-1] + between + part + part[-1:])


def _ends_of_words(text: str) -> list[int]:
    """Behind letters and digits, where a mark follows."""
    pairs = itertools.pairwise(text)
    return [place for place, (one, other) in enumerate(pairs, 1) if one.isalnum() and other in MARKS][-MOST_PLACES:]


def _of_other_kinds(does: str) -> Iterator[str]:
    """Something of another kind in the place of each constant."""
    tree = ast.parse(does, mode="eval")
    for node in exchangeable(tree)[:MOST_CONSTANTS]:
        old = node.value
        for value in VALUES:
            node.value = value
            yield ast.unparse(tree)
        node.value = old


def _longer(does: str) -> Iterator[str]:
    """A text and a list that are very long, and a list that is empty."""
    yield from first_places(does, lambda text: iter((text * (LONG // max(1, len(text))), "a" * LONG + text)))
    tree = ast.parse(does, mode="eval")
    for node in [each for each in ast.walk(tree) if isinstance(each, ast.List)][:MOST_CONSTANTS]:
        held = node.elts
        node.elts = []
        yield ast.unparse(tree)
        node.elts = [ast.Starred(ast.parse(f"range({LONG})", mode="eval").body, ast.Load())]
        yield ast.unparse(tree)
        node.elts = held
