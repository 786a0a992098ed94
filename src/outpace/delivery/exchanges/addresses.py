"""Paths, queries and whole URLs with their secrets replaced; what holds none stays as it was written, byte for byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote_plus

from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.program_words import is_route
from outpace.delivery.exchanges.secret_names import may_open, opens

if TYPE_CHECKING:
    from outpace.delivery.exchanges.texts import Texts

MOST_PAIRS = 2_000
_WORDS = re.compile(r"\w\s+\w|[^\W\d_]['’]\w|@.|\([^()]{0,200}\)")
"""A title, or somebody's name; a session, as some frameworks write it."""


def redacted_url(url: str, texts: Texts) -> str:
    """Path, query and fragment of what may be a URL; its user and password go by how they look."""
    front, mark, fragment = url.partition("#")
    path, ask, query = front.partition("?")
    told = redacted_path(path, texts) + ask + (redacted_form(query, texts) if query else "")
    return texts.text(told) + mark + (redacted_form(fragment, texts) if "=" in fragment else texts.text(fragment))


def redacted_path(path: str, texts: Texts) -> str:
    """`/reset-password/TOKEN`: what stands behind a secret's name; and `;jsessionid=...`."""
    told: list[str] = []
    opened = named = False  # by a segment before
    for segment in path.split("/"):
        front, semicolon, matrix = segment.partition(";")
        route = is_route(front)
        if (opened and not route) or (named and _may_be_secret(front)):
            plain = unquote_plus(front.replace("+", "%2B"))
            front = quote(texts.replaced(plain, elsewhere=_may_be_secret(front)), safe="@")
        else:
            front = (
                texts.text(front) if not _WORDS.search(unquote_plus(front)) else texts.replaced(front, elsewhere=False)
            )
        named = bool(segment) and (texts.secret_name(segment) or may_open(segment) or (opened and not route))
        opened = opens(segment) or (opened and route)
        told.append(front + semicolon + (redacted_form(matrix, texts, between=";") if matrix else ""))
    return "/".join(told)


def _may_be_secret(segment: str) -> bool:
    """`/session/first-day` goes on with words, `/session/8Hd7...` with none."""
    return len(segment) >= 6 and not re.fullmatch(r"[a-z]{1,20}(?:[-_.][a-z]{1,20}){0,4}", segment)


def redacted_form(form: str, texts: Texts, between: str = "&") -> str:
    """Pairs that hold nothing stay as they were written, byte for byte."""
    pairs = form.split(between)
    if len(pairs) > MOST_PAIRS:
        raise Dropped("a form has too many fields")
    return between.join(_pair(pair, texts) for pair in pairs)


def _pair(pair: str, texts: Texts) -> str:
    name, equals, value = pair.partition("=")
    plain_name, plain = unquote_plus(name), unquote_plus(value)
    if not equals:
        told = texts.value("", plain_name)
        return name if told == plain_name else quote_plus(told, safe="@")
    told_name = texts.name(plain_name)
    told = texts.value(plain_name, plain)
    new_name = name if told_name == plain_name else quote_plus(told_name)
    return new_name + equals + (value if told == plain else quote_plus(told, safe="@"))
