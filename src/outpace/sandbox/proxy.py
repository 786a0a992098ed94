"""The only way out of a box with egress: an HTTP proxy in our process that knows which hosts may be reached."""

from __future__ import annotations

import re
import select
import socket
import threading
from collections.abc import Iterable
from urllib.parse import urlsplit

_HEAD_LIMIT = 64 * 1024
_PATIENCE = 30.0
_IDLE = 300.0
_CONNECTIONS = 64
_PORTS = (80, 443)
_REQUEST = re.compile(rb"([A-Z]{1,20}) (\S{1,8000}) HTTP/1\.[01]")


class Proxy:
    """`CONNECT` tunnels and plain requests, to allowed (host, port) pairs; names are resolved out here."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._allowed = frozenset(pair for host in hosts for pair in _pairs(host))
        self._slots = threading.BoundedSemaphore(_CONNECTIONS)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def listen_here(self) -> int:
        """On the host's loopback; the port."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.serve(listener)
        return int(listener.getsockname()[1])

    def serve(self, listener: socket.socket) -> None:
        self._keep(listener)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def close(self) -> None:
        with self._lock:
            for each in self._open:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _keep(self, each: socket.socket) -> None:
        with self._lock:
            self._open.add(each)

    def _drop(self, each: socket.socket) -> None:
        with self._lock:
            self._open.discard(each)
        each.close()

    def _accept(self, listener: socket.socket) -> None:
        try:
            while True:
                client, _ = listener.accept()
                self._slots.acquire()
                self._keep(client)
                threading.Thread(target=self._serve_one, args=(client,), daemon=True).start()
        except OSError:
            pass
        finally:
            self._drop(listener)

    def _serve_one(self, client: socket.socket) -> None:
        try:
            client.settimeout(_PATIENCE)
            self._answer(client)
        except (OSError, ValueError):
            pass
        finally:
            self._drop(client)
            self._slots.release()

    def _answer(self, client: socket.socket) -> None:
        head, rest = _read_head(client)
        request = _REQUEST.match(head)
        if request is None:
            _refuse(client, "400 Bad Request")
            return
        method, target = request[1].decode(), request[2].decode("ascii")
        tunnel = method == "CONNECT"
        address = _address(target if tunnel else urlsplit(target).netloc, 443 if tunnel else 80)
        if address not in self._allowed or not (tunnel or target.startswith("http://")):
            _refuse(client, "403 Forbidden")
            return
        try:
            server = socket.create_connection(address, timeout=_PATIENCE)
        except OSError:
            _refuse(client, "502 Bad Gateway")
            return
        self._keep(server)
        try:
            if tunnel:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                rest = _forwarded(head, method, target) + rest
            server.sendall(rest)
            _relay(client, server)
        finally:
            self._drop(server)


def _pairs(host: str) -> list[tuple[str, int]]:
    name, port = _split(host)
    return [(name, port)] if port is not None else [(name, each) for each in _PORTS]


def _address(text: str, default: int) -> tuple[str, int]:
    name, port = _split(text.rpartition("@")[2])
    return name, default if port is None else port


def _split(text: str) -> tuple[str, int | None]:
    """Raises ValueError for what is no `host` or `host:port`; IPv6 addresses are in brackets."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError(text)
    return parts.hostname.rstrip("."), parts.port


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        part = client.recv(8192)
        if not part or len(received) > _HEAD_LIMIT:
            raise ValueError("no request")
        received += part
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest


def _forwarded(head: bytes, method: str, target: str) -> bytes:
    """One request a connection, so that a second one cannot name another host behind our back."""
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [
        line
        for line in head.split(b"\r\n")[1:]
        if line.split(b":")[0].strip().lower()
        not in (b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive", b"host")
    ]
    host = parts.netloc.rpartition("@")[2]
    lines = [f"{method} {path} HTTP/1.1".encode(), f"Host: {host}".encode(), *kept, b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _refuse(client: socket.socket, status: str) -> None:
    client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Both ways, until both sides have ended or nothing moved for minutes."""
    toward = {one: other, other: one}
    while toward:
        ready, _, _ = select.select(list(toward), [], [], _IDLE)
        if not ready:
            return
        for source in ready:
            part = source.recv(1 << 16)
            if part:
                toward[source].sendall(part)
            else:
                target = toward.pop(source)
                try:
                    target.shutdown(socket.SHUT_WR)
                except OSError:
                    return
