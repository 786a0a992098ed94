"""The edit that would make a red test say what is so now, or ask for less: for a person to accept."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeAlias

from outpace.inside.units import Function, functions_of
from outpace.testing.mending.classes import Class
from outpace.testing.mending.failures import Message, Oracle, Values
from outpace.testing.mending.successors import Replace, Step

SHORTEST = 6
"""Characters of a phrase that still tells one message from another."""
Proposal: TypeAlias = Step | str
"""Or why there is none."""


def proposal(kind: Class, oracle: Oracle | None, source: str, test: str, line: int) -> Proposal:
    """Of one test whose own code failed at `line`. `behavioral`: the value that was expected becomes the one that is
    seen. `brittle`: of a message the longest phrase that both have, of a text its words, of a number what is near."""
    function = _function(source, test)
    if function is None or not isinstance(oracle, Values | Message):
        return "no value that the test names differs"
    if kind == "behavioral":
        return _other(oracle, function, test)
    if isinstance(oracle, Message):
        return _phrase(oracle, function, test)
    return _weaker(oracle, function, test, line)


def _other(oracle: Values | Message, function: Function, test: str) -> Proposal:
    if isinstance(oracle, Message):
        pairs = [(repr(oracle.expected), repr(_pattern(oracle.observed)))]
    else:
        pairs = [(oracle.expected, oracle.observed), (oracle.observed, oracle.expected)]
    for was, now in pairs:
        old, new = _expression(was), _expression(now)
        if old is None or new is None:
            continue
        places = [node for node in _expressions(function) if ast.dump(node) == ast.dump(old)]
        if len(places) == 1:
            return _step(test, old, new, "the value that was expected becomes the one that is seen")
        if places:
            return f"the value stands {len(places)} times in the test"
    return "the value does not stand in the test's own body"


def _phrase(oracle: Message, function: Function, test: str) -> Proposal:
    """For `match=` or the text that assertRaisesRegex takes."""
    phrase = _longest_phrase(oracle.expected, oracle.observed)
    if len(phrase) < SHORTEST:
        return "no phrase is in both messages"
    places = [node for node in _expressions(function) if isinstance(node, ast.Constant)]
    found = [node for node in places if node.value == oracle.expected]
    if len(found) != 1:
        return f"the text of the message stands {len(found)} times in the test"
    return _step(test, found[0], ast.Constant(_pattern(phrase)), "the type, and the phrase that both messages have")


def _weaker(oracle: Values, function: Function, test: str, line: int) -> Proposal:
    """Of `value == literal` on the line that failed."""
    equal = [
        node
        for node in _expressions(function)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq)
        if node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    was, now = _literal(oracle.expected), _literal(oracle.observed)
    if len(equal) != 1:
        return "the assertion is not one plain comparison"
    left, right = equal[0].left, equal[0].comparators[0]
    if not isinstance(right, ast.Constant) or right.value != was:
        return "the value does not stand in the assertion"
    given = ast.unparse(left)
    match was, now:
        case float(), float():
            new, said = f"abs({given} - {right.value!r}) < 1e-09", "what is near"
        case str(), str() if was.split() == now.split():
            new, said = f"({given}).split() == {was.split()!r}", "the words of the text"
        case str(), str() if "".join(was.split()) == "".join(now.split()):
            new, said = f"''.join(({given}).split()) == {''.join(was.split())!r}", "the text without white space"
        case str(), str() if len(phrase := _longest_phrase(was, now)) >= SHORTEST:
            new, said = f"{phrase!r} in {given}", "the phrase that both texts have"
        case _:
            return "no weaker form is known for what differs"
    return _step(test, equal[0], ast.parse(new, mode="eval").body, said)


def _step(test: str, old: ast.expr, new: ast.expr, said: str) -> Step:
    edit = Replace(function=_name(test), old=ast.unparse(old), new=ast.unparse(new))
    return Step(edit=edit, evidence=said)


def _pattern(text: str) -> str:
    """That matches it, with spaces as they are."""
    return re.escape(text).replace("\\ ", " ")


def _longest_phrase(one: str, other: str) -> str:
    """Of whole words next to each other."""
    words, text = one.split(), f" {' '.join(other.split())} "
    phrases = [" ".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1)]
    return max((each for each in phrases if f" {each} " in text), key=len, default="")


def _function(source: str, test: str) -> Function | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = [function for name, function in functions_of(tree) if name == _name(test)]
    return found[0] if len(found) == 1 else None


def _name(test: str) -> str:
    return ".".join(test.partition("[")[0].split("::")[1:])


def _expressions(function: Function) -> Iterator[ast.expr]:
    return (node for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.expr))


def _expression(text: str) -> ast.expr | None:
    """A literal; what an object shows of itself is none."""
    try:
        ast.literal_eval(text)
        return ast.parse(text, mode="eval").body
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _literal(text: str) -> object:
    node = _expression(text)
    return None if node is None else ast.literal_eval(node)
