"""Bodies by their kind: JSON, forms and text are redacted and kept; what cannot be read is a reason not to keep any."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Callable

from outpace.delivery.exchanges.addresses import MOST_PAIRS, redacted_form
from outpace.delivery.exchanges.documents import nested, redacted_json
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.exchange import Fields, UnredactedMessage, field
from outpace.delivery.exchanges.texts import Texts

_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
_TEXTS = frozenset({"application/javascript", "text/javascript", "application/x-javascript"})


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
    """Of a request. Raises Dropped."""
    kind, parameters = content_type(field(message.fields, "content-type"))
    if not kind.startswith("multipart/"):
        text = plain_text(message, limit)
        return _read(kind)(text, texts) if text else ""
    return _multipart(_whole(message, limit), kind, parameters.get("boundary", ""), texts)


def plain_text(message: UnredactedMessage, limit: int) -> str:
    """As it was sent, so that it stays in memory. Raises Dropped."""
    _, parameters = content_type(field(message.fields, "content-type"))
    return _text(_whole(message, limit), parameters.get("charset", ""))


def _whole(message: UnredactedMessage, limit: int) -> bytes:
    if message.missing:
        raise Dropped(message.missing)
    return decoded(message.fields, message.body, limit)


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
    if kind == "application/graphql":
        return lambda text, texts: nested(text, texts, 0, is_query=True)
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
    return nested(text, texts, 0)


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
    told = texts.value(name, content)
    return f'Content-Disposition: form-data; name="{texts.name(name)}"\r\n\r\n{told}'


def _table(text: str, texts: Texts) -> str:
    """A column goes by the name in its head."""
    between = "\t" if "\t" in text.split("\n", 1)[0] else ";" if ";" in text.split("\n", 1)[0] else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=between))
    except csv.Error:
        raise Dropped("a body says that it is a table, and is not") from None
    head = rows[0] if rows else []
    out = io.StringIO()
    csv.writer(out, delimiter=between, lineterminator="\n").writerows(
        [
            texts.value(head[place] if place < len(head) else "", cell) if number else texts.name(cell)
            for place, cell in enumerate(row)
        ]
        for number, row in enumerate(rows)
    )
    return out.getvalue()
