"""Bodies by their kind: JSON, forms and text are redacted and kept; what cannot be read is a reason not to keep any."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote, quote_plus, unquote_plus

from outpace.delivery.exchanges.exchange import Fields, UnredactedMessage, field
from outpace.delivery.exchanges.placeholders import PLACEHOLDER
from outpace.delivery.exchanges.texts import Texts

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DEEPEST_JSON = 60
MOST_PAIRS = 2_000
MOST_VALUES = 50_000
_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_TEXTS = frozenset({"application/javascript", "application/graphql", "text/javascript", "application/x-javascript"})


class Dropped(Exception):
    """Why nothing of it is kept, in words that hold nothing of it."""


def decoded(fields: Fields, body: bytes, limit: int) -> bytes:
    """Without its content encoding. Raises Dropped for one that is not read, and for what grows beyond `limit`."""
    for coding in reversed([each.strip().lower() for each in field(fields, "content-encoding").split(",")]):
        if coding in {"", "identity"}:
            continue
        if coding not in {"gzip", "x-gzip", "deflate"}:
            raise Dropped("a body is in an encoding that is not read")
        body = _inflated(body, coding, limit)
    if len(body) > limit:
        raise Dropped("a body is too long")
    return body


def _inflated(body: bytes, coding: str, limit: int) -> bytes:
    bits = (zlib.MAX_WBITS | 16,) if coding != "deflate" else (zlib.MAX_WBITS, -zlib.MAX_WBITS)
    for each in bits:
        unpack = zlib.decompressobj(each)
        try:
            plain = unpack.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(plain) > limit:
            raise Dropped("a body is too long once it is unpacked")
        if unpack.eof and not unpack.unused_data:
            return plain
    raise Dropped("a packed body cannot be unpacked")


def redacted_body(message: UnredactedMessage, texts: Texts, limit: int) -> str:
    """Raises Dropped."""
    if message.missing:
        raise Dropped(message.missing)
    body = decoded(message.fields, message.body, limit)
    if not body:
        return ""
    kind, parameters = content_type(field(message.fields, "content-type"))
    if kind.startswith("multipart/"):
        return _multipart(body, kind, parameters.get("boundary", ""), texts)
    return _read(kind)(_text(body, parameters.get("charset", "")), texts)


def content_type(value: str) -> tuple[str, dict[str, str]]:
    kind, *rest = value.split(";")
    pairs = (each.partition("=") for each in rest)
    return kind.strip().lower(), {name.strip().lower(): told.strip().strip('"') for name, _, told in pairs}


def _text(body: bytes, charset: str) -> str:
    known = _CHARSETS.get(charset.lower())
    if known is None:
        raise Dropped("a body is in a character set that is not read")
    try:
        text = body.decode(known)
    except UnicodeDecodeError:
        raise Dropped("a body is no text") from None
    if "\0" in text:
        raise Dropped("a body is no text")
    return text.removeprefix("\ufeff")


def _read(kind: str) -> Callable[[str, Texts], str]:
    if kind == "application/json" or kind.endswith("+json"):
        return redacted_json
    if kind in {"application/x-ndjson", "application/jsonl"}:
        return lambda text, texts: "\n".join(redacted_json(line, texts) if line else "" for line in text.split("\n"))
    if kind == "application/x-www-form-urlencoded":
        return redacted_form
    if kind in {"text/csv", "text/tab-separated-values"}:
        return _table
    if kind == "text/event-stream":
        raise Dropped("an answer is a stream of events")
    if "xml" in kind and kind != "application/xhtml+xml":
        raise Dropped("a body is XML, which is not read")
    if kind == "" or kind.startswith("text/") or kind in _TEXTS or kind == "application/xhtml+xml":
        return _sniffed
    raise Dropped("a body is no text")


def _sniffed(text: str, texts: Texts) -> str:
    """What calls itself text may be JSON or a form."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return redacted_json(text, texts)
        except Dropped:
            pass
    if text.lstrip()[:5] == "<?xml":
        raise Dropped("a body is XML, which is not read")
    if re.fullmatch(r"[\w.\[\]%+-]+=[^\s<>]*", text.strip()):
        return redacted_form(text, texts)
    return texts.text(text)


def redacted_json(text: str, texts: Texts) -> str:
    return json.dumps(_json(parsed(text), texts, "", 0), ensure_ascii=False, separators=(",", ":"))


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


