"""Downloads and exchanges against a real server that misbehaves."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from outpace.engines import http
from outpace.engines.http import Answer, Bounds, Downloaded, Unchanged, Validators, download, exchange, masked
from outpace.model.errors import BadInput, DamagedData, Unreachable
from outpace.model.probe import Request
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
    server.serve("/orders", Reply(status=418, body=b"short", headers={"X-Kind": "teapot"}))
    answer = exchange(
        server.url,
        Request(method="POST", path="/orders", headers={"Host": "shop.invalid", "X-A": "1"}, body="é=1"),
    )
    sent = server.received[0]
    assert (sent.line, sent.body) == ("POST /orders HTTP/1.1", "é=1".encode())
    assert (sent.headers["host"], sent.headers["x-a"]) == ("shop.invalid", "1")
    assert (answer.status, answer.body, answer.truncated) == (418, b"short", False)
    assert ("X-Kind", "teapot") in answer.headers


def test_an_answer_is_not_redirected_and_an_error_is_an_answer(server: Loopback) -> None:
    server.serve("/", Reply(status=302, headers={"Location": "/elsewhere"}))
    assert exchange(server.url, Request(path="/")).status == 302
    server.serve("/", Reply(status=500, body=b"oops"))
    assert exchange(server.url, Request(path="/")).body == b"oops"
    assert len(server.received) == 2


def test_only_the_first_mebibyte_is_read(server: Loopback) -> None:
    server.serve("/", Reply(body=b"x" * (3 << 20)))
    answer = exchange(server.url, Request(path="/"))
    assert (len(answer.body), answer.truncated) == (1 << 20, True)


@pytest.mark.parametrize(
    "reply",
    [Reply(body=b"x" * 100, pause=0.05), Reply(body=b"x" * 100, pause=0.05, announce=-1), Reply(silence=2)],
    ids=["dripping", "dripping without a length", "silent"],
)
def test_an_exchange_ends_in_time(reply: Reply, server: Loopback) -> None:
    server.serve("/", reply)
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"within 0\.3 s"):
        exchange(server.url, Request(path="/"), timeout=0.3)
    assert time.monotonic() - began < 10


def test_half_an_answer_is_no_answer(server: Loopback) -> None:
    server.serve("/", Reply(body=b"root:x:0:0", cut=4))
    with pytest.raises(Unreachable, match="no whole answer"):
        exchange(server.url, Request(path="/"))


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
    assert exchange(server.url, Request(method="HEAD", path="/")) == Answer(
        status=200, body=b"", headers=exchange(server.url, Request(method="HEAD", path="/")).headers
    )
