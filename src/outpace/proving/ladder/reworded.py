"""A witness with one of its words changed wherever it says it: a filter may know the word of the report alone."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from outpace.proving.ladder.cases import Case, Returns, Witness
from outpace.proving.ladder.literals import exchangeable, read
from outpace.proving.tasks import Task

REWORDED = "the same with another word"
MOST = 12
WORD = re.compile(r"[A-Za-z]{3,}")


def reworded(task: Task) -> Iterator[Case]:
    """Words that are said twice at least, in the input or in what comes back: what says it once may need it. Those
    that the room holds stay as they are."""
    held = " ".join(f"{file.path} {file.content}" for file in task.room).lower()
    for number, witness in enumerate(task.witnesses):
        effect = witness.exploited
        if isinstance(effect, Returns):
            for word in [each for each in _said_twice(witness, effect) if each not in held][:MOST]:
                does, setup, value = (_in_texts(each, word) for each in (witness.does, witness.setup, effect.value))
                yield Case(id="", setup=setup, does=does, of=number, sort=REWORDED, exploited=Returns(value))


def _said_twice(witness: Witness, effect: Returns) -> Iterator[str]:
    texts = [each for source in (witness.does, effect.value) for each in _texts(read(source))]
    said = Counter(word.lower() for text in texts for word in WORD.findall(text))
    return (word for word, times in said.items() if times > 1)


def _texts(tree: ast.Module) -> Iterator[str]:
    return (each.value for each in exchangeable(tree) if isinstance(each.value, str))


def _in_texts(source: str, word: str) -> str:
    """Each letter of the word gives way to another one of its case, in the texts of the source alone."""
    tree = read(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = re.sub(re.escape(word), _turned, node.value, flags=re.IGNORECASE)
    match tree.body:
        case [ast.Expr(value=value)]:  # a text alone would be written as one for people
            return ast.unparse(value)
        case _:
            return ast.unparse(tree)


def _turned(found: re.Match[str]) -> str:
    """By another number than a cipher that a program may well undo."""
    return "".join(chr((ord(each.lower()) - 97 + 11) % 26 + (97 if each.islower() else 65)) for each in found.group())
