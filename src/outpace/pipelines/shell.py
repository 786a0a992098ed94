"""A shell script's plain commands, read and never run: what only a shell could tell is passed over, and said."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping

from msgspec import Struct

MOST_LINES = 2_000
MOST_WORDS = 400
LONGEST_LINE = 8_000
ENDS = {"if": "fi", "for": "done", "while": "done", "until": "done", "case": "esac", "select": "done"}
ROOTS = re.compile(
    r"^\$\{?(?:PWD|GITHUB_WORKSPACE|CI_PROJECT_DIR|TRAVIS_BUILD_DIR|WORKSPACE|BUILD_SOURCESDIRECTORY)\}?/?"
)
NAMES = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)(?::?[-=](?P<default>[^{}]*))?\}|(?P<bare>[A-Za-z_]\w*))")
POSITIONAL = re.compile(r"\$(?:[@*#0-9]|\{[@*0-9]\})")
OPEN = re.compile(r"\$[\w{(@*]|`|\$\{\{")
ASSIGNED = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)
OPERATORS = re.compile(r"[\s()<>|&;'\"\\]+")  # of an expression, which are none of the shell's
HERE = re.compile(r"<<-?\s*[\"']?(?P<end>\w+)[\"']?")
EXPRESSION = re.compile(r"\$\{\{\s*(?P<what>[^{}]*?)\s*\}\}")


class Command(Struct, frozen=True, kw_only=True):
    """`line` is that of the file that the script lies in; `directory` is relative to the repository's root."""

    words: tuple[str, ...]
    line: int
    env: tuple[tuple[str, str], ...] = ()
    directory: str = ""
    waved: bool = False  # `|| true` follows


class Passed(Struct, frozen=True, kw_only=True):
    """What could not be read."""

    why: str
    line: int


def is_open(word: str) -> bool:
    """Whether a part of it is filled in by whoever runs it."""
    return OPEN.search(word) is not None


def commands(
    script: str,
    *,
    line: int = 1,
    directory: str = "",
    values: Mapping[str, str] | None = None,
    arguments: tuple[str, ...] = (),
) -> Iterator[Command | Passed]:
    """`values` are variables that are known already; `arguments` are what `$@` stands for."""
    yield from Reading(line, directory, values or {}, arguments).read(script)


class Reading:
    """Of one script: what is set in it is known in the lines after."""

    def __init__(self, line: int, directory: str, values: Mapping[str, str], arguments: tuple[str, ...]) -> None:
        self.first = line
        self._directory = directory
        self._values = dict(values)
        self._exported: dict[str, str] = {}
        self._arguments = arguments
        self._ends: list[str] = []

    def read(self, script: str) -> Iterator[Command | Passed]:
        for number, text in logical_lines(script):
            line = self.first + number
            try:
                words = split_words(text)
            except ValueError:
                yield Passed(why="its quotes do not end", line=line)
                continue
            yield from self._line(words, line)

    def _line(self, words: list[str], line: int) -> Iterator[Command | Passed]:
        for part in _parts(words):
            yield from self._part(part, line)

    def _part(self, words: list[str], line: int) -> Iterator[Command | Passed]:
        first = words[0]
        if self._ends:
            self._within(first)
            return
        if first in ENDS:
            self._ends.append(ENDS[first])
            yield Passed(why=f"`{first}` is for a shell to decide", line=line)
            return
        if first in ("{", "}", "then", "else", "!", "(", ")"):
            words = words[1:]
        if words:
            yield from self.simple([self.filled(word) for word in self.spread(words)], line)

    def _within(self, first: str) -> None:
        if first in ENDS:
            self._ends.append(ENDS[first])
        elif first == self._ends[-1]:
            self._ends.pop()

    def spread(self, words: list[str]) -> Iterator[str]:
        for word in words:
            named = NAMES.fullmatch(word)
            if word == "$@":
                yield from self._arguments
            elif named is not None and " " in self._values.get(named["braced"] or named["bare"], ""):
                yield from self._values[named["braced"] or named["bare"]].split()
            else:
                yield word.replace("$@", " ".join(self._arguments)) if "=" in word else word

    def simple(self, words: list[str], line: int) -> Iterator[Command]:
        """Assignments before a command are of it alone; those that stand alone last."""
        own: dict[str, str] = {}
        while words and (found := ASSIGNED.fullmatch(words[0])) is not None:
            own[found["name"]] = found["value"]
            words = words[1:]
        match words:
            case []:
                self._values.update(own)
            case ["export" | "declare" | "typeset" | "set" | "local" | "readonly", *rest]:
                self._export(rest)
            case ["cd", target]:
                self._directory = _below(self._directory, target)
            case ["pushd", target, *_]:
                self._directory = _below(self._directory, target)
            case _:
                told = {**self._exported, **own}
                env = tuple(sorted((name, value) for name, value in told.items() if value))
                yield Command(words=tuple(words[:MOST_WORDS]), line=line, env=env, directory=self._directory)

    def _export(self, words: list[str]) -> None:
        for word in words:
            found = ASSIGNED.fullmatch(word)
            if found is not None:
                self._values[found["name"]] = self._exported[found["name"]] = found["value"]
            elif word in self._values:
                self._exported[word] = self._values[word]

    def filled(self, word: str) -> str:
        return NAMES.sub(self._value, word) if "$" in word else word

    def _value(self, found: re.Match[str]) -> str:
        name = found["braced"] or found["bare"]
        if name in self._values:
            return self._values[name]
        return found[0] if found["default"] is None else found["default"]


