"""Users' traffic, recorded at the edge without its secrets, finds the candidate that answers wrongly with 200."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.engines.tap import Tap
from tests.edge.bare import bare_edge
from tests.edge.bookshop import Bookshop, bookshop
from tests.edge.shop import PATIENCE, until

RECORD = """
[applications.edge.record]
share = 1.0
exchanges = 14
ignore = ["x-release"]

[applications.edge.record.redact]
headers = ["X-Loyalty"]
fields = ["shoe_size"]
patterns = ['LIBRARY-[0-9]{6}']
"""
SECRETS = {
    "Authorization": "Bearer planted-in-authorization",
    "Cookie": "session=planted-in-a-cookie",
    "X-Api-Key": "planted-in-a-key",
    "X-Loyalty": "planted-in-loyalty",
}
BODY = {
    "password": "planted-in-a-password",
    "email": "planted@in.example",
    "card": "4111 1111 1111 1111",
    "shoe_size": "planted-in-a-shoe",
    "note": "my library card is LIBRARY-123456",
}
QUERY = "/books/3?token=planted-in-a-query&page=2"
PLANTED = (b"planted", b"4111 1111", b"41111111", b"LIBRARY-1")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bookshop]:
    """Release 1 takes requests, and what users asked of it is recorded."""
    with bookshop(tmp_path_factory.mktemp("recorded") / "edge", tables=RECORD) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        process = shop.begin("edge", "record", "--for", "2s", "--format", "json")
        recording = shop.folder / "recording.jsonl"
        until(lambda: recording.exists() or shop.asked("/books/1"), "it records")
        while process.poll() is None:
            for number in range(1, 6):
                shop.asked(f"/books/{number}")
            shop.asked(QUERY, headers=SECRETS)
            shop.asked("/login", BODY, headers=SECRETS)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out + err
        yield shop


def test_no_file_of_the_edge_holds_a_secret_of_what_was_recorded(recorded: Bookshop) -> None:
    text = (recorded.folder / "recording.jsonl").read_text()
    assert '"POST"' in text
    assert "/books/3?" in text
    assert recorded.holds(b"library card") == []
    assert [recorded.holds(words) for words in PLANTED] == [[]] * len(PLANTED)


def test_a_price_that_is_wrong_is_found_before_any_user_sees_it_and_goes_on_once_where_it_is_meant(
    recorded: Bookshop,
) -> None:
    recorded.commit("2", dearer=1)
    why = recorded.rolled_back()
    assert re.match(r"\d+ of \d+ replayed exchanges differs?: GET /books/\d\S*: .*price.*; if it is meant: ", why)
    assert recorded.rollout.first_traffic is None
    assert recorded.ends_on("1", "reverted").by == "engine"
    found = re.findall(r"--accept \w{12}", why)
    assert len(found) == 2  # with a query, it is another route
    accepting = " ".join(found).split()
    nobody = recorded.outpace("rollout", *accepting, expect=2)
    assert "--reason" in nobody.err
    with recorded.load():
        recorded.outpace("rollout", "--soak", *accepting, "--reason", "books are dearer")
    assert recorded.ends_on("2", "settled").candidate
    recorded.commit("3", dearer=2)
    assert "price" in recorded.rolled_back()
    assert recorded.rollout.first_traffic is None
    assert recorded.ends_on("2", "reverted")


def test_what_answers_alike_passes_and_its_replayed_requests_are_evidence(recorded: Bookshop) -> None:
    dearer = int(recorded.asked("/books/1").partition('"price": ')[2].rstrip("}")) - 10
    recorded.commit("4", dearer=dearer)
    with recorded.load():
        ran = recorded.outpace("rollout", "--soak", "--format", "json")
    assert re.search(r"rests on .*\d+ replayed requests", recorded.rollout.why + ran.out)
    assert recorded.ends_on("4", "settled")


def test_an_edge_that_came_up_before_recording_was_declared_says_what_to_do(tmp_path: Path) -> None:
    said: list[str] = []
    with bare_edge(tmp_path / "bare") as bare, bare.runtime.admin.reached() as admin:
        tap = Tap(admin, share=1.0, body_bytes=2000, report=said.append)
        reader = threading.Thread(target=lambda: list(tap.exchanges()))
        reader.start()
        until(lambda: said, "it says so")
        tap.close()
        reader.join()
    assert len(said[0]) < 300
    assert "outpace edge up takes it up" in said[0]