def _json(value: Json, texts: Texts, name: str, depth: int) -> Json:
    """`name` is that of the nearest field around it; below a secret name everything is a secret."""
    secret = bool(name) and texts.secret_name(name)
    match value:
        case dict():
            return {_key(key, texts): _json(each, texts, name if secret else key, depth) for key, each in value.items()}
        case list():
            return [_json(each, texts, name, depth) for each in value]
        case None | bool():
            return value
        case str():
            return texts.replaced(value) if secret else _nested(value, texts, depth)
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


def _nested(value: str, texts: Texts, depth: int) -> str:
    """A string that is a document, a form or the query of a URL itself."""
    if depth < 3 and value.lstrip()[:1] in {"{", "["}:
        try:
            inner = parsed(value)
        except Dropped:
            return texts.text(value)
        told = _json(inner, texts, "", depth + 1)
        return value if told == inner else json.dumps(told, ensure_ascii=False)
    return redacted_url(value, texts) if "?" in value and "=" in value and " " not in value else texts.text(value)


def redacted_url(url: str, texts: Texts) -> str:
    """Path, query and fragment of what may be a URL; its user and password go by how they look."""
    front, mark, fragment = url.partition("#")
    path, ask, query = front.partition("?")
    told = redacted_path(path, texts) + ask + (redacted_form(query, texts) if query else "")
    return texts.text(told) + mark + (redacted_form(fragment, texts) if "=" in fragment else texts.text(fragment))


def redacted_path(path: str, texts: Texts) -> str:
    """`/reset-password/TOKEN`: what stands behind a secret's name; and `;jsessionid=...`."""
    told: list[str] = []
    secret = False
    for segment in path.split("/"):
        front, semicolon, matrix = segment.partition(";")
        if secret and _may_be_secret(front):
            front = quote(texts.replaced(unquote_plus(front.replace("+", "%2B"))), safe="@")
        else:
            front = texts.text(front)
        secret = bool(segment) and texts.secret_name(segment)
        told.append(front + semicolon + (redacted_form(matrix, texts, between=";") if matrix else ""))
    return "/".join(told)


def _may_be_secret(segment: str) -> bool:
    """`/session/new` and `/password/reset` go on with a word, `/reset-password/8Hd7...` with none."""
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
    told_name = texts.text(plain_name)
    secret = bool(equals) and texts.secret_name(plain_name)
    told = texts.replaced(plain) if secret else _nested(plain, texts, 0)
    new_name = name if told_name == plain_name else quote_plus(told_name)
    return new_name + equals + (value if told == plain else quote_plus(told, safe="@"))


def _multipart(body: bytes, kind: str, boundary: str, texts: Texts) -> str:
    if kind != "multipart/form-data" or not re.fullmatch(r"[\w'()+,./:=? -]{1,70}", boundary):
        raise Dropped("a body has parts that are not read")
    pieces = _text(body, "").split(f"--{boundary}")
    if len(pieces) < 2 or len(pieces) > MOST_PAIRS or pieces[0].strip() or not pieces[-1].startswith("--"):
        raise Dropped("a body has parts that are not read")
    parts = [_part(piece, texts) for piece in pieces[1:-1]]
    return "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"


def _part(piece: str, texts: Texts) -> str:
    head, blank, content = piece.removeprefix("\r\n").partition("\r\n\r\n")
    found = re.fullmatch(r'(?i)content-disposition: *form-data; *name="([^"\r\n]*)"', head.split("\r\n")[0])
    if not blank or not content.endswith("\r\n") or found is None or len(head.split("\r\n")) > 1:
        raise Dropped("a file is uploaded, or a part is not read")
    name, content = found[1], content[:-2]
    told = texts.replaced(content) if texts.secret_name(name) else _nested(content, texts, 0)
    return f'Content-Disposition: form-data; name="{texts.text(name)}"\r\n\r\n{told}'


def _table(text: str, texts: Texts) -> str:
    """The columns whose head is a secret's name, and the rest by how it looks."""
    between = "\t" if "\t" in text.split("\n", 1)[0] else ";" if ";" in text.split("\n", 1)[0] else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=between))
    except csv.Error:
        raise Dropped("a body says that it is a table, and is not") from None
    head = rows[0] if rows else []
    secret = {place for place, name in enumerate(head) if texts.secret_name(name)}
    out = io.StringIO()
    csv.writer(out, delimiter=between, lineterminator="\n").writerows(
        [texts.replaced(cell) if number and place in secret else texts.text(cell) for place, cell in enumerate(row)]
        for number, row in enumerate(rows)
    )
    return out.getvalue()


def is_placeholder(value: str) -> bool:
    return PLACEHOLDER.fullmatch(value) is not None
