"""JSON with its secrets replaced: a document, one within a string, and one within any other text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias

from outpace.delivery.exchanges.addresses import redacted_url
from outpace.delivery.exchanges.dropped import Dropped

if TYPE_CHECKING:
    from outpace.delivery.exchanges.texts import Texts

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DEEPEST_JSON = 60
DEEPEST_STRINGS = 4
MOST_EMBEDDED = 200
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_BEGINS = re.compile(r'[{\[](?=\s{0,20}["{\[\d])')
_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*+"')


def redacted_json(text: str, texts: Texts) -> str:
    return json.dumps(redacted_value(parsed(text), texts, "", 0), ensure_ascii=False, separators=(",", ":"))


def parsed(text: str) -> Json:
    """Raises Dropped for what is no JSON, is nested too deeply, or names a field twice."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += 1 if found[0] in "[{" else -1 if found[0] in "]}" else 0
        if depth > DEEPEST_JSON:
            raise Dropped("a body is nested too deeply")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Dropped("a body says that it is JSON, and is not") from None


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Dropped("a body names a field twice")
    return found


def _no_constant(_: str) -> None:
    raise ValueError


def redacted_value(value: Json, texts: Texts, name: str, depth: int) -> Json:
    """`name` is that of the nearest field around it; below a secret name everything is a secret."""
    secret = bool(name) and texts.secret_name(name)
    match value:
        case dict():
            return {
                _key(key, texts): redacted_value(each, texts, name if secret else key, depth)
                for key, each in value.items()
            }
        case list():
            return [redacted_value(each, texts, name, depth) for each in value]
        case None | bool():
            return value
        case str():
            return texts.replaced(value) if secret else nested(value, texts, depth)
        case int():
            return (
                int(texts.replaced(str(value), lambda told: str(texts.make.number(told))))
                if secret
                else _int(value, texts)
            )
        case float():
            return float(texts.replaced(repr(value), lambda told: str(texts.make.number(told)))) if secret else value


def _int(value: int, texts: Texts) -> int:
    """A card number may be written as a number."""
    told = texts.text(str(value))
    return int(told) if told.isdigit() else value if told == str(value) else texts.make.number(str(value))


def _key(key: str, texts: Texts) -> str:
    """Addresses are keys of some objects."""
    return texts.text(key)


def nested(value: str, texts: Texts, depth: int) -> str:
    """A string that is a document, a form or the query of a URL itself."""
    if value.lstrip()[:1] in {"{", "["}:
        if depth >= DEEPEST_STRINGS:
            raise Dropped("a text is packed in texts too often")
        try:
            inner = parsed(value)
        except Dropped:
            return texts.text(value, depth)
        told = redacted_value(inner, texts, "", depth + 1)
        return value if told == inner else json.dumps(told, ensure_ascii=False)
    return (
        redacted_url(value, texts) if "?" in value and "=" in value and " " not in value else texts.text(value, depth)
    )


def embedded(text: str, texts: Texts, depth: int) -> str:
    """Documents in the middle of a page or a script, and strings of a script that hold one."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
    told, at = list[str](), 0
    for number, found in enumerate(_BEGINS.finditer(text)):
        if found.start() < at:
            continue
        if number > MOST_EMBEDDED:
            break
        try:
            value, end = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            continue
        redacted = redacted_value(value, texts, "", depth + 1)
        if redacted != value:
            told += [text[at : found.start()], json.dumps(redacted, ensure_ascii=False)]
            at = end
    text = "".join([*told, text[at:]])
    return _LITERAL.sub(lambda found: _literal(found[0], texts, depth), text) if '\\"' in text else text


def _literal(quoted: str, texts: Texts, depth: int) -> str:
    if "\\" not in quoted:
        return quoted
    try:
        inner = json.loads(quoted)
    except ValueError:
        return quoted
    redacted = nested(inner, texts, depth + 1)
    return quoted if redacted == inner else json.dumps(redacted, ensure_ascii=False)
