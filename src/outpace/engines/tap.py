"""Envoy 1.40's HTTP tap filter: exchanges as they pass the edge, streamed by its admin socket and in no file.

Envoy keeps what a slow reader has not read in memory of its own, without a bound. So a thread reads at once and keeps
the few that can wait; what comes beside them is counted and gone.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NewType

import msgspec
from msgspec import Struct

from outpace.delivery.exchanges.exchange import Fields, NotKept, UnredactedExchange, UnredactedMessage, field
from outpace.model.errors import EngineError, Unreachable
from outpace.model.times import now

Trace = NewType("Trace", bytes)

CONFIG_ID = "outpace-record"
FILTER = "envoy.filters.http.tap"
TYPE = "type.googleapis.com/envoy.extensions.filters.http.tap.v3.Tap"
MOST_WAITING = 256
MOST_WAITING_BYTES = 16 * 2**20
BESIDE_BODIES = 2**20
PIECE = 65_536
AGAIN_AFTER = 0.5
MILLION = 1_000_000
MOST_SAID = 200
_END = b"\n}\n"


def tap_filter(config_id: str = CONFIG_ID) -> dict[str, Any]:
    """The listener's first HTTP filter: it costs nothing until somebody listens at the admin socket."""
    return {
        "name": FILTER,
        "typed_config": {
            "@type": TYPE,
            "common_config": {"admin_config": {"config_id": config_id}},
            "record_headers_received_time": True,
            "record_downstream_connection": True,
        },
    }


class _Field(Struct, frozen=True):
    """Envoy writes `!` for each byte that is no UTF-8."""

    key: str = ""
    value: str = ""


class _Body(Struct, frozen=True):
    as_bytes: bytes = b""
    truncated: bool = False


class _Message(Struct, frozen=True):
    headers: tuple[_Field, ...] = ()
    body: _Body | None = None
    headers_received_time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _SocketAddress(Struct, frozen=True):
    address: str = ""


class _Address(Struct, frozen=True):
    socket_address: _SocketAddress | None = None


class _Connection(Struct, frozen=True):
    remote_address: _Address | None = None


class _Buffered(Struct, frozen=True):
    request: _Message = _Message()
    response: _Message = _Message()
    downstream_connection: _Connection | None = None


class _Trace(Struct, frozen=True):
    http_buffered_trace: _Buffered


def _hint(status: int) -> str:
    if status == http.HTTPStatus.NOT_FOUND:
        return "was [applications.edge.record] added since the edge came up? outpace edge up takes it up"
    return "is another recorder running?"


class Tap:
    """`admin` is a socket's path or host:port on the loopback. One reader at a time: Envoy refuses a second."""

    def __init__(
        self,
        admin: Path | str,
        *,
        share: float,
        body_bytes: int,
        config_id: str = CONFIG_ID,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._admin = admin
        self._order = _order(config_id, share, body_bytes)
        self._longest = 3 * body_bytes + BESIDE_BODIES
        self._report = report
        self._waiting: deque[Trace] = deque()
        self._bytes = 0
        self._lost: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._line: socket.socket | None = None
        self._closed = False

    def exchanges(self) -> Generator[UnredactedExchange | NotKept]:
        """Until `close`; Envoy may be started again meanwhile. What was lost comes as NotKept. Raises what ended the
        reader, after all that it has read."""
        with ThreadPoolExecutor(1, "tap") as threads:
            reading = threads.submit(self._read)
            reading.add_done_callback(lambda _: self.close())
            try:
                yield from self._passing()
            finally:
                self.close()
            reading.result()

    def _passing(self) -> Generator[UnredactedExchange | NotKept]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._lost or self._closed)
                if self._closed and not self._waiting and not self._lost:
                    return
                trace = self._waiting.popleft() if self._waiting else None
                self._bytes -= len(trace or b"")
                lost, self._lost = self._lost, Counter()
            yield from (NotKept(why) for why in lost.elements())
            if trace is not None:
                yield read_trace(trace)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            if self._line is not None:
                _hang_up(self._line)
            self._changed.notify_all()

    def _read(self) -> None:
        said = ""
        while not self._closed:
            try:
                self._listen()
            except (OSError, http.client.HTTPException, EngineError) as error:
                is_ours = isinstance(error, EngineError)
                why = f"{error.message}; {error.hint}" if is_ours else f"{type(error).__name__}: {error}"
                if why != said and not self._closed:
                    self._report(f"nothing is recorded just now: {why}")
                said = why
            with self._changed:
                self._changed.wait_for(lambda: self._closed, timeout=AGAIN_AFTER)

    def _listen(self) -> None:
        """One connection, until it ends."""
        with _connected(self._admin) as line:
            with self._changed:
                if self._closed:
                    return
                self._line = line
            head = f"POST /tap HTTP/1.1\r\nHost: outpace\r\nContent-Length: {len(self._order)}\r\n\r\n"
            line.sendall(head.encode() + self._order)
            answer = http.client.HTTPResponse(line, method="POST")
            answer.begin()
            if answer.status != http.HTTPStatus.OK:
                said = answer.read(2000).decode(errors="replace").strip().partition("\n")[0]
                raise Unreachable(f"Envoy takes no tap: {said[:MOST_SAID]}", hint=_hint(answer.status))
            for trace in traces(iter(lambda: answer.read1(PIECE), b""), self._longest):
                self._take(trace)

    def _take(self, trace: Trace | NotKept) -> None:
        with self._changed:
            if isinstance(trace, NotKept):
                self._lost[trace.why] += 1
            elif len(self._waiting) >= MOST_WAITING or self._bytes + len(trace) > MOST_WAITING_BYTES:
                self._lost["there were more than could be redacted"] += 1
            else:
                self._waiting.append(trace)
                self._bytes += len(trace)
            self._changed.notify_all()


