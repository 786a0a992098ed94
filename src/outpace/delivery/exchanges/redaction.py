"""What of an exchange may be kept: secrets and personal data become placeholders before anything is written.

A request is kept as far as it says nothing about anybody, since it is sent again; of an answer, nothing but its status
and placeholders. Where a request's body cannot be read, or a secret is left in any spelling, the exchange is not kept.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import unquote

from outpace.delivery.exchanges.addresses import redacted_form, redacted_path, redacted_url
from outpace.delivery.exchanges.bodies import redacted_body
from outpace.delivery.exchanges.declared_patterns import DeclaredPatterns, TooSlow
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.exchange import (
    Client,
    Exchange,
    Fields,
    NotKept,
    Request,
    Response,
    UnredactedExchange,
    UnredactedMessage,
    field,
)
from outpace.delivery.exchanges.placeholders import Placeholders
from outpace.delivery.exchanges.secret_names import ALWAYS, CLIENTS, SecretNames
from outpace.delivery.exchanges.skeletons import skeleton
from outpace.delivery.exchanges.texts import Texts
from outpace.model.edge import Redact

LONGEST_TARGET = 16_384
LONGEST_FIELDS = 65_536
LONGEST_BODY = 65_536
_OF_THE_HOP = frozenset(
    [
        "connection",
        "keep-alive",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "content-length",
        "content-encoding",
        "proxy-connection",
        "x-request-id",
        "x-forwarded-proto",
        "x-envoy-expected-rq-timeout-ms",
        "x-envoy-upstream-service-time",
        "x-envoy-attempt-count",
        "x-envoy-decorator-operation",
        "x-envoy-internal",
        "accept-encoding",
        "expect",
        "date",
    ]
)
_KEPT = frozenset(
    [
        "accept",
        "accept-language",
        "accept-charset",
        "content-type",
        "content-language",
        "user-agent",
        "range",
        "if-range",
        "if-modified-since",
        "if-unmodified-since",
        "cache-control",
        "pragma",
        "priority",
        "dnt",
        "prefer",
        "x-requested-with",
        "x-http-method-override",
        "access-control-request-method",
        "access-control-request-headers",
        "upgrade-insecure-requests",
        "sec-fetch-site",
        "sec-fetch-mode",
        "sec-fetch-dest",
        "sec-fetch-user",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "hx-request",
    ]
)
"""What these headers of a request say is for programs; another one's value may be anybody's."""
_SCHEMES = frozenset({"basic", "bearer", "digest", "token", "negotiate"})
_WORDS = re.compile(r"[A-Za-z]{1,20}(?:[-_][A-Za-z]{1,20}){0,3}")
"""A cookie may hold a theme or a language: such a word elsewhere is no secret."""
_COOKIE_NAME = re.compile(r"[\w.!#$%&'*+^`|~-]{1,100}", re.ASCII)


class Redactor:
    """One recording's. The key of its placeholders lives as long as this object, in memory alone."""

    def __init__(self, declared: Redact, *, body_bytes: int = LONGEST_BODY) -> None:
        """Raises ValueError for a pattern that could take without end."""
        self._make = Placeholders(secrets.token_bytes(32))
        self._names = SecretNames((*declared.fields, *declared.headers))
        self._headers = frozenset(name.lower() for name in declared.headers) | ALWAYS
        self._keeps = frozenset(name.lower() for name in declared.keep)
        self._patterns = DeclaredPatterns(declared.patterns)
        self._body_bytes = body_bytes

    def kept(self, seen: UnredactedExchange) -> Exchange | NotKept:
        if seen.status < 200 or seen.method == "CONNECT" or field(seen.request.fields, "upgrade"):
            return NotKept("a connection was upgraded")
        if len(seen.target) > LONGEST_TARGET or _size(seen.request.fields, seen.response.fields) > LONGEST_FIELDS:
            return NotKept("a header or an address is too long")
        texts = Texts(self._make, self._names, self._patterns, lambda name: name.lower() in self._keeps)
        try:
            return self._clean(_text(self._redacted(seen, texts)), texts)
        except Dropped as why:
            return NotKept(str(why))
        except TooSlow:
            return NotKept("a declared pattern took too long")
        except (UnicodeError, RecursionError):
            return NotKept("a body or a header is no text")

    def _redacted(self, seen: UnredactedExchange, texts: Texts) -> Exchange:
        if (
            not seen.target.startswith("/")
            or not seen.method.isascii()
            or not re.fullmatch(r"[A-Z]{1,20}", seen.method)
        ):
            raise Dropped("its address or method is not one of a web application")
        return Exchange(
            request=Request(
                method=seen.method,
                target=_target(seen.target, texts),
                authority=texts.text(seen.authority.rpartition("@")[2]),
                fields=tuple((name, self._asked(name, value, texts)) for name, value in _fields(seen.request, texts)),
                body=redacted_body(seen.request, texts, self._body_bytes),
            ),
            response=Response(
                status=seen.status,
                fields=tuple((name, self._told(name, value, texts)) for name, value in _fields(seen.response, texts)),
                body=skeleton(seen.response, texts, self._body_bytes),
            ),
            at=seen.at,
            client=self._client(seen),
        )

    def _client(self, seen: UnredactedExchange) -> Client:
        """The address and the program: a session begins with a request that has no cookie yet."""
        forwarded = field(seen.request.fields, "x-forwarded-for").split(",")[0].strip()
        told = [forwarded or seen.address, field(seen.request.fields, "user-agent")]
        return Client(self._make.client("\n".join(told)))

    def _asked(self, name: str, value: str, texts: Texts) -> str:
        if name == "cookie":
            return "; ".join(_cookie(pair.strip(), texts) for pair in value.split(";") if pair.strip())
        if name in {"authorization", "proxy-authorization"}:
            return _authorization(value, texts)
        if name in self._headers:
            return texts.replaced(value)
        if name in {"referer", "origin"}:
            return redacted_url(value, texts)
        return texts.text(value) if name in _KEPT else texts.header(name, value)

    def _told(self, name: str, value: str, texts: Texts) -> str:
        if name == "set-cookie":
            return _cookie(value.partition(";")[0].strip(), texts)
        secret = name in self._headers or texts.secret_name(name)
        return texts.replaced(value, texts.make.word, elsewhere=secret)

    def _clean(self, exchange: Exchange, texts: Texts) -> Exchange | NotKept:
        """A password may be echoed where nothing says that it is one."""
        if not texts.found:
            return exchange
        asked, told = exchange.request, exchange.response
        exchange = Exchange(
            request=Request(
                method=asked.method,
                target=texts.cleaned(asked.target),
                authority=texts.cleaned(asked.authority),
                fields=tuple((name, texts.cleaned(value)) for name, value in asked.fields),
                body=texts.cleaned(asked.body),
            ),
            response=Response(
                status=told.status,
                fields=tuple((name, texts.cleaned(value)) for name, value in told.fields),
                body=texts.cleaned(told.body),
            ),
            at=exchange.at,
            client=exchange.client,
        )
        left = texts.left_in("\n".join(_strings(exchange)))
        return NotKept("a secret could not be taken out everywhere") if left else exchange


