"""Recordings on disk: bounded, private, whole or torn at the end, and nothing else is taken for one."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outpace.delivery.exchanges.exchange import (
    Client,
    Exchange,
    NotKept,
    Recording,
    Request,
    Response,
    UnredactedExchange,
    UnredactedMessage,
    mix,
)
from outpace.engines import exchange_files
from outpace.engines.exchange_files import RecordingFile, read, record, write
from outpace.model.errors import BadInput, DamagedData

AT = datetime(2026, 11, 27, tzinfo=UTC)


def exchange(target: str, body: str = "") -> Exchange:
    return Exchange(
        request=Request(method="GET", target=target),
        response=Response(status=200, body=body),
        at=AT,
        client=Client("c"),
    )


def unredacted() -> UnredactedExchange:
    nothing = UnredactedMessage()
    return UnredactedExchange(
        method="GET", target="/", authority="", status=200, request=nothing, response=nothing, at=AT
    )


def test_the_newest_are_kept_and_what_was_not_is_counted(tmp_path: Path) -> None:
    file = RecordingFile(tmp_path / "r.jsonl", 2)
    for each in (exchange("/1"), NotKept("why"), exchange("/2"), NotKept("why"), exchange("/3")):
        file.add(each)
    file.write()
    expected = Recording(exchanges=(exchange("/2"), exchange("/3")), not_kept={"why": 2})
    assert read(file.path) == expected
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    again = RecordingFile(file.path, 2)
    again.add(exchange("/4"))
    again.write()
    assert read(file.path).exchanges == (exchange("/3"), exchange("/4"))
    assert [each.name for each in tmp_path.iterdir()] == ["r.jsonl"]


def test_a_last_line_that_is_cut_off_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    write(path, Recording(exchanges=(exchange("/1"), exchange("/2"))))
    whole = path.read_bytes()
    second = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    for end in range(second + 1, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert read(path) == Recording(exchanges=(exchange("/1"),), torn=True)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": 1}', b"PK\x03\x04", b'{"outpace_recording": "1"}']
)
def test_what_is_no_recording_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "r").write_bytes(content)
    with pytest.raises(BadInput, match="is no recording of exchanges"):
        read(tmp_path / "r")


def test_another_version_and_a_broken_line_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_bytes(b'{"outpace_recording": 2}\n')
    with pytest.raises(BadInput, match="version 2"):
        read(path)
    path.write_bytes(b'{"outpace_recording": 1}\n{"request": 1}\n' + b"{}\n")
    with pytest.raises(DamagedData, match="line 2"):
        read(path)
    with pytest.raises(BadInput, match="cannot read"):
        read(tmp_path)


def test_a_recording_stays_within_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_files, "MOST_BYTES", 20_000)
    path = tmp_path / "r"
    write(path, Recording(exchanges=tuple(exchange(f"/{number}", "x" * 1000) for number in range(50))))
    kept = read(path).exchanges
    assert 5 < len(kept) < 10
    assert kept[-1].request.target == "/49"
    path.write_bytes(b"x" * 20_001)
    with pytest.raises(BadInput, match="larger than a recording"):
        read(path)


def test_a_link_in_the_way_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path = tmp_path / "r.jsonl"
    (tmp_path / f".r.jsonl.{os.getpid()}.half").symlink_to(victim)
    write(path, Recording(exchanges=()))
    assert victim.read_text() == "mine"


class Passing:
    """Exchanges that come until nobody wants more."""

    def __init__(self, *coming: UnredactedExchange | NotKept, then_wait: bool = False) -> None:
        self._coming = coming
        self._closed = threading.Event()
        self._then_wait = then_wait

    def exchanges(self) -> Generator[UnredactedExchange | NotKept]:
        yield from self._coming
        if self._then_wait:
            assert self._closed.wait(20), "nobody ended it"

    def close(self) -> None:
        self._closed.set()


def test_a_writer_that_dies_ends_the_recording_with_what_was_kept(tmp_path: Path) -> None:
    class Broken(RecordingFile):
        dies = True

        def write(self) -> None:
            if self.dies:
                self.dies = False
                raise RuntimeError("it broke")
            super().write()

    file = Broken(tmp_path / "r.jsonl", 2)
    with pytest.raises(RuntimeError, match="it broke"):
        record(Passing(NotKept("why"), then_wait=True), lambda _: NotKept("never"), file, every=0.01)
    assert read(file.path).not_kept == {"why": 1}


def test_what_cannot_be_written_harms_nothing_that_was_kept_before(tmp_path: Path) -> None:
    file = RecordingFile(tmp_path / "r.jsonl", 2)
    passing = Passing(unredacted(), unredacted())
    found = iter([exchange("/1"), exchange("/\ud800")])
    with pytest.raises(UnicodeEncodeError):
        record(passing, lambda _: next(found), file)
    assert read(file.path).exchanges == (exchange("/1"),)


def test_a_disk_that_takes_nothing_loses_the_recording_and_stops_nobody(tmp_path: Path) -> None:
    said: list[str] = []
    file = RecordingFile(tmp_path / "none" / "r.jsonl", 2)
    record(Passing(NotKept("a"), NotKept("b")), lambda _: NotKept("never"), file, every=0.01, report=said.append)
    assert said == ["the recording cannot be written: No such file or directory"]


def test_the_mix_counts_requests_by_route() -> None:
    targets = [
        "/orders/1",
        "/orders/22?page=2",
        "/orders/3?page=9",
        "/a",
        "/users/550e8400-e29b-41d4-a716-446655440000",
    ]
    recording = Recording(exchanges=tuple(exchange(each) for each in targets))
    assert mix(recording) == {"GET /orders/{n}?page": 2, "GET /a": 1, "GET /orders/{n}": 1, "GET /users/{id}": 1}
