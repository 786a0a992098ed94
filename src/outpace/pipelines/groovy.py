"""Groovy as tokens: words, strings and signs with their lines; comments left out, nothing understood."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

MOST = 60_000  # tokens
TOKENS = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<string>'''(?:\\.|(?!''').)*(?:'''|\Z)|\"\"\"(?:\\.|(?!\"\"\").)*(?:\"\"\"|\Z)|'(?:\\.|[^'\\\n])*'?|\"(?:\\.|[^\"\\\n])*\"?)"
    r"|(?P<word>[A-Za-z_@$][\w$]*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<line>\n)"
    r"|(?P<space>[ \t\r\f]+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
INSERTED = re.compile(r"\$\{(?:params\.|env\.|config\.)?(?P<name>[A-Za-z_]\w*)[^{}]*\}|\$\{[^{}]*\}")
LONG = ("/*", "'''", '"""')  # what goes on over lines
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "$": "$"}


class Token(Struct, frozen=True, kw_only=True):
    """`text` of a string is what is between its quotes; in one with double quotes what is inserted stays open."""

    kind: Literal["word", "string", "line", "sign"]
    text: str
    line: int


def tokens(text: str) -> tuple[list[Token], bool]:
    """And whether they are all: nothing was cut off, and no comment or string goes on past the end."""
    found: list[Token] = []
    line, is_whole = 1, True
    for each in TOKENS.finditer(text):
        kind, told = each.lastgroup, each[0]
        match kind:
            case "string":
                found.append(Token(kind=kind, text=_content(told), line=line))
            case "word" | "line" | "sign":
                found.append(Token(kind=kind, text=told, line=line))
            case _:
                pass
        line += told.count("\n")
        is_whole = not told.startswith(LONG) or (len(told) > 3 and told.endswith(("*/", *LONG)))
        if len(found) >= MOST:
            return found, False
    return found, is_whole


def _content(told: str) -> str:
    mark = told[:3] if told[:3] in ("'''", '"""') else told[:1]
    inner = told[len(mark) :].removesuffix(mark)
    unescaped = ESCAPED.sub(_unescaped, inner)
    if mark.startswith("'"):
        return unescaped
    return INSERTED.sub(lambda found: "${" + (found["name"] or "_") + "}", unescaped)


def _unescaped(found: re.Match[str]) -> str:
    sign = found[1]
    return ESCAPES.get(sign, sign if sign in "'\"\\" else f"\\{sign}")