def _fields(message: UnredactedMessage, texts: Texts) -> Iterator[tuple[str, str]]:
    for written, value in message.fields:
        name = written.lower()
        if name in _OF_THE_HOP or name in CLIENTS or not re.fullmatch(r"[\w.!#$%&'*+^`|~-]{1,100}", name):
            continue
        if texts.text(name) == name:
            yield name, value


def _text(exchange: Exchange) -> Exchange:
    """Raises UnicodeError for what no file of text holds: half a character, which an escape may stand for."""
    "".join(_strings(exchange)).encode()
    return exchange


def _strings(exchange: Exchange) -> list[str]:
    asked, told = exchange.request, exchange.response
    fields = [f"{name}: {value}" for name, value in (*asked.fields, *told.fields)]
    return [asked.target, asked.authority, asked.body, told.body, *fields]


def _size(*fields: Fields) -> int:
    return sum(len(name) + len(value) for each in fields for name, value in each)


def _target(target: str, texts: Texts) -> str:
    path, ask, query = target.partition("?")
    told = redacted_path(path, texts) + ask + (redacted_form(query, texts) if query else "")
    again = unquote(told)
    return told if texts.text(again) == again else texts.text(told)


def _cookie(pair: str, texts: Texts) -> str:
    name, equals, value = pair.partition("=")
    if not equals or not _COOKIE_NAME.fullmatch(name) or texts.text(name) != name:
        return texts.replaced(pair, texts.make.word)
    value = value.strip('"')
    return f"{name}={texts.replaced(value, texts.make.word, elsewhere=not _WORDS.fullmatch(value))}"


def _authorization(value: str, texts: Texts) -> str:
    scheme, blank, rest = value.partition(" ")
    if not blank or scheme.lower() not in _SCHEMES:
        return texts.replaced(value, texts.make.word)
    placeholder = texts.replaced(rest.strip(), texts.make.word)
    if scheme.lower() == "basic":
        return f"{scheme} {b64encode(f'redacted:{placeholder}'.encode()).decode()}"
    return f"{scheme} {placeholder}"
