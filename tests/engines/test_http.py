"""Downloads and exchanges against a real server that misbehaves."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from outpace.engines import http
from outpace.engines.http import Bounds, Downloaded, Unchanged, Validators, download, exchange, masked
from outpace.model.errors import BadInput, DamagedData, Unreachable
from outpace.model.probe import Partial, Request, Response
from tests.fakes.loopback import Loopback, Reply, loopback

BOUNDS = Bounds(size=10_000, seconds=5, silence=2, tries=3, pause=0.01)
BODY = b"advisories " * 50


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with loopback() as running:
        yield running


def whole(body: bytes = BODY, **validators: str) -> Downloaded:
    return Downloaded(size=len(body), sha256=hashlib.sha256(body).hexdigest(), validators=Validators(**validators))


def test_a_download_arrives_whole_with_digest_and_validators(server: Loopback, tmp_path: Path) -> None:
    when = "Tue, 24 Nov 2026 10:00:00 GMT"
    url = server.serve("/all.zip", Reply(body=BODY, headers={"ETag": '"1"', "Last-Modified": when}))
    assert download(url, tmp_path / "got", bounds=BOUNDS) == whole(etag='"1"', last_modified=when)
    assert (tmp_path / "got").read_bytes() == BODY
    assert server.received[0].headers["user-agent"].startswith("outpace/")


def test_what_is_current_is_not_sent_again(server: Loopback, tmp_path: Path) -> None:
    url = server.serve("/all.zip", Reply(status=304))
    known = Validators(etag='"1"', last_modified="Tue, 24 Nov 2026 10:00:00 GMT")
    assert download(url, tmp_path / "got", bounds=BOUNDS, known=known) == Unchanged()
    sent = server.received[0].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (known.etag, known.last_modified)


SPOILT = {
    "cut off": Reply(body=BODY, cut=100),
    "longer announced than sent": Reply(body=BODY, announce=len(BODY) + 1),
    "a server error": Reply(status=500, body=b"no"),
    "too many requests": Reply(status=429),
    "silent": Reply(body=BODY, silence=3),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_download_is_tried_again_and_then_arrives(name: str, server: Loopback, tmp_path: Path) -> None:
    url = server.serve("/all.zip", SPOILT[name], Reply(body=BODY))
    told: list[str] = []
    bounds = Bounds(size=10_000, seconds=5, silence=0.3, tries=3, pause=0.01)
    assert download(url, tmp_path / "got", bounds=bounds, report=told.append) == whole()
    assert (tmp_path / "got").read_bytes() == BODY
    assert [line.endswith("; trying again") for line in told] == [True]


@pytest.mark.parametrize("name", ["cut off", "longer announced than sent", "a server error"])
def test_a_download_that_stays_spoilt_is_unreachable_after_three_tries(
    name: str, server: Loopback, tmp_path: Path
) -> None:
    url = server.serve("/all.zip", SPOILT[name])
    with pytest.raises(Unreachable, match="3 times"):
        download(url, tmp_path / "got", bounds=BOUNDS)
    assert len(server.received) == 3


@pytest.mark.parametrize("status", [304, 401, 404, 206, 204])
def test_a_status_without_the_file_is_unreachable_at_once(status: int, server: Loopback, tmp_path: Path) -> None:
    url = server.serve("/all.zip", Reply(status=status))
    with pytest.raises(Unreachable, match=f"answered {status}"):
        download(url, tmp_path / "got", bounds=BOUNDS)
    assert len(server.received) == 1


def test_a_server_that_drips_is_given_up(server: Loopback, tmp_path: Path) -> None:
    url = server.serve("/all.zip", Reply(body=BODY, pause=0.02))
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"was not sent within 0\.2 s"):
        download(url, tmp_path / "got", bounds=Bounds(size=10_000, seconds=0.2, silence=2, tries=1))
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("announce", [None, -1])
def test_what_is_too_large_is_refused_whether_announced_or_not(
    announce: int | None, server: Loopback, tmp_path: Path
) -> None:
    url = server.serve("/all.zip", Reply(body=b"x" * 20_000, announce=announce))
    with pytest.raises(DamagedData, match="larger than the 10000 bytes"):
        download(url, tmp_path / "got", bounds=BOUNDS)


def test_a_few_redirects_are_followed(server: Loopback, tmp_path: Path) -> None:
    server.serve("/new", Reply(body=BODY))
    url = server.serve("/old", Reply(status=302, headers={"Location": "/new"}))
    assert download(url, tmp_path / "got", bounds=BOUNDS) == whole()


def test_a_redirect_loop_ends(server: Loopback, tmp_path: Path) -> None:
    url = server.serve("/loop", Reply(status=302, headers={"Location": "/loop"}))
    with pytest.raises(Unreachable, match="redirects more than 5 times"):
        download(url, tmp_path / "got", bounds=BOUNDS)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    step = httpx2.Response(302, request=httpx2.Request("GET", "https://example.invalid/all.zip"))
    last = httpx2.Response(200, request=httpx2.Request("GET", "http://example.invalid/all.zip"), history=[step])
    with pytest.raises(Unreachable, match="from https to http"):
        http._refuse_downgrade("https://example.invalid/all.zip", last)


@pytest.mark.parametrize("url", ["ftp://example.invalid/x", "/etc/passwd", "file:///etc/passwd", "http://[::1"])
def test_only_http_and_https_addresses_are_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        download(url, tmp_path / "got", bounds=BOUNDS)


def test_a_redirect_to_a_file_is_refused(server: Loopback, tmp_path: Path) -> None:
    url = server.serve("/old", Reply(status=302, headers={"Location": "file:///etc/passwd"}))
    with pytest.raises(BadInput):
        download(url, tmp_path / "got", bounds=BOUNDS)


def test_a_proxy_of_the_environment_is_used(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    server.serve("http://example.invalid/all.zip", Reply(body=BODY))
    assert download("http://example.invalid/all.zip", tmp_path / "got", bounds=BOUNDS) == whole()


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("SSL_CERT_FILE", "/no/such/file", "SSL_CERT_FILE"),
        ("HTTPS_PROXY", "nonsense://me:hunter2@host", "HTTPS_PROXY"),
        ("HTTPS_PROXY", "http://me:hunter2@[::1", "HTTPS_PROXY"),
    ],
)
def test_what_the_environment_names_wrongly_is_the_users_to_mend(
    name: str, value: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as told:
        download("https://127.0.0.1:9/all.zip", tmp_path / "got", bounds=BOUNDS)
    assert hint in told.value.hint
    assert "hunter2" not in told.value.message


def test_no_password_of_an_address_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as told:
        download("http://me:hunter2@127.0.0.1:9/all.zip?token=abc", tmp_path / "got", bounds=BOUNDS)
    assert "hunter2" not in f"{told.value.message} {told.value.hint}"
    assert "abc" not in told.value.message


MASKED = {
    "https://me:pw@host:8443/a/b?token=1#x": "https://host:8443/a/b",
    "http://[::1]:80/": "http://[::1]:80/",
    "http://host:port/": "(a URL that cannot be read)",
    "pw@host": "(a URL that cannot be read)",
    "git+ssh:secret": "(a URL that cannot be read)",
}


@pytest.mark.parametrize("url", MASKED)
def test_only_the_harmless_parts_of_an_address_are_shown(url: str) -> None:
    assert masked(url) == MASKED[url]


PATHS = ("/static/../../../etc/passwd", "//a//b", "/%2e%2e/x?y=%00", "/a/./b;c?d=[e]|{f}", "/static/..\\x")


@pytest.mark.parametrize("path", PATHS)
def test_the_path_is_sent_as_written(path: str, server: Loopback) -> None:
    exchange(server.url, Request(path=path))
    assert server.received[0].line == f"GET {path} HTTP/1.1"


def test_a_path_follows_the_path_of_the_address(server: Loopback) -> None:
    exchange(f"{server.url}/shop/", Request(path="/../x"))
    assert server.received[0].line == "GET /shop/../x HTTP/1.1"


def test_method_headers_and_body_arrive_and_the_answer_comes_back(server: Loopback) -> None:
    server.serve("/orders", Reply(status=418, body=b"short"))
    asked = Request(method="POST", path="/orders", headers={"Host": "shop.invalid", "X-A": "1"}, body="é=1")
    assert exchange(server.url, asked) == Response(status=418, body=b"short")
    sent = server.received[0]
    assert (sent.line, sent.body) == ("POST /orders HTTP/1.1", "é=1".encode())
    assert (sent.headers["host"], sent.headers["x-a"]) == ("shop.invalid", "1")


def test_an_answer_is_not_redirected_and_an_error_is_an_answer(server: Loopback) -> None:
    server.serve("/", Reply(status=302, headers={"Location": "/elsewhere"}))
    assert exchange(server.url, Request(path="/")).status == 302
    server.serve("/", Reply(status=500, body=b"oops"))
    assert exchange(server.url, Request(path="/")).body == b"oops"
    assert len(server.received) == 2


@pytest.mark.parametrize("announce", [None, -1])
def test_an_answer_that_is_too_long_is_read_in_part(announce: int | None, server: Loopback) -> None:
    server.serve("/", Reply(body=b"x" * (3 << 20), announce=announce))
    answer = exchange(server.url, Request(path="/"))
    assert isinstance(answer, Partial)
    assert (answer.why, len(answer.body) >> 20) == ("it is longer than 2 MiB", 2)


@pytest.mark.parametrize("announce", [None, -1], ids=["with a length", "without one"])
def test_an_exchange_with_a_server_that_drips_ends_in_time(announce: int | None, server: Loopback) -> None:
    server.serve("/", Reply(body=b"x" * 100, pause=0.05, announce=announce))
    began = time.monotonic()
    answer = exchange(server.url, Request(path="/"), timeout=0.3)
    assert isinstance(answer, Partial)
    assert answer.why == "it did not end in 0.3 s"
    assert time.monotonic() - began < 10


def test_an_exchange_with_a_server_that_is_silent_ends_in_time(server: Loopback) -> None:
    server.serve("/", Reply(silence=2))
    with pytest.raises(Unreachable, match=r"within 0\.3 s"):
        exchange(server.url, Request(path="/"), timeout=0.3)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "a length": OK + b"Content-Length: 6\r\n\r\nsecret, and what does not belong to it",
    "no length": OK + b"\r\nsecret",
    "an interim answer before": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    + OK
    + b"Content-Length: 6\r\n\r\nsecret",
    "two interim answers before": 2 * b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\nsecret",
    "chunks": CHUNKED + b"3;x=y\r\nsec\r\n03\r\nret\r\n0\r\nTrailer: 1\r\n\r\n",
    "chunks and a length": OK + b"Content-Length: 2\r\n" + CHUNKED[len(OK) :] + b"6\r\nsecret\r\n0\r\n\r\n",
}
CUT = {
    "a length": (OK + b"Content-Length: 9\r\n\r\nsecret", "it breaks off 3 bytes before its end"),
    "no last chunk": (CHUNKED + b"6\r\nsecret\r\n", "it breaks off"),
    "half a chunk": (CHUNKED + b"9\r\nsecret", "it breaks off 3 bytes before its end"),
    "no size of a chunk": (CHUNKED + b"6\r\nsecret\r\nx\r\n", "its chunks cannot be told apart"),
    "a chunk that is longer than its size": (CHUNKED + b"6\r\nsecrets\r\n", "its chunks cannot be told apart"),
    "two lengths": (OK + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\n", "its length cannot be told"),
    "another coding": (
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n6\r\nsecret\r\n0\r\n\r\n",
        "it has a transfer coding that is not read",
    ),
    "a content that is compressed": (OK + b"Content-Encoding: gzip\r\n\r\nsecret", "it is compressed"),
}
NONE = {
    "nothing": b"",
    "only an interim answer": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "half a status line": b"HTTP/1.1 200",
    "half a head": OK + b"Content-Type: text/plain\r\nContent-Len",
    "another protocol": b"220 mail.invalid ESMTP\r\n",
    "a head without end": OK + b"X: y\r\n" * 1001,
}


@contextmanager
def speaking(answer: bytes, *, resets: bool = False) -> Generator[str]:
    """One connection, answered with these bytes whatever is asked."""

    def answers() -> None:
        line, _ = listening.accept()
        with line:
            line.recv(1 << 16)
            line.sendall(answer)
            if resets:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answers)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE)
def test_the_whole_answer_is_read_and_nothing_else(answer: bytes) -> None:
    with speaking(answer) as url:
        assert exchange(url, Request(path="/"), timeout=5) == Response(status=200, body=b"secret")


@pytest.mark.parametrize(("answer", "why"), CUT.values(), ids=CUT)
def test_what_came_of_an_answer_is_not_taken_for_the_whole(answer: bytes, why: str) -> None:
    with speaking(answer) as url:
        found = exchange(url, Request(path="/"), timeout=5)
    assert isinstance(found, Partial)
    assert found.why == why


def test_an_answer_without_a_length_that_ends_in_a_reset_is_not_whole() -> None:
    with speaking(OK + b"\r\nsecret", resets=True) as url:
        found = exchange(url, Request(path="/"), timeout=5)
    assert found == Partial(status=200, body=b"secret", why="the connection failed: Connection reset by peer")


@pytest.mark.parametrize("answer", NONE.values(), ids=NONE)
def test_what_is_not_even_a_whole_head_is_no_answer(answer: bytes) -> None:
    with speaking(answer) as url, pytest.raises(Unreachable, match="gave no answer to GET"):
        exchange(url, Request(path="/"), timeout=5)


def test_a_refused_connection_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        exchange(f"http://127.0.0.1:{port}", Request(path="/"))


@pytest.mark.parametrize(
    "request_",
    [
        Request(path="/a b"),
        Request(path="/a\r\nX-Injected: 1"),
        Request(path="/é"),
        Request(path="/", method="GET\r\n"),
        Request(path="/", headers={"X": "a\r\nY: b"}),
    ],
)
def test_what_http_cannot_carry_is_refused(request_: Request, server: Loopback) -> None:
    with pytest.raises(BadInput, match="cannot be sent"):
        exchange(server.url, request_)
    assert server.received == []


@pytest.mark.parametrize(
    "url", ["ftp://example.invalid", "example.invalid", "http://", "http://host:99999", "http://h:0"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="cannot probe"):
        exchange(url, Request(path="/"))


def test_an_answer_to_head_has_no_body(server: Loopback) -> None:
    server.serve("/", Reply(announce=5))
    assert exchange(server.url, Request(method="HEAD", path="/")) == Response(status=200)


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_never_has_a_body_is_whole_without_one(status: int, server: Loopback) -> None:
    server.serve("/", Reply(status=status, announce=5))
    assert exchange(server.url, Request(path="/")) == Response(status=status)
