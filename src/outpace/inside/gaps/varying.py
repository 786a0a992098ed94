"""A test's text with other values in it: numbers beside those of the code, its words, an argument more or less."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from ..mutants.text import Edit, edited
from ..probing.changes import tweaked
from ..probing.programs import literal
from .assertions import Style, quoted
from .drafts import Draft

Value = Any
MOST_TEXT = 2000
USUAL: tuple[Value, ...] = (True, False, None, 0, 1, 2, -1, "", "a", "a b")


class Words(NamedTuple):
    """What the function that is looked at speaks of: its constants, those of the mutant first, and its parameters."""

    constants: tuple[Value, ...]
    parameters: tuple[str, ...]


def words_of(function: ast.FunctionDef | ast.AsyncFunctionDef, before: str, after: str) -> Words:
    near = [*_constants(_parsed(before)), *pieces(before, after)]
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return Words(
        (*near, *near, *near, *_constants(function)), tuple(each for each in names if each not in ("self", "cls"))
    )


def pieces(before: str, after: str) -> list[Value]:
    """Constants of a mutant that the code has not; of texts also their letters."""
    known = _constants(_parsed(before))
    fresh = [each for each in _constants(_parsed(after)) if each not in known]
    texts = [each for each in fresh if isinstance(each, str)]
    return [*fresh, *(letter for text in texts for letter in dict.fromkeys(re.findall(r"\w", text)))]


def _parsed(snippet: str) -> ast.AST:
    """An expression where it is one: a text alone is no document."""
    for mode in ("eval", "exec"):
        try:
            return ast.parse(snippet.strip(), mode=mode)
        except (SyntaxError, ValueError):
            continue
    return ast.Pass()


def _constants(tree: ast.AST) -> list[Value]:
    bare = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    return [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant) and id(each) not in bare and isinstance(each.value, (str, int, float, bytes))
    ]


def varied(draft: Draft, words: Words, style: Style, rng: random.Random) -> str | None:
    """The source with one to three changes; None where it came out as it was or as no Python."""
    edits: list[Edit] = []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        edit = _edit(draft, words, style, rng)
        if edit is not None and all(edit.end <= each.start or edit.start >= each.end for each in edits):
            edits.append(edit)
    content = draft.source.encode()
    found = edited(content, edits, 0, len(content)).decode()
    if found == draft.source:
        return None
    try:
        ast.parse(found)
    except (SyntaxError, ValueError):
        return None
    return found


def _edit(draft: Draft, words: Words, style: Style, rng: random.Random) -> Edit | None:
    literals, calls, containers = _sites(draft)
    chance = rng.random()
    if calls and (chance < 0.2 or not literals):
        return _argument(draft, rng.choice(calls), words, style, rng)
    if containers and chance < 0.3:
        return _item(draft, rng.choice(containers), rng)
    if not literals:
        return None
    node = rng.choice(literals)
    pool = [each.value for each in literals if type(each.value) is type(node.value)]
    value = changed(node.value, words, pool, rng)
    return Edit(draft.text.start(node), draft.text.end(node), _written(value, style).encode())


def _written(value: Value, style: Style) -> str:
    return quoted(literal(value), style)


def _sites(draft: Draft) -> tuple[list[ast.Constant], list[ast.Call], list[ast.List | ast.Tuple]]:
    literals: list[ast.Constant] = []
    calls: list[ast.Call] = []
    containers: list[ast.List | ast.Tuple] = []
    for step in draft.steps:
        for node in _walked(step.node):
            if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bytes)):
                literals.append(node)
            elif isinstance(node, ast.Call):
                calls.append(node)
            elif isinstance(node, (ast.List, ast.Tuple)) and node.elts and isinstance(node.ctx, ast.Load):
                containers.append(node)
    return literals, calls, containers


def _walked(node: ast.AST) -> Iterator[ast.AST]:
    """Without what is in f-strings, whose places are not told before Python 3.12, and without annotations."""
    if isinstance(node, ast.JoinedStr):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in cast("list[Any]", value) if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walked(child)


def changed(value: Value, words: Words, pool: Sequence[Value], rng: random.Random) -> Value:
    same = [each for each in words.constants if type(each) is type(value)]
    if isinstance(value, bool):
        return not value
    chance = rng.random()
    if isinstance(value, (int, float)):
        numbers = [each for each in words.constants if isinstance(each, (int, float)) and not isinstance(each, bool)]
        if numbers and chance < 0.5:
            return rng.choice(numbers) + rng.choice((-1, 0, 0, 1))
        return tweaked(value, rng)
    if isinstance(value, str):
        return _text(value, [each for each in same if isinstance(each, str)], pool, words, rng)[:MOST_TEXT]
    return tweaked(value, rng)


def _text(value: str, same: Sequence[str], pool: Sequence[Value], words: Words, rng: random.Random) -> str:
    if "\n" in value and rng.random() < 0.6:
        return _lines(value, same, rng)
    chance = rng.random()
    place = rng.randint(0, len(value))
    if same and chance < 0.3:
        word = rng.choice(same)
        return rng.choice((word, word + value, value + word, value[:place] + word + value[place:]))
    lengths = [each for each in words.constants if type(each) is int and 0 <= each <= 300]
    if lengths and chance < 0.4:
        wanted = max(0, rng.choice(lengths) + rng.choice((-1, 0, 1)))
        return (value + (value[-1:] or "a") * wanted)[:wanted]
    if chance < 0.5 and pool:
        return str(rng.choice(pool))
    if chance < 0.6:
        return rng.choice(("", " ", "\n", f"{value}\n", f"\n{value}", f"{value} {value}", f"  {value}", "é"))
    return str(tweaked(value, rng))


def _lines(value: str, same: Sequence[str], rng: random.Random) -> str:
    """A text of several lines with one of them out, twice there, cut short, empty, or other; or only some of them."""
    lines = value.split("\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    before, line, behind = lines[:at], lines[at], lines[at + 1 :]
    word = rng.choice(same) if same else lines[other]
    made = rng.choice(
        (
            [*before, *behind],
            [*before, line, line, *behind],
            [*before, line],
            [*before, "", line, *behind],
            [*before, line[: rng.randint(0, len(line))], *behind],
            lines[min(at, other) : max(at, other) + 1],
            [*before, line + word, *behind],
        )
    )
    return "\n".join(made)


def _item(draft: Draft, node: ast.List | ast.Tuple, rng: random.Random) -> Edit | None:
    """One of its items left out, or twice there."""
    text = draft.text
    place = rng.randrange(len(node.elts))
    item = node.elts[place]
    if rng.random() < 0.4:
        return Edit(text.end(item), text.end(item), b", " + text.of(item))
    if isinstance(node, ast.Tuple) and len(node.elts) < 3:
        return None
    if place + 1 < len(node.elts):
        return Edit(text.start(item), text.start(node.elts[place + 1]), b"")
    return (
        Edit(text.end(node.elts[place - 1]), text.end(item), b"")
        if place
        else Edit(text.start(item), text.end(item), b"")
    )


def _argument(draft: Draft, node: ast.Call, words: Words, style: Style, rng: random.Random) -> Edit | None:
    """One keyword less, or one more of the parameters of what is looked at."""
    text = draft.text
    given = {each.arg for each in node.keywords}
    if node.keywords and rng.random() < 0.3:
        at = rng.randrange(len(node.keywords))
        others = [*node.args, *(each.value for each in node.keywords[:at])]
        if others and node.keywords[at].arg is not None:
            return Edit(text.end(others[-1]), text.end(node.keywords[at].value), b"")
        return None
    names = [each for each in words.parameters if each not in given]
    if not names or any(isinstance(each, ast.Starred) for each in node.args):
        return None
    name = rng.choice(names)
    value = rng.choice((*USUAL, *words.constants)) if words.constants else rng.choice(USUAL)
    last = [*node.args, *(each.value for each in node.keywords)]
    put = f"{name}={_written(value, style)}"
    end = text.end(node) - 1
    if text.content[end : end + 1] != b")":
        return None
    if not last:
        return Edit(end, end, put.encode())
    after = text.end(last[-1])
    return None if isinstance(last[-1], ast.GeneratorExp) else Edit(after, after, f", {put}".encode())
