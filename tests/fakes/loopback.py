"""A real HTTP server on the loopback interface that answers by a script and misbehaves on request."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from msgspec import Struct


class Reply(Struct, frozen=True, kw_only=True):
    """One answer. `announce` is the Content-Length sent (-1: none); `cut` is how many bytes are sent before hanging up.

    `pause` is slept before each byte of the body; `silence` before anything at all.
    """

    status: int = 200
    headers: dict[str, str] = {}
    body: bytes = b""
    announce: int | None = None
    cut: int | None = None
    pause: float = 0.0
    silence: float = 0.0


class Received(Struct, frozen=True, kw_only=True):
    line: str  # the request line, as it came
    headers: dict[str, str]  # names in lower case
    body: bytes


class Loopback:
    """`script[path]` is a list of replies; each request takes the next, and the last one stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: defaultdict[str, list[Reply]] = defaultdict(list)
        self.received: list[Received] = []
        self.over = threading.Event()

    def serve(self, path: str, *replies: Reply) -> str:
        self.script[path][:] = replies
        return self.url + path

    def next(self, path: str) -> Reply:
        replies = self.script[path]
        if not replies:
            return Reply(status=404)
        return replies.pop(0) if len(replies) > 1 else replies[0]


@contextmanager
def loopback() -> Generator[Loopback]:
    """Serves until the block ends; nothing it does to a client outlives it."""

    class Script(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.received.append(Received(line=self.requestline, headers=headers, body=body))
            self.close_connection = True
            try:
                self._send(here.next(self.path))
            except (BrokenPipeError, ConnectionResetError):
                pass

        def _send(self, reply: Reply) -> None:
            if reply.silence:
                here.over.wait(reply.silence)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            announced = len(reply.body) if reply.announce is None else reply.announce
            if announced >= 0:
                self.send_header("Content-Length", str(announced))
            self.end_headers()
            body = reply.body if reply.cut is None else reply.body[: reply.cut]
            if not reply.pause:
                self.wfile.write(body)
                return
            for byte in body:
                if here.over.wait(reply.pause):
                    return
                self.wfile.write(bytes((byte,)))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            pass

    for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
        setattr(Script, f"do_{method}", Script.serve)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Script)
    server.daemon_threads = False
    here = Loopback(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        here.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
