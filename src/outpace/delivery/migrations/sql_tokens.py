"""SQL as PostgreSQL cuts it into words: comments, quotes and dollar quotes are known, and statements end at `;`."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["word", "name", "text", "number", "mark", "unread"]

_COMMENT = re.compile(r"/\*|\*/")
_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n\f\v]+)
    | (?P<comment>--[^\r\n]*)
    | (?P<block>/\*)
    | (?P<dollar>\$(?:[A-Za-z_]\w*)?\$)
    | (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
    | (?P<text>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<number>\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<parameter>\$\d+|%\(\w+\)s|%s)
    | (?P<mark>::|<=|>=|<>|!=|\|\||->>|->|[-+*/<>=~!@\#%^&|?.,()\[\]:;])
    """,
    re.VERBOSE | re.DOTALL,
)


FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""PostgreSQL folds no other letter of a name in UTF-8."""


def words_of(text: str) -> frozenset[str]:
    """A set that is written as one text."""
    return frozenset(text.split())


class Token(NamedTuple):
    """`text` of a word is in lower case, as PostgreSQL folds it; a quoted name stands without its quotes."""

    kind: Kind
    text: str
    line: int

    @property
    def shown(self) -> str:
        return (
            f'"{self.text}"' if self.kind == "name" and not re.fullmatch(r"[a-z_][a-z0-9_]*", self.text) else self.text
        )


class Statement(NamedTuple):
    tokens: tuple[Token, ...]

    @property
    def line(self) -> int:
        return self.tokens[0].line

    @property
    def words(self) -> str:
        """As it reads, in one line, cut off where it is long."""
        told = spelled(self.tokens[:81])
        return told if len(told) <= 80 else f"{told[:79]}…"


def spelled(tokens: tuple[Token, ...]) -> str:
    return " ".join(token.shown for token in tokens)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def statements(text: str) -> Iterator[Statement]:
    """Never raises: what cannot be cut is a token of the kind "unread", to the end."""
    found: list[Token] = []
    for token in tokens(text):
        if token.kind == "mark" and token.text == ";":
            if found:
                yield Statement(tuple(found))
            found = []
        else:
            found.append(token)
    if found:
        yield Statement(tuple(found))


def tokens(text: str) -> Iterator[Token]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        kind = found.lastgroup if found else None
        end = found.end() if found else len(text)
        if kind == "block":
            end = _comment_end(text, at)
            kind = "comment" if end else None
        elif kind == "dollar" and found is not None:
            end = text.find(found[0], found.end())
            end = end + len(found[0]) if end >= 0 else 0
            kind = "dollar" if end else None
        if kind is None:
            yield Token("unread", text[at : at + 40], line)
            return
        if kind not in ("space", "comment"):
            yield _token(kind, text[at:end], line)
        line += text.count("\n", at, end)
        at = end


def _comment_end(text: str, at: int) -> int:
    """Comments nest; 0 where one does not end."""
    depth = 0
    for found in _COMMENT.finditer(text, at):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return found.end()
    return 0


def _token(kind: str, text: str, line: int) -> Token:
    match kind:
        case "word":
            return Token("word", text.translate(FOLDED), line)
        case "name":
            return Token("name", text[1:-1].replace('""', '"'), line)
        case "number":
            return Token("number", text, line)
        case "mark":
            return Token("mark", text, line)
        case "parameter":
            return Token("unread", text, line)
        case _:
            return Token("text", text, line)


class Cursor:
    """Walks over the tokens of one statement."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def ended(self) -> bool:
        return self.at >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else Token("mark", "", 0)

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def sees(self, *words: str) -> bool:
        """The next words or marks are these; a quoted name is no word."""
        return all(
            self.peek(place).kind in ("word", "mark") and self.peek(place).text == word
            for place, word in enumerate(words)
        )

    def accept(self, *words: str) -> bool:
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def accept_any(self, *words: str) -> str:
        for word in words:
            if self.accept(word):
                return word
        return ""

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise Unreadable(f"{' '.join(words)} was expected, not {self.peek().text or 'the end'}")

    def name(self) -> str:
        """A name, with its schema where that is not `public`."""
        parts = [self.part()]
        while self.accept("."):
            parts.append(self.part())
        return ".".join(parts[1:] if parts[0] == "public" and len(parts) > 1 else parts)

    def part(self) -> str:
        token = self.take()
        if token.kind not in ("word", "name"):
            raise Unreadable(f"a name was expected, not {token.text or 'the end'}")
        return token.text

    def group(self) -> tuple[Token, ...]:
        """What stands in parentheses that begin here, without them."""
        self.expect("(")
        start, depth = self.at, 1
        while depth:
            if self.ended:
                raise Unreadable("a parenthesis does not end")
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        return self.tokens[start : self.at - 1]

    def names(self) -> tuple[str, ...]:
        """A list of plain names in parentheses."""
        inner = Cursor(self.group())
        found: list[str] = []
        while not inner.ended:
            found.append(inner.part())
            if not inner.ended:
                inner.expect(",")
        return tuple(found)

    def finish(self) -> None:
        if not self.ended:
            raise Unreadable(f"{self.peek().text} stands behind it")

    def rest(self) -> tuple[Token, ...]:
        found = self.tokens[self.at :]
        self.at = len(self.tokens)
        return found


def bare(found: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without parentheses around all of it. Raises Unreadable."""
    depth, depths = 0, list[int]()
    for token in found:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        depths.append(depth)
        if depth < 0:
            break
    if depth:
        raise Unreadable("parentheses do not match")
    opening = next((at for at, one in enumerate(depths) if one != at + 1), 0)
    closing = next((at for at, one in enumerate(reversed(depths)) if one != at), 0)
    around = min((opening, closing - 1, *depths[opening : len(found) - closing]))
    return found[around : len(found) - around] if around > 0 else found


def cut(tokens: tuple[Token, ...], at: str = ",") -> list[tuple[Token, ...]]:
    """At each mark that stands in no parentheses."""
    parts: list[tuple[Token, ...]] = []
    depth, start = 0, 0
    for place, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if token.text == at and depth == 0:
            parts.append(tokens[start:place])
            start = place + 1
    return [*parts, tokens[start:]]


class Unreadable(ValueError):
    """A statement that is none of those read here."""
