"""What is kept of an answer: placeholders of the strings that a later request may carry again, and where they stood."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

from outpace.delivery.exchanges.bodies import plain_text, redacted_body
from outpace.delivery.exchanges.documents import Json, parsed
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.exchange import UnredactedMessage
from outpace.delivery.exchanges.program_words import by_told_name
from outpace.delivery.exchanges.texts import ATTRIBUTE, Texts

_NAME = re.compile(r"[A-Za-z_$@~][\w.$:\[\]-]{0,60}", re.ASCII)
_TAG = re.compile(r"<(?:input|meta)\b[^<>]{0,4000}>", re.IGNORECASE)


def skeleton(message: UnredactedMessage, texts: Texts, limit: int) -> str:
    """Empty for what cannot be read: a replay compares what releases answer then, and not with this. What the answer
    names as a secret is one in the request, too."""
    try:
        redacted_body(message, texts, limit)
        text = plain_text(message, limit)
        if text.lstrip()[:1] in {"{", "["}:
            return json.dumps(_strings(parsed(text), texts), separators=(",", ":"))
    except Dropped:
        return ""
    named = by_told_name(dict(named_values(text)))
    return "".join(f'<input name="{name}" value="{texts.make.word(value)}">' for name, value in named.items())


def _strings(value: Json, texts: Texts) -> Json:
    """Fields below which there is no string are left out. Items of a list keep their places."""
    match value:
        case dict():
            told = {key: _strings(each, texts) for key, each in by_told_name(value).items()}
            return {key: each for key, each in told.items() if each}
        case list():
            items = [_strings(each, texts) for each in value]
            return items if any(items) else []
        case str():
            return texts.make.word(value) if value else ""
        case _:
            return None


def named_values(page: str) -> Iterator[tuple[str, str]]:
    """Of hidden fields and of metadata: a page's token against forged requests."""
    for tag in _TAG.findall(page):
        told = {name.lower(): value.strip("\"'") for name, _, value in ATTRIBUTE.findall(tag)}
        name, value = told.get("name", ""), told.get("value", told.get("content", ""))
        if name and value and _NAME.fullmatch(name):
            yield name, html.unescape(value)
