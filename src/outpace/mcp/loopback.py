"""The same tools over HTTP: on this machine alone, to whoever has the token, and to no page in a browser."""

from __future__ import annotations

import hmac
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from outpace.model.errors import EngineError, UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from outpace.mcp.desk import Desk

PATH = "/mcp"
NAMES = ("127.0.0.1", "localhost", "[::1]")
SHORTEST_TOKEN = 20
MOST_SESSIONS = 32
LARGEST_REQUEST = 2 << 20


class Address(NamedTuple):
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}{PATH}"


def address_of(named: str) -> Address:
    """`PORT`, `HOST:PORT`, or `0` for a free one. Raises UsageError for what is not this machine's loopback."""
    host, _, port = named.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    host = "127.0.0.1" if host == "localhost" else host
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise UsageError(
            f"{host} is not this machine's loopback", hint="only 127.0.0.1 and ::1 are served: --http 8765"
        )
    if not port.isdecimal() or not port.isascii() or int(port) > 65_535:
        raise UsageError(f"{port!r} is no port", hint="--http 8765, or --http 0 for a free one")
    return Address(host, int(port))


def check_token(token: str) -> str:
    """Raises UsageError for one that could be guessed or not be sent."""
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"the token has fewer than {SHORTEST_TOKEN} characters, or such as no header can carry",
            hint="leave out --token, and one is made",
        )
    return token


class Guard:
    """In front of everything else: the token, compared in constant time, and no name or page but our own. A page that
    made its name lead to this machine (DNS rebinding) sends that name as `Host`, and its own as `Origin`."""

    def __init__(self, application: ASGIApp, *, token: str, port: int) -> None:
        self._application = application
        self._token = f"Bearer {token}".encode()
        self._hosts = frozenset(f"{name}:{port}".encode() for name in NAMES)
        self._origins = frozenset(b"http://" + host for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = self._refused(scope["headers"])
        if refused is None:
            await self._application(scope, receive, send)
        else:
            await _answer(send, *refused)

    def _refused(self, headers: list[tuple[bytes, bytes]]) -> tuple[int, bytes] | None:
        """Status and words; None: let in."""
        told = {name: [value for each, value in headers if each.lower() == name] for name in _READ}
        if len(told[b"host"]) != 1 or told[b"host"][0].lower() not in self._hosts:
            return 421, b"this Host is not served here"
        if any(origin.lower() not in self._origins for origin in told[b"origin"]):
            return 403, b"pages of this Origin are not served"
        given = told[b"authorization"][0] if len(told[b"authorization"]) == 1 else b""
        if not hmac.compare_digest(given, self._token):
            return 401, b"the token is missing or wrong"
        return None


_READ = (b"host", b"origin", b"authorization")


async def _answer(send: Send, status: int, words: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(words)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})


def bound(address: Address) -> socket.socket:
    """Listening. Raises EngineError where the port is taken."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((address.host, address.port))
        opened.listen(64)
    except OSError as error:
        opened.close()
        raise EngineError(
            f"{address.host}:{address.port} cannot be served: {error.strerror}", hint="--http 0 takes a free port"
        ) from error
    return opened


def serve_http(desk: Desk, address: Address, token: str, *, begun: Callable[[Address], None]) -> None:
    """Until we are interrupted. `begun` is told the address once it answers there."""
    import anyio
    import uvicorn
    from mcp.server.transport_security import TransportSecuritySettings

    from outpace.mcp.server import served

    opened = bound(address)
    port = int(opened.getsockname()[1])
    hosts = [f"{name}:{port}" for name in NAMES]
    application = served(desk).streamable_http_app(
        streamable_http_path=PATH,
        max_sessions=MOST_SESSIONS,
        max_request_body_size=LARGEST_REQUEST,
        transport_security=TransportSecuritySettings(
            allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts]
        ),
    )
    guarded = Guard(application, token=token, port=port)
    settings = uvicorn.Config(
        guarded, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1, ws="none"
    )
    begun(Address(address.host, port))
    with opened:
        anyio.run(lambda: uvicorn.Server(settings).serve(sockets=[opened]))


def token_or_new(given: str | None) -> str:
    """The one that was given, else a new one."""
    import secrets

    return secrets.token_urlsafe(32) if given is None else check_token(given)
