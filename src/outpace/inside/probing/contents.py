"""Small files for functions that read one: how a module would call it, and what might stand in it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence

from .mining import Function, Mined
from .programs import (
    BUILTINS,
    FIXTURE,
    Node,
    Program,
    call,
    constant,
    method,
    named,
    nodes,
    operator,
    replaced,
    shifted,
    variable,
)

FILE = "file"
"""A node that stands for a file until `hoisted`: its value is the content, its children are the path and, for a text,
`str`."""
SUFFIX = re.compile(r"^\.[a-z]{1,5}$")
NAMES = frozenset({"path", "file", "filename", "filepath", "fname", "pathname"})
PLAIN = ("", "a\n", "one\ntwo\n", "a b\n\nc d\n", "# comment\na = 1\n")
BY_FORMAT = {
    "json": ("{}", "[]", '{"a": 1}', '[{"a": "b"}]', "{"),
    "csv": ("a,b\n1,2\n", "a,b\n", 'a,"b, c"\n1,2\n3,4\n'),
    "configparser": ("[section]\nkey = value\n", "[a]\nb = 1\n\n[c]\nd = yes\n"),
    "tomllib": ("[a]\nb = 1\n", 'name = "a"\n'),
    "tomli": ("[a]\nb = 1\n", 'name = "a"\n'),
    "toml": ("[a]\nb = 1\n", 'name = "a"\n'),
    "yaml": ("a: 1\n", "- a\n- b\n", "a:\n  b: c\n"),
    "xml": ("<a/>", "<a><b c='d'>e</b></a>"),
    "ast": ("x = 1\n", "def f(a):\n    return a\n"),
}
SUFFIXES = {"json": ".json", "csv": ".csv", "configparser": ".ini", "yaml": ".yml", "xml": ".xml", "ast": ".py"}


class Contents:
    """`lines` makes a text of several lines of the module's own words."""

    def __init__(self, mined: Mined, lines: Callable[[random.Random], str]) -> None:
        self._lines = lines
        self._formats = [name for name in BY_FORMAT if name in mined.imports]
        said = [text for text in mined.constants if isinstance(text, str) and SUFFIX.match(text)]
        self._suffixes = said or [SUFFIXES[name] for name in self._formats if name in SUFFIXES] or [".txt"]

    def file(self, function: Function, rng: random.Random, *, as_text: bool) -> Node:
        path = below(f"a{rng.choice(self._suffixes)}")
        return Node(FILE, self.text(function, rng), (path, named(BUILTINS, "str")) if as_text else (path,))

    def text(self, function: Function, rng: random.Random) -> str:
        chance = rng.random()
        if self._formats and chance < 0.6:
            chosen = rng.choice(self._formats)
            if chosen == "json" and rng.random() < 0.5:
                return self._keyed(function, rng)
            return rng.choice(BY_FORMAT[chosen])
        return self._lines(rng) if chance < 0.8 else rng.choice(PLAIN)

    def _keyed(self, function: Function, rng: random.Random) -> str:
        """With keys that the function speaks of."""
        words = [text for text in function.constants if isinstance(text, str) and text.isidentifier()]
        chosen = rng.sample(words, min(len(words), rng.randint(1, 3)))
        return json.dumps({word: rng.choice((1, "a", [], None, {"b": 2}, True)) for word in chosen})


def below(name: str) -> Node:
    """In the temporary directory; the name is not one of the texts that are changed and made simpler."""
    return operator(f"{{}} / {name!r}", named("", FIXTURE))


def is_path(name: str, uses: Sequence[str]) -> float:
    """How likely a parameter is a file's path."""
    if "path" in uses:
        return 0.7
    return 0.3 if NAMES & {*name.lower().split("_"), name.lower()} else 0.0


def hoisted(program: Program) -> Program:
    """Each file is made by statements of its own, ahead of everything else."""
    for path, node in nodes(program):
        if node.kind == FILE:
            made, *text = node.children
            used = call(text[0], variable(0)) if text else variable(0)
            rest = tuple(shifted(each, 2) for each in program)
            written = method(variable(0), "write_text", constant(node.value))
            return hoisted((made, written, *replaced(rest, path, used)))
    return program
