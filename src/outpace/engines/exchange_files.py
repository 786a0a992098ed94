"""Recordings on disk: one exchange a line, the newest of a bounded number, readable by their owner alone."""

from __future__ import annotations

import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from outpace.delivery.exchanges.exchange import Exchange, NotKept, Recording, UnredactedExchange
from outpace.model.errors import BadInput, DamagedData

VERSION = 1
MOST_BYTES = 256 * 2**20
LONGEST_LINE = 2 * 2**20
MOST_REASONS = 100
EVERY = 5.0


class Head(Struct, frozen=True, kw_only=True):
    """The first line."""

    outpace_recording: int
    not_kept: dict[str, int] = {}


class Source(Protocol):
    """What passes: `Tap`."""

    def exchanges(self) -> Generator[UnredactedExchange | NotKept]:
        """Until `close`."""
        ...

    def close(self) -> None:
        """From any thread."""
        ...


class RecordingFile:
    """A ring in memory, written whole beside the file and renamed: a reader sees one recording or the next."""

    def __init__(self, path: Path, exchanges: int) -> None:
        """Goes on with what is there. Raises BadInput, DamagedData."""
        there = read(path) if path.exists() else Recording(exchanges=())
        self.path = path
        self._ring = deque(map(msgspec.json.encode, there.exchanges), maxlen=exchanges)
        self._not_kept = Counter(there.not_kept)
        self._changed = False

    def add(self, found: Exchange | NotKept) -> None:
        """What cannot be written raises here, and harms nothing that was added before."""
        if isinstance(found, NotKept):
            known = found.why in self._not_kept or len(self._not_kept) < MOST_REASONS
            self._not_kept[found.why if known else "other reasons"] += 1
        else:
            self._ring.append(msgspec.json.encode(found))
        self._changed = True

    def write(self) -> None:
        if self._changed:
            _write(self.path, self._ring, self._not_kept)
            self._changed = False


def write(path: Path, recording: Recording) -> None:
    _write(path, map(msgspec.json.encode, recording.exchanges), recording.not_kept)


def _write(path: Path, lines: Iterable[bytes], not_kept: dict[str, int]) -> None:
    """The oldest give way where all together are too large."""
    fitting = [line for line in lines if len(line) < LONGEST_LINE]
    while sum(map(len, fitting)) > MOST_BYTES // 2:
        del fitting[: len(fitting) // 10 + 1]
    head = msgspec.json.encode(Head(outpace_recording=VERSION, not_kept=dict(not_kept)))
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b"\n".join([head, *fitting]) + b"\n")
        half.replace(path)
    finally:
        with suppress(OSError):
            half.unlink()


def read(path: Path) -> Recording:
    """Leaves out a last line that is cut off. Raises BadInput for no recording, DamagedData for a broken line."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}", hint="name the file of a recording") from error
    if len(content) > MOST_BYTES:
        raise BadInput(f"{path} is larger than a recording can be", hint="name the file of a recording")
    first, *lines = content.split(b"\n")
    try:
        head = msgspec.json.decode(first, type=Head)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BadInput(f"{path} is no recording of exchanges", hint="name the file of a recording") from None
    if head.outpace_recording != VERSION:
        raise BadInput(
            f"{path} is a recording of version {head.outpace_recording}, and this Outpace reads {VERSION}",
            hint="record again, or use the Outpace that recorded it",
        )
    whole, torn = _lines(path, lines)
    return Recording(exchanges=tuple(whole), not_kept=head.not_kept, torn=torn)


def _lines(path: Path, lines: list[bytes]) -> tuple[list[Exchange], bool]:
    decoder = msgspec.json.Decoder(Exchange)
    whole: list[Exchange] = []
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        try:
            whole.append(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            if number == len(lines) + 1:
                return whole, True
            raise DamagedData(f"line {number} of {path} is no exchange", hint="record again") from None
    return whole, False


def record(
    source: Source,
    kept: Callable[[UnredactedExchange], Exchange | NotKept],
    into: RecordingFile,
    *,
    every: float = EVERY,
    report: Callable[[str], None] = lambda _: None,
) -> None:
    """Until `source` ends; redaction stands between the two, and the file is renewed every few seconds.

    A thread of its own writes, so that the last exchange before a quiet hour reaches the disk too. A full disk loses
    the recording and stops nobody. What else ends that thread ends the recording, and is raised.
    """
    lock, ended = threading.Lock(), threading.Event()
    said = set[str]()

    def renew() -> None:
        with lock:
            try:
                into.write()
            except OSError as error:
                why = f"the recording cannot be written: {error.strerror}"
                if why not in said:
                    report(why)
                said.add(why)

    def renewing() -> None:
        while not ended.wait(every):
            renew()

    with ThreadPoolExecutor(1, "recording") as threads, closing(source.exchanges()) as passing:
        writing = threads.submit(renewing)
        writing.add_done_callback(lambda _: source.close())
        try:
            for each in passing:
                found = each if isinstance(each, NotKept) else kept(each)
                with lock:
                    into.add(found)
        finally:
            ended.set()
            wait([writing])
            renew()
        writing.result()
