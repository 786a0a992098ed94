"""Streams through shifts and promotions, over HTTP/2, WebSockets and server-sent events, with TLS and without."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import closing as closed
from pathlib import Path

import pytest
from msgspec.structs import replace
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from outpace.app.judging import Judges
from outpace.app.rollout import Rolling
from outpace.delivery.edge.standing import Good, Rollout
from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.engines.envoy.runtime import Runtime
from outpace.engines.envoy.trails import TrailFile
from outpace.model import times
from outpace.model.edge import Risk
from tests.edge.bare import A, B, Bare, bare_edge, certified
from tests.edge.shop import PATIENCE, until
from tests.needs import needs


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def edge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bare]:
    with bare_edge(tmp_path / "bare", has_tls=request.param) as edge:
        yield edge


class Events:
    """Server-sent ones, of one connection."""

    def __init__(self, edge: Bare) -> None:
        trust = edge.trust
        self.connection = (
            http.client.HTTPSConnection("localhost", edge.port, context=trust, timeout=PATIENCE)
            if trust
            else http.client.HTTPConnection("localhost", edge.port, timeout=PATIENCE)
        )
        self.connection.request("GET", "/events")
        self.answer = self.connection.getresponse()

    def close(self) -> None:
        self.answer.close()
        self.connection.close()

    def next(self) -> str:
        """Empty at its end."""
        try:
            while line := self.answer.readline():
                if line.startswith(b"data: "):
                    return line[6:].decode().strip()
        except (OSError, http.client.HTTPException):
            pass
        return ""


class Streamed:
    """The same, over HTTP/2."""

    def __init__(self, edge: Bare) -> None:
        argv = [needs("curl"), "-sN", *edge.http2(), edge.address("http", "/events")]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=edge.environ)

    def next(self) -> str:
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            if line.startswith("data: "):
                return line[6:].strip()
        return ""

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


def chat(edge: Bare) -> ClientConnection:
    return connect(edge.address("ws", "/chat"), ssl=edge.trust, open_timeout=PATIENCE, close_timeout=1)


def said(chatting: ClientConnection) -> str:
    """Empty at its end."""
    try:
        chatting.send("hello")
        return str(chatting.recv(timeout=PATIENCE)).split()[0]
    except ConnectionClosed:
        return ""


def rolling(edge: Bare, told: list[str]) -> Rolling:
    judges = Judges(
        Risk(),
        urgency="routine",
        exposed_hours=0.0,
        soak_s=1.0,
        trails=lambda rollout: TrailFile(edge.place / rollout.id, told.append),
        report=told.append,
    )
    return Rolling(edge.runtime, judges=judges, report=told.append, drain_s=0.1)


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_stream_stays_with_the_release_it_began_on_until_that_is_retired(edge: Bare, closing: ExitStack) -> None:
    chatting = closing.enter_context(chat(edge))
    events, streamed = closing.enter_context(closed(Events(edge))), closing.enter_context(closed(Streamed(edge)))
    assert (said(chatting), events.next(), streamed.next()) == ("a", "a", "a")
    edge.start(B)
    for weight in (1, WHOLE // 2, WHOLE):
        edge.runtime.route(Traffic(baseline=A, candidate=B, weight=weight))
        assert (said(chatting), events.next(), streamed.next()) == ("a", "a", "a")
    fresh = closing.enter_context(chat(edge))
    others, http2 = closing.enter_context(closed(Events(edge))), closing.enter_context(closed(Streamed(edge)))
    assert (said(fresh), others.next(), http2.next()) == ("b", "b", "b")

    told: list[str] = []
    at = times.now()
    promoted = Rollout(id="1", baseline=A, candidate=B, began=at, stage="promoted", promoted=at)
    edge.runtime.keep_rollout(promoted)
    edge.runtime.keep_good(Good(release=B, since=at, before=A))
    rolling(edge, told).ends.settled(promoted, 0.1)
    assert "aaaaaaaaaaaa still has requests under way after 0.1 s: they are ended" in told
    until(lambda: not said(chatting), "the old WebSocket ends")
    until(lambda: not events.next(), "the old events end")
    until(lambda: not streamed.next(), "the old HTTP/2 stream ends")
    assert (said(fresh), others.next(), http2.next()) == ("b", "b", "b")
    assert [each.release for each in edge.runtime.standing().instances] == [B]


def test_http_2_is_spoken_to_whoever_asks_for_it(edge: Bare) -> None:
    done = edge.curl("-w", "%{http_version}", edge.address("http", "/"))
    assert (done.stdout, done.stderr) == ("a\n2", "")


def fingerprint(port: int) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain, context.wrap_socket(plain) as held:
        held.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert held.recv(12) == b"HTTP/1.1 200"
        return held.getpeercert(binary_form=True) or b""


def test_a_certificate_that_is_renamed_into_place_is_served_and_no_request_fails_meanwhile(tmp_path: Path) -> None:
    with bare_edge(tmp_path / "bare", has_tls=True) as edge:
        seen = {fingerprint(edge.port)}
        for _ in range(5):
            certified(edge.place)
            seen.add(until(lambda: {fingerprint(edge.port)} - seen, "the new certificate is served").pop())
        assert len(seen) == 6


def test_certificates_that_are_declared_elsewhere_are_served_by_the_next_up(tmp_path: Path) -> None:
    with bare_edge(tmp_path / "bare", has_tls=True) as edge:
        before = fingerprint(edge.port)
        (edge.place / "renewed").mkdir()
        renewed = certified(edge.place / "renewed")
        declared = Runtime(edge.runtime.place.folder, replace(edge.runtime.settings, tls=renewed), edge.environ)
        assert declared.standing().listens_otherwise
        declared.up()
        until(lambda: fingerprint(edge.port) != before, "the other certificate is served")
        assert not declared.standing().listens_otherwise
