"""A request with its answer: as it was seen, which stays in memory, and as it may be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NewType, TypeAlias

from msgspec import Struct

from outpace.delivery.exchanges.routes import route
from outpace.model.times import Aware

Fields: TypeAlias = tuple[tuple[str, str], ...]
"""Header fields in the order they came, names in lower case, a name as often as it came."""

Client = NewType("Client", str)
"""Whose requests keep their order; nothing of the client can be told from it."""


class UnredactedMessage(Struct, frozen=True, kw_only=True):
    """`missing` says why the body is not all of it."""

    fields: Fields = ()
    body: bytes = b""
    missing: str = ""


class UnredactedExchange(Struct, frozen=True, kw_only=True):
    """Never written, shown or logged: `redaction.Redactor` makes an Exchange of it."""

    method: str
    target: str  # path and query
    authority: str
    status: int
    request: UnredactedMessage
    response: UnredactedMessage
    at: Aware
    address: str = ""  # of the client


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`target` is path and query, as they were sent but for what is redacted."""

    method: str
    target: str
    authority: str = ""
    fields: Fields = ()
    body: str = ""


class Response(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    status: int
    fields: Fields = ()
    body: str = ""


class Exchange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    request: Request
    response: Response
    at: Aware
    client: Client


class NotKept(Struct, frozen=True):
    """Counted by `why`, which holds nothing of the exchange."""

    why: str


class Recording(Struct, frozen=True, kw_only=True):
    """`not_kept` counts the exchanges that were seen beside those here, by why."""

    exchanges: tuple[Exchange, ...]
    not_kept: dict[str, int] = {}
    torn: bool = False  # its last line was cut off, and is left out


def mix(recording: Recording) -> dict[str, int]:
    """How often each route was asked for, the most frequent first: `GET /orders/{n}?page`."""
    return counted(exchange.request for exchange in recording.exchanges)


def counted(requests: Iterable[Request]) -> dict[str, int]:
    found = Counter(route(request.method, request.target) for request in requests)
    return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))


def field(fields: Fields, name: str) -> str:
    """The first of that name, or nothing."""
    return next((value for key, value in fields if key == name), "")
