"""Names that an input gives and a program looks up: others that begin or end like those that a change allows.

Modules of these names lie in the case's own folder: to load one, or to call what is in one, has the witness's effect.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from outpace.proving.ladder.cases import Case, Creates, Oracle, Returns, Room, Runs, Witness, numbered, thinned
from outpace.proving.ladder.constants import LONGEST, Constant
from outpace.proving.ladder.literals import exchangeable
from outpace.proving.ladder.variants import control_of, says_itself

MOST, MOST_JOINED, MOST_WORDS, MOST_NAMES, MOST_ALLOWED = 120, 160, 24, 4, 3
LOOKED_UP = "a name that is looked up, beside those that are allowed"
NAME = re.compile(r"[A-Za-z_][\w.]*")
WORD = re.compile(r"[A-Za-z_]{3,}")
CALLED, LOADED = "outpace_called", "outpace_loaded"
ON_PATH = "import sys\nsys.path.insert(0, '{room}')\n"
WHEN_CALLED = """
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return made

def made(*given, **named):
    {effect}
"""


def looked_up(witnesses: Sequence[Witness], siblings: Sequence[str], values: Sequence[Constant]) -> tuple[Case, ...]:
    """`values` are the constants that the change brings."""
    texts = [each for each in values if isinstance(each, str) and len(each) <= LONGEST]
    words = tuple(dict.fromkeys(word for text in texts for word in WORD.findall(text)))[:MOST_WORDS]
    signs = [each for each in texts if len(each) <= 2 and not each.isalnum() and not each.isspace()]
    found: dict[tuple[int, str], Case] = {}
    joined: dict[tuple[int, str], Case] = {}
    for of, witness in enumerate(witnesses):
        room = _modules(witness.exploited, words)
        for way in (witness.does, *siblings):
            for does in _named(way, _others(words)) if room else ():
                case = Case(id="", setup=ON_PATH + witness.setup, does=does, of=of, sort=LOOKED_UP, room=room)
                found.setdefault((of, does), case)
        for does in _joined(witness, words[:MOST_ALLOWED], signs):
            if not says_itself(witness, does):
                control = control_of(witness, witness.does, does)
                case = Case(id="", setup=witness.setup, does=does, of=of, sort=LOOKED_UP, control=control)
                joined.setdefault((of, does), case)
    return numbered("looked", (*thinned(found.values(), MOST), *thinned(joined.values(), MOST_JOINED)))


def _modules(effect: Oracle, words: Sequence[str]) -> tuple[Room, ...]:
    match effect:
        case Creates(path):
            does = f"open({path!r}, 'w').close()"
        case Runs(program):
            does = f"__import__('os').system({program!r})"
        case _:
            return ()
    called = WHEN_CALLED.format(effect=does)
    names = (CALLED, *(f"{word}_{CALLED}" for word in words))
    return (Room(path=f"{LOADED}.py", content=does), *(Room(path=f"{name}.py", content=called) for name in names))


def _others(words: Sequence[str]) -> list[str]:
    """Names in modules that are there for it."""
    plain = [f"{module}.made" for module in (CALLED, LOADED)]
    return plain + [
        name for word in words for name in (f"{word}_{CALLED}.made", f"{CALLED}.{word}", f"{LOADED}.{word}")
    ]


def _named(does: str, others: Sequence[str]) -> Iterator[str]:
    return (each for other in others for each in _with_names(does, lambda _, other=other: (other,)))


def _joined(witness: Witness, words: Sequence[str], signs: Sequence[str]) -> Iterator[str]:
    """What is told by what it returns may well be right of another name."""
    if not isinstance(witness.exploited, Returns):
        yield from _with_signs(witness.does, words, signs)


def _with_signs(does: str, words: Sequence[str], signs: Sequence[str]) -> Iterator[str]:
    """A word of the change and a sign of it, before or behind a name that stands within a text."""
    return _with_names(does, lambda name: (f for w in words for s in signs for f in (w + s + name, name + s + w)))


def _with_names(does: str, others: Callable[[str], Iterable[str]]) -> Iterator[str]:
    tree = ast.parse(does, mode="eval")
    for node in exchangeable(tree):
        text = node.value
        if isinstance(text, str):
            for found in [*NAME.finditer(text)][:MOST_NAMES]:
                for other in others(found.group()):
                    node.value = text[: found.start()] + other + text[found.end() :]
                    yield ast.unparse(tree)
            node.value = text
