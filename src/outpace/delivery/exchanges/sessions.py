"""A client's session in a replay: what the release itself gave stands again where the recording has placeholders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote_plus

from outpace.delivery.exchanges.answers import Answered
from outpace.delivery.exchanges.bodies import content_type
from outpace.delivery.exchanges.documents import Json, parsed
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.exchange import Exchange, Fields, Request, Response, field
from outpace.delivery.exchanges.placeholders import PLACEHOLDER
from outpace.delivery.exchanges.program_words import by_told_name
from outpace.delivery.exchanges.skeletons import named_values

MOST_HELD = 2_000
LONGEST_HELD = 8_192


class Session:
    """Of one client on one side."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}
        self._values: dict[str, str] = {}

    def dressed(self, request: Request) -> Request:
        """The request as this release's own client would send it."""
        if not self._cookies and not self._values:
            return request
        fields = tuple((name, self._field(name, value)) for name, value in request.fields)
        form = content_type(field(request.fields, "content-type"))[0] == "application/x-www-form-urlencoded"
        return Request(
            method=request.method,
            target=self._filled(request.target, escaped=True),
            authority=request.authority,
            fields=fields,
            body=self._filled(request.body, escaped=form),
        )

    def _field(self, name: str, value: str) -> str:
        if name != "cookie":
            return self._filled(value, escaped=False)
        pairs = [pair.strip().partition("=") for pair in value.split(";")]
        return "; ".join(f"{key}={self._cookies.get(key, self._filled(held, escaped=False))}" for key, _, held in pairs)

    def _filled(self, text: str, *, escaped: bool) -> str:
        if "redacted-" not in text:
            return text

        def given(found: re.Match[str]) -> str:
            value = self._values.get(found[0])
            return found[0] if value is None else quote_plus(value) if escaped else value

        return PLACEHOLDER.sub(given, text)

    def learn(self, exchange: Exchange, answer: Answered) -> None:
        """Where the recorded answer has a placeholder, this one has what it stands for."""
        if len(self._values) > MOST_HELD or len(self._cookies) > MOST_HELD:
            return
        recorded = exchange.response
        for name, value in _cookies(answer.fields):
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)
        told = dict(_cookies(recorded.fields))
        given = dict(_cookies(answer.fields))
        for name, placeholder in told.items():
            self._hold(placeholder, given.get(name, ""))
        for name, value in recorded.fields:
            self._hold(value, field(answer.fields, name))
        if "redacted-" in recorded.body:
            for placeholder, value in _in_bodies(recorded, answer):
                self._hold(placeholder, value)

    def _hold(self, placeholder: str, value: str) -> None:
        if value and len(value) <= LONGEST_HELD and value.isprintable() and PLACEHOLDER.fullmatch(placeholder):
            self._values[placeholder] = value


def _cookies(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields:
        if name == "set-cookie":
            key, _, held = value.partition(";")[0].partition("=")
            if len(held) <= LONGEST_HELD and held.isprintable():
                yield key.strip(), held.strip()


def _in_bodies(recorded: Response, answer: Answered) -> Iterator[tuple[str, str]]:
    text = answer.body.decode("utf-8", "replace")
    if recorded.body.lstrip()[:1] in {"{", "["}:
        try:
            yield from _in_documents(parsed(recorded.body), parsed(text))
        except Dropped:
            return
    else:
        given = by_told_name(dict(named_values(text)))
        for name, placeholder in named_values(recorded.body):
            yield placeholder, given.get(name, "")


def _in_documents(recorded: Json, answer: Json) -> Iterator[tuple[str, str]]:
    match recorded, answer:
        case dict(), dict():
            given = by_told_name(answer)
            for key, value in recorded.items():
                yield from _in_documents(value, given.get(key))
        case list(), list():
            for one, other in zip(recorded, answer, strict=False):
                yield from _in_documents(one, other)
        case str(), str() | int() | float():
            yield recorded, answer if isinstance(answer, str) else json.dumps(answer)
        case _:
            return
