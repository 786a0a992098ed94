"""The real Envoy before a small server: what passes is seen as it was, and only what is redacted reaches a file."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from outpace.delivery.exchanges.exchange import NotKept, UnredactedExchange, field
from outpace.delivery.exchanges.redaction import Redactor
from outpace.engines.exchange_files import RecordingFile, read, record
from outpace.engines.tap import Tap, read_trace, tap_filter, traces
from outpace.model.edge import Redact
from tests.needs import missing

SECONDS = 20
MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    wbufsize = -1  # an answer in one piece

    def do_GET(self) -> None:
        asked = self.rfile.read(int(self.headers.get("content-length") or 0))
        long = b"x" * 5000 if self.path == "/long" else b""
        body = json.dumps({"path": self.path, "asked": asked.decode()}).encode() + long
        self.send_response(404 if self.path == "/none" else 200)
        for name, value in (
            ("content-type", "application/json"),
            ("set-cookie", "sid=Xk29dkA8"),
            ("set-cookie", "b=2"),
        ):
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002
        pass


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def bootstrap(port: int, upstream: int, admin: dict[str, Any]) -> dict[str, Any]:
    router = {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}
    manager = {
        "@type": MANAGER,
        "stat_prefix": "edge",
        "http_filters": [tap_filter(), {"name": "envoy.filters.http.router", "typed_config": router}],
        "route_config": {
            "virtual_hosts": [
                {"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "shop"}}]}
            ]
        },
    }
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    return {
        "admin": {"address": admin},
        "static_resources": {
            "listeners": [{"name": "edge", "address": at(port), "filter_chains": [chain]}],
            "clusters": [
                {
                    "name": "shop",
                    "load_assignment": {
                        "cluster_name": "shop",
                        "endpoints": [{"lb_endpoints": [{"endpoint": {"address": at(upstream)}}]}],
                    },
                }
            ],
        },
    }


def at(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


class Edge:
    """Started from the main thread: Envoy ends with the thread that started it."""

    def __init__(self, folder: Path, upstream: int, *, admin_port: int | None = None) -> None:
        beside = Path(sys.executable).with_name("envoy")
        self.envoy = shutil.which("envoy") or (str(beside) if beside.exists() else "")
        if not self.envoy:
            missing("envoy is not installed")
        self.port = free_port()
        self.admin: Path | str = f"127.0.0.1:{admin_port}" if admin_port else folder / "admin.sock"
        address = at(admin_port) if admin_port else {"pipe": {"path": str(self.admin), "mode": 0o600}}
        self.file = folder / "envoy.json"
        self.file.write_text(json.dumps(bootstrap(self.port, upstream, address)))
        self.start()

    def start(self) -> None:
        words = [
            self.envoy,
            "-c",
            str(self.file),
            "--use-dynamic-base-id",
            "--concurrency",
            "1",
            "--log-level",
            "error",
        ]
        self.process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        wait(lambda: self.status("/ready") == 200)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(SECONDS)

    def status(
        self, path: str, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None
    ) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            answer.read()
            return answer.status
        except OSError:
            return 0
        finally:
            line.close()


def wait(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < ends, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture
def upstream() -> Generator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def edge(tmp_path: Path, upstream: int) -> Generator[Edge]:
    found = Edge(tmp_path, upstream)
    yield found
    found.stop()


def listening(edge: Edge, tap: Tap) -> Generator[UnredactedExchange | NotKept]:
    """What comes once Envoy has taken the tap."""
    coming = tap.exchanges()
    seen: list[UnredactedExchange | NotKept] = []
    got = threading.Event()

    def first() -> None:
        seen.append(next(coming))
        got.set()

    waiting = threading.Thread(target=first)
    waiting.start()
    ends = time.monotonic() + SECONDS
    while not got.wait(0.1) and time.monotonic() < ends:
        edge.status("/warm")
    waiting.join()
    return (
        each for each in coming if not (isinstance(each, UnredactedExchange) and each.target in {"/warm", "/ready"})
    )


class Coming(NamedTuple):
    """A tap that somebody began to read."""

    rest: Generator[UnredactedExchange | NotKept]
    tap: Tap

    def exchanges(self) -> Generator[UnredactedExchange | NotKept]:
        return self.rest

    def close(self) -> None:
        self.tap.close()


def test_an_exchange_is_seen_as_it_passed(edge: Edge) -> None:
    tap = Tap(edge.admin, share=1.0, body_bytes=2000)
    coming = listening(edge, tap)
    assert edge.status("/a%20b?x=1&x=2", "POST", "token=geheim", {"X-Two": "1", "Cookie": "a=b"}) == 200
    assert edge.status("/none") == 404
    assert edge.status("/long") == 200
    post, none, long = islice(coming, 3)
    tap.close()
    assert isinstance(post, UnredactedExchange)
    assert isinstance(none, UnredactedExchange)
    assert isinstance(long, UnredactedExchange)
    assert (post.method, post.target, post.status, post.request.body) == (
        "POST",
        "/a%20b?x=1&x=2",
        200,
        b"token=geheim",
    )
    assert [value for name, value in post.response.fields if name == "set-cookie"] == ["sid=Xk29dkA8", "b=2"]
    assert field(post.request.fields, "cookie") == "a=b"
    assert json.loads(post.response.body) == {"path": "/a%20b?x=1&x=2", "asked": "token=geheim"}
    assert post.address == "127.0.0.1"
    assert none.status == 404
    assert long.response.missing == "a body is too long"


def test_only_what_is_redacted_reaches_the_file_which_its_owner_alone_may_read(edge: Edge, tmp_path: Path) -> None:
    tap = Tap(edge.admin, share=1.0, body_bytes=2000)
    coming = listening(edge, tap)
    file = RecordingFile(tmp_path / "recording.jsonl", 3)
    redactor = Redactor(Redact(), body_bytes=2000)
    recorder = threading.Thread(target=record, args=(Coming(coming, tap), redactor.kept, file), kwargs={"every": 0.1})
    recorder.start()
    for number in range(6):
        edge.status(f"/orders/{number}?password=geheim77", headers={"Authorization": "Bearer geheim77"})
    edge.status("/orders", "POST", "x" * 5000)
    wait(lambda: file.path.exists() and read(file.path).not_kept and len(read(file.path).exchanges) == 3)
    tap.close()
    recorder.join()
    recording = read(file.path)
    assert [each.request.target.split("?")[0] for each in recording.exchanges] == [
        "/orders/3",
        "/orders/4",
        "/orders/5",
    ]
    assert recording.not_kept == {"a body is too long": 1}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    for place in tmp_path.rglob("*"):
        if place.is_file():
            assert b"geheim77" not in place.read_bytes()
            assert b"Xk29dkA8" not in place.read_bytes()


def test_the_tap_goes_on_after_envoy_was_started_again(edge: Edge) -> None:
    said: list[str] = []
    tap = Tap(edge.admin, share=1.0, body_bytes=2000, report=said.append)
    coming = listening(edge, tap)
    edge.stop()
    edge.start()
    seen: list[UnredactedExchange | NotKept] = []
    reader = threading.Thread(target=lambda: seen.extend(islice(coming, 1)))
    reader.start()
    wait(lambda: edge.status("/again") and not reader.is_alive())
    tap.close()
    assert isinstance(seen[0], UnredactedExchange)
    assert seen[0].target == "/again"


def test_a_share_of_none_records_nothing_and_the_loopback_serves_as_well(tmp_path: Path, upstream: int) -> None:
    edge = Edge(tmp_path, upstream, admin_port=free_port())
    try:
        whole = Tap(edge.admin, share=1.0, body_bytes=2000)
        coming = listening(edge, whole)
        whole.close()
        assert list(coming) == []
        none = Tap(edge.admin, share=0.0, body_bytes=2000)
        seen: list[object] = []
        reader = threading.Thread(target=lambda: seen.extend(none.exchanges()))
        reader.start()
        time.sleep(1.0)
        assert {edge.status("/a") for _ in range(20)} == {200}
        time.sleep(0.5)
        none.close()
        reader.join()
        assert seen == []
    finally:
        edge.stop()


def test_a_reader_that_falls_behind_loses_exchanges_and_says_how_many(edge: Edge) -> None:
    tap = Tap(edge.admin, share=1.0, body_bytes=2000)
    coming = listening(edge, tap)
    for number in range(400):
        edge.status(f"/{number}")
    time.sleep(0.5)
    tap.close()
    found = list(coming)
    lost = [each for each in found if isinstance(each, NotKept)]
    assert lost
    assert set(lost) == {NotKept("there were more than could be redacted")}
    assert 256 <= len(found) - len(lost) <= 400


def test_a_reader_that_dies_ends_the_recording_with_its_reason() -> None:
    tap = Tap("127.0.0.1:no-port", share=1.0, body_bytes=2000)
    with pytest.raises(ValueError, match="no-port"):
        list(tap.exchanges())


def test_a_header_that_is_no_text_is_seen_all_the_same(edge: Edge) -> None:
    tap = Tap(edge.admin, share=1.0, body_bytes=2000)
    coming = listening(edge, tap)
    assert edge.status("/a", headers={"X-Name": "caf\xe9", "X-Other": "caf\xc3\xa9"}) == 200
    found = next(coming)
    tap.close()
    assert isinstance(found, UnredactedExchange)
    assert (field(found.request.fields, "x-name"), field(found.request.fields, "x-other")) == ("caf!", "café")


def test_a_second_reader_is_refused_in_words(edge: Edge) -> None:
    said: list[str] = []
    first = Tap(edge.admin, share=1.0, body_bytes=2000)
    second = Tap(edge.admin, share=1.0, body_bytes=2000, report=said.append)
    coming = listening(edge, first)
    reader = threading.Thread(target=lambda: list(second.exchanges()))
    reader.start()
    wait(lambda: said)
    second.close()
    reader.join()
    first.close()
    assert list(coming) == []
    assert "already exists" in said[0]


def test_documents_are_told_apart_wherever_the_stream_is_cut_and_long_ones_are_left_out() -> None:
    documents = [b'{\n "a": "}"\n}\n', b'{\n "b": {\n }\n}\n']
    whole = b"".join(documents)
    for size in range(1, len(whole)):
        pieces = (whole[start : start + size] for start in range(0, len(whole), size))
        assert list(traces(pieces, 1000)) == documents
    long = documents[0] + b'{\n "a": "' + b"x" * 5000 + b'"\n}\n' + documents[1]
    pieces = (long[start : start + 100] for start in range(0, len(long), 100))
    assert list(traces(pieces, 1000)) == [documents[0], NotKept("it is too long"), documents[1]]


@pytest.mark.parametrize("trace", [b"", b"{", b"[]", b'{"http_buffered_trace": {"request": 1}}', b"\xff", b"[" * 99999])
def test_an_account_that_is_none_is_no_exchange(trace: bytes) -> None:
    assert read_trace(trace) == NotKept("Envoy's account of it could not be read")  # pyright: ignore[reportArgumentType]


def test_a_request_without_an_answer_is_no_exchange() -> None:
    assert read_trace(b'{"http_buffered_trace": {}}') == NotKept("it had no answer")  # pyright: ignore[reportArgumentType]
