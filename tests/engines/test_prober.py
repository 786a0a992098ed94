"""A declared probe against real servers on the loopback."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from outpace.engines.prober import Prober
from outpace.model.probe import Exploited, Held, Probe, ProbeResult, ProbeUndecided, Request, Sign

PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/static/..%2f../secret"),
    exploited=Sign(status=200, contains="the secret"),
    benign=Request(path="/static/picture"),
    success=Sign(status=200),
)


class Server(http.server.ThreadingHTTPServer):
    """Answers by path, and keeps what it was asked."""

    def __init__(self, answers: dict[str, tuple[int, bytes]]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers = answers
        self.asked: list[str] = []


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.asked.append(self.path)
        status, body = self.server.answers.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server({})
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize(
    ("exploit", "twin", "expected"),
    [
        (
            (200, b"the secret"),
            (200, b""),
            Exploited("GET /static/..%2f../secret: status 200, the answer contains 'the secret'"),
        ),
        ((404, b""), (200, b""), Held()),
        (
            (500, b""),
            (500, b""),
            ProbeUndecided("the benign twin did not succeed: status 500, a server error"),
        ),
    ],
)
def test_a_probe_says_what_a_service_answers(
    server: Server, exploit: tuple[int, bytes], twin: tuple[int, bytes], expected: ProbeResult
) -> None:
    server.answers = {PROBE.request.path: exploit, PROBE.benign.path: twin}
    assert Prober(timeout=5).probe(url(server), PROBE) == expected
    assert server.asked == ["/static/..%2f../secret", "/static/picture"]


def test_a_service_that_is_not_there_decides_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    found = Prober(timeout=1).probe(address, PROBE)
    assert isinstance(found, ProbeUndecided)
    assert found.why.startswith("the benign twin did not succeed: http://127.0.0.1:")


def test_an_address_that_is_none_decides_nothing() -> None:
    assert isinstance(Prober().probe("file:///etc/passwd", PROBE), ProbeUndecided)


def test_writing_methods_are_sent_only_where_they_are_allowed(server: Server) -> None:
    post = Request(path="/order", method="POST")
    server.answers = {"/order": (200, b"the secret")}
    allowed = Probe(
        advisories=("PYSEC-1",),
        request=post,
        exploited=PROBE.exploited,
        benign=PROBE.benign,
        success=PROBE.success,
        unsafe_allow_write=True,
    )
    assert isinstance(Prober().probe(url(server), allowed), Exploited)
    with pytest.raises(ValueError, match="unless `unsafe_allow_write = true`"):
        Probe(
            advisories=("PYSEC-1",),
            request=post,
            exploited=PROBE.exploited,
            benign=PROBE.benign,
            success=PROBE.success,
        )