def _below(directory: str, target: str) -> str:
    """A step out of the repository ends at its root."""
    inside = ROOTS.sub("", target)
    if inside != target:
        directory, target = (directory if "PWD" in target else ""), inside or "."
    if is_open(target) or target.startswith(("/", "~", "-")):
        return directory
    path = posixpath.normpath(posixpath.join(directory, target))
    return "" if path == "." or path.startswith("..") else path


def logical_lines(script: str) -> Iterator[tuple[int, str]]:
    """Lines with what they go on in, from 0; here-documents are passed over."""
    lines = script.splitlines()[:MOST_LINES]
    number = 0
    while number < len(lines):
        begun, text = number, _uncommented(lines[number])
        number += 1
        while number < len(lines) and len(text) < LONGEST_LINE and (_goes_on(text) or _quote_of(text)):
            text = text.removesuffix("\\") if _goes_on(text) else text + "\n"
            text += lines[number] if _quote_of(text) else _uncommented(lines[number])
            number += 1
        here = HERE.search(text)
        if here is not None:
            while number < len(lines) and lines[number].strip() != here["end"]:
                number += 1
            number, text = number + 1, text[: here.start()]
        if text.strip():
            yield begun, text[:LONGEST_LINE]


def _goes_on(text: str) -> bool:
    return text.endswith("\\") and not text.endswith("\\\\")


def _scan(text: str) -> Iterator[tuple[int, str, str]]:
    """Each sign outside of quotes, with the sign before it; at the end the quote that is open, if any."""
    quote, before, skip = "", " ", False
    for at, sign in enumerate(text):
        if skip:
            skip = False
        elif sign == "\\" and quote != "'":
            skip = True
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            yield at, sign, before
        before = sign
    yield len(text), "", quote


def _uncommented(text: str) -> str:
    for at, sign, before in _scan(text):
        if sign == "#" and before.isspace():
            return text[:at]
    return text.rstrip() if not _goes_on(text) else text


def _quote_of(text: str) -> str:
    *_, (_, _, quote) = _scan(text)
    return quote


def split_words(text: str) -> list[str]:
    """Operators are words of their own. A CI's `${{ expression }}` stays one word."""
    whole = EXPRESSION.sub(lambda found: "${{" + OPERATORS.sub("_", found["what"]) + "}}", text)
    whole = POSITIONAL.sub(lambda found: "$@" if found[0] in ("$@", "$*", "${@}", "${*}") else found[0], whole)
    lexer = shlex.shlex(whole, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _parts(words: list[str]) -> Iterator[list[str]]:
    """Commands in order. What follows `||` is only for a failure, and what follows `|` reads what the first says."""
    part: list[str] = []
    dropped = skip = False
    for word in [*words, ";"]:
        if skip:
            skip = False
        elif set(word) <= set("<>&|") and set(word) & set("<>"):
            part, skip = (part[:-1] if part and part[-1].isdigit() else part), True
        elif word and set(word) <= set(";&|()"):
            if part and not dropped:
                yield part
            part, dropped = [], word in ("||", "|", "|&")
        else:
            part.append(word)