def _order(config_id: str, share: float, body_bytes: int) -> bytes:
    fraction = {"numerator": max(0, min(MILLION, round(share * MILLION))), "denominator": "MILLION"}
    return msgspec.json.encode(
        {
            "config_id": config_id,
            "tap_config": {
                "match": {"any_match": True},
                "tap_enabled": {"default_value": fraction},
                "output_config": {
                    "sinks": [{"format": "JSON_BODY_AS_BYTES", "streaming_admin": {}}],
                    "max_buffered_rx_bytes": body_bytes,
                    "max_buffered_tx_bytes": body_bytes,
                },
            },
        }
    )


def _connected(admin: Path | str) -> socket.socket:
    if isinstance(admin, Path):
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(str(admin))
        except OSError:
            line.close()
            raise
        return line
    host, _, port = admin.rpartition(":")
    line = socket.create_connection((host.strip("[]"), int(port)), timeout=5.0)
    line.settimeout(None)
    return line


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def traces(pieces: Iterator[bytes], longest: int) -> Iterator[Trace | NotKept]:
    """Each document that Envoy writes ends with a brace at the beginning of a line, which nothing within one has."""
    kept = bytearray()
    skipping = False
    for piece in pieces:
        kept += piece
        while (end := kept.find(_END)) >= 0:
            if skipping:
                yield NotKept("it is too long")
            else:
                yield Trace(bytes(kept[: end + len(_END)]))
            skipping = False
            del kept[: end + len(_END)]
        if len(kept) > longest:
            skipping = True
            del kept[: -len(_END)]


def read_trace(trace: Trace) -> UnredactedExchange | NotKept:
    try:
        seen = msgspec.json.decode(trace, type=_Trace).http_buffered_trace
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return NotKept("Envoy's account of it could not be read")
    asked, told = _fields(seen.request), _fields(seen.response)
    status = field(told, ":status")
    if not status.isdigit():
        return NotKept("it had no answer")
    return UnredactedExchange(
        method=field(asked, ":method"),
        target=field(asked, ":path"),
        authority=field(asked, ":authority"),
        status=int(status),
        request=_message(seen.request, asked),
        response=_message(seen.response, told),
        at=seen.request.headers_received_time or now(),
        address=_client_address(seen.downstream_connection),
    )


def _fields(message: _Message) -> Fields:
    return tuple((each.key.lower(), each.value) for each in message.headers)


def _message(message: _Message, fields: Fields) -> UnredactedMessage:
    body = message.body or _Body()
    return UnredactedMessage(
        fields=tuple((name, value) for name, value in fields if not name.startswith(":")),
        body=body.as_bytes,
        missing="a body is too long" if body.truncated else "",
    )


def _client_address(connection: _Connection | None) -> str:
    remote = connection.remote_address if connection else None
    return remote.socket_address.address if remote and remote.socket_address else ""
