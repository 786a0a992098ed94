"""JSON with its secrets replaced: a document, one within a string, and one within any other text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias

from outpace.delivery.exchanges.addresses import redacted_url
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.placeholders import STANDING
from outpace.delivery.exchanges.plain_values import LARGE, is_plain
from outpace.delivery.exchanges.secret_names import counts
from outpace.delivery.quoted import QUOTED

if TYPE_CHECKING:
    from outpace.delivery.exchanges.texts import Texts

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DEEPEST_JSON = 60
DEEPEST_STRINGS = 4
MOST_EMBEDDED = 200
_BRACKETS = re.compile(rf"{QUOTED}|[\[\]{{}}]")
_BEGINS = re.compile(r'[{\[](?=\s{0,20}["{\[\d])')
_LABELS = ("name", "key", "field", "id", "label", "type", "path")
_LABELED = frozenset({"value", "values", "content", "text", "data"})
"""`{"name": "password", "value": "..."}`."""
_PRECISE = re.compile(r"-?\d+\.\d{4,}")
"""A place on earth."""
_URL = re.compile(r"(?:https?://|/)[^\s]*")
_GRAPHQL = re.compile(r"\s*(?:(?:query|mutation|subscription|fragment)\b[^{]*)?\{[\s\w]")
_WORDS = re.compile(r"[A-Za-z]{1,20}(?:[_-][A-Za-z]{1,20}){0,3}")
_STRING = re.compile(rf'"""[\s\S]*?"""|{QUOTED}')
_STRING_OR_COMMENT = re.compile(rf"{_STRING.pattern}|#[^\r\n]*+")
_LITERAL = re.compile(QUOTED)


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
            label = next((held for key in _LABELS if isinstance(held := value.get(key), str)), "")
            names = {key: label if key in _LABELED and texts.secret_name(label) else key for key in value}
            if heads := _heads(value, texts):
                names = {key: key if value[key] is heads else "secret" for key in value}
            return {
                _key(key, texts, secret=secret): redacted_value(each, texts, name if secret else names[key], depth)
                for key, each in value.items()
            }
        case [str() as label, _] if not secret and texts.secret_name(label):
            return [label, redacted_value(value[1], texts, label, depth)]
        case list():
            return [redacted_value(each, texts, name, depth) for each in value]
        case None | bool():
            return value
        case str():
            return texts.value(name, value, depth)
        case int() | float():
            somebodys = secret or texts.is_somebodys(name, json.dumps(value))
            return _number(value, texts, secret=somebodys, counted=counts(name))


def _heads(value: dict[str, Json], texts: Texts) -> list[Json] | None:
    """`{"columns": ["id", "password"], "rows": [...]}`: what stands in which column is not followed."""
    lists = (each for each in value.values() if isinstance(each, list))
    return next(
        (each for each in lists if any(isinstance(name, str) and texts.secret_name(name) for name in each)), None
    )


def _number(value: float, texts: Texts, *, secret: bool, counted: bool) -> int | float:
    """A card number may be written as a number."""
    told = repr(value)
    redacted = texts.text(told)
    known = secret or _PRECISE.fullmatch(told) is not None
    if known or (told == redacted and not is_plain(told) and not (counted and LARGE.fullmatch(told))):
        return type(value)(texts.replaced(told, lambda told: str(texts.make.number(told)), elsewhere=known))
    return value if told == redacted else int(redacted) if redacted.isdigit() else texts.make.number(told)


def _key(key: str, texts: Texts, *, secret: bool) -> str:
    """Addresses are keys of some objects, and secrets of some that are called so: there, words alone stay."""
    return texts.replaced(key) if secret and not _WORDS.fullmatch(key) else texts.name(key)


def nested(value: str, texts: Texts, depth: int, *, is_query: bool = False) -> str:
    """A string that is a document, a URL or a query of GraphQL itself, or a word; nothing else stays."""
    if value.lstrip()[:1] in {"{", "["}:
        if depth >= DEEPEST_STRINGS:
            raise Dropped("a text is packed in texts too often")
        try:
            inner = parsed(value)
        except Dropped:
            inner = None
        if inner is not None:
            told = redacted_value(inner, texts, "", depth + 1)
            return value if told == inner else json.dumps(told, ensure_ascii=False)
    if _URL.fullmatch(value):
        return _elsewhere(redacted_url(value, texts), texts)
    if is_query and (query := _uncommented(value)) and _GRAPHQL.match(query) and query.rstrip().endswith("}"):
        return texts.text(_STRING.sub(lambda found: f'"{texts.replaced(found[0].strip(chr(34)))}"', query), depth)
    told = texts.text(value, depth)
    if is_plain(value) or (told != value and is_plain(STANDING.sub("", told))):
        return told
    return texts.replaced(value, elsewhere=False)


def _uncommented(query: str) -> str:
    """Of GraphQL. No server reads what stands behind a `#` that is in no string."""
    return _STRING_OR_COMMENT.sub(lambda found: found[0] if found[0][0] == '"' else "", query)


def _elsewhere(url: str, texts: Texts) -> str:
    """What a value names is not asked for in a replay: of its path, and of its fragment, stay the words alone."""
    front, mark, fragment = url.partition("#")
    path, ask, query = front.partition("?")
    parts = path.split("/")
    told = parts[: 3 if "://" in path else 1] + [_word(each, texts) for each in parts[3 if "://" in path else 1 :]]
    return "/".join(told) + ask + query + mark + (fragment if "=" in fragment else _word(fragment, texts))


def _word(text: str, texts: Texts) -> str:
    return text if is_plain(text) else texts.replaced(text, texts.make.word, elsewhere=False)


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
