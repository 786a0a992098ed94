"""`outpace replay` as it is typed: exit statuses, what it prints, and what it refuses."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from outpace.cli.main import main
from outpace.delivery.exchanges.exchange import Client, Exchange, Recording, Request, Response
from outpace.engines.exchange_files import write


def server(price: int, tags: str = "") -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"path": self.path, "price": price, "tags": list(tags)}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    return found


@pytest.fixture
def urls() -> Generator[tuple[str, str]]:
    servers = server(5), server(6)
    first, second = (f"http://127.0.0.1:{each.server_address[1]}" for each in servers)
    yield first, second
    for each in servers:
        each.shutdown()
        each.server_close()


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    exchanges = tuple(
        Exchange(
            request=Request(method=method, target=target),
            response=Response(status=200),
            at=datetime(2026, 11, 27, tzinfo=UTC),
            client=Client("c"),
        )
        for method, target in (("GET", "/products/1"), ("GET", "/products/2"), ("POST", "/orders"))
    )
    write(tmp_path / "r.jsonl", Recording(exchanges=exchanges, not_kept={"a body is too long": 2}))
    return "r.jsonl"


def test_releases_that_answer_alike_end_with_0(
    recording: str, urls: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", recording, "--old", urls[0], "--new", urls[0], "--rate", "1000"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("2 replayed exchanges are answered alike")
    assert "1 x POST may change something" in said.out
    assert "2 x a body is too long" in said.out
    assert "replaying 2 exchanges" in said.err


def test_a_difference_ends_with_10_and_is_accepted_by_its_digest_and_a_reason(
    recording: str, urls: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["replay", recording, "--old", urls[0], "--new", urls[1], "--rate", "1000", "--quiet"]
    assert main([*words, "--format", "json"]) == 10
    result = json.loads(capsys.readouterr().out)["result"]
    (found,) = result["found"]
    assert (found["route"], found["place"], found["exchanges"]) == ("GET /products/{n}", "$.price", 2)
    assert result["mix"] == {"GET /products/{n}": 2, "POST /orders": 1}
    assert main([*words, "--accept", found["digest"][:12], "--reason", "prices rise today"]) == 0
    assert "accepted by" in capsys.readouterr().out
    assert main([*words, "--accept", found["digest"][:12]]) == 2
    assert "accepted with a reason" in capsys.readouterr().err
    assert main([*words, "--accept", "0" * 12, "--reason", "x"]) == 2
    assert "nothing differs that 000000000000" in capsys.readouterr().err
    elsewhere = ["--new-release", "b" * 64, "--accept", found["digest"][:12], "--reason", "x"]
    assert main([*words, *elsewhere]) == 2


def test_a_declared_field_is_left_out(recording: str, urls: tuple[str, str]) -> None:
    words = ["replay", recording, "--old", urls[0], "--new", urls[1], "--rate", "1000", "--quiet"]
    assert main([*words, "--ignore", "price"]) == 0


def test_of_one_process_it_is_said_what_is_of_order_alone_and_a_second_one_settles_it(
    recording: str, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = [server(5, "abcde"), server(5, "badec"), server(5, "edcba"), server(6, "dcbae")]
    old, beside, same, dearer = (f"http://127.0.0.1:{each.server_address[1]}" for each in servers)
    words = ["replay", recording, "--rate", "1000", "--quiet", "--format", "json", "--old", old]
    try:
        assert main([*words, "--new", dearer]) == 10
        alone = json.loads(capsys.readouterr().out)
        assert main(["replay", recording, "--rate", "1000", "--old", old, "--new", same]) == 10
        shown = " ".join(capsys.readouterr().out.split())
        assert main([*words, "--old", beside, "--new", same]) == 0
        capsys.readouterr()
        assert main([*words, "--old", beside, "--new", dearer]) == 10
        beside_another = json.loads(capsys.readouterr().out)
        assert main([*words, "--old", beside, "--new", same, "--unsafe-methods"]) == 2
    finally:
        for each in servers:
            each.shutdown()
            each.server_close()
    assert {each["place"] for each in alone["result"]["found"]} == {"$.price", "$.tags"}
    assert alone["result"]["sentence"].endswith(
        "; 1 of 2 differences is of order alone, which may be that of a set in its process"
    )
    assert [(each["what"], each["would_settle"] != "") for each in alone["unknown"]] == [
        ("GET /products/{n} $.tags", True)
    ]
    assert "of order alone, which may be that of a set in its process; a second process of the old release" in shown
    assert [each["place"] for each in beside_another["result"]["found"]] == ["$.price"]
    assert beside_another["unknown"] == []


@pytest.mark.parametrize("option", ["--old", "--new"])
def test_an_address_at_which_nothing_answers_is_no_difference_to_be_accepted(
    recording: str, urls: tuple[str, str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses = {"--old": urls[0], "--new": urls[0], option: "http://127.0.0.1:9"}
    words = [word for pair in addresses.items() for word in pair]
    assert main(["replay", recording, *words, "--rate", "1000"]) == 3
    said = capsys.readouterr()
    assert f"nothing answers at {option}: ConnectionRefusedError" in said.err
    assert said.out == ""


@pytest.mark.usefixtures("recording")
def test_where_nothing_could_be_compared_it_does_not_end_with_0(
    urls: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").write_text('{"outpace_recording": 1}\n')
    assert main(["replay", "empty", "--old", urls[0], "--new", urls[0]]) == 10
    assert "nothing is shown" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["none.jsonl", "--old", "http://a", "--new", "http://b"],
        ["r.jsonl", "--old", "ftp://a", "--new", "http://b"],
        ["r.jsonl", "--old", "http://a", "--new", "http://b", "--accept", "0" * 64],
    ],
)
def test_what_cannot_be_is_a_usage_error(recording: str, words: list[str]) -> None:
    assert main(["replay", *words]) == 2


def test_what_a_recording_says_never_reaches_the_terminal_as_it_is(
    recording: str, urls: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    content = Path(recording).read_text().replace("/products/1", "/products/1\\u001b]0;x\\u0007")
    Path(recording).write_text(content)
    main(["replay", recording, "--old", urls[0], "--new", urls[1], "--rate", "1000"])
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "1 x HTTP cannot carry it" in said.out
