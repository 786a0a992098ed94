"""What lies in the advisory directory, the receipt of what was brought, and one writer at a time."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from outpace.model.errors import Busy
from outpace.model.package import ECOSYSTEMS, PYPI

INCOMING = "incoming-"
OTHERS = "ecosystems"
PATIENCE = 600.0
"""Seconds to wait for another update."""


class Receipt(Struct, frozen=True, kw_only=True):
    """Where the kept archive comes from. Written last: it counts only if both digests are those of the files."""

    source: str
    etag: str = ""
    last_modified: str = ""
    fetched: datetime
    checked: datetime  # when the source last said that this is its newest
    archive: str
    index: str


class Directory:
    """Names only; making it is left to the first writer. PyPI's is the root, with the catalog and the lock of all."""

    @classmethod
    def of(cls, root: Path, ecosystem: str) -> Self:
        return cls(root if ecosystem == PYPI else root / OTHERS / ecosystem)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.archive = path / "osv.zip"
        self.index = path / "index.sqlite"
        self.receipt = path / "osv.json"
        self.kev = path / "kev.json"

    def read_receipt(self) -> Receipt | None:
        try:
            return msgspec.json.decode(self.receipt.read_bytes(), type=Receipt)
        except (OSError, ValueError):
            return None

    @contextmanager
    def incoming(self) -> Generator[Path]:
        """A new file beside the others, gone afterwards unless it was renamed."""
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=INCOMING, dir=self.path)
        os.close(descriptor)
        path = Path(name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def write(self, name: Path, record: Struct) -> None:
        with self.incoming() as path:
            path.write_bytes(msgspec.json.encode(record))
            put(path, name)

    @contextmanager
    def alone(self, report: Callable[[str], None], *, patience: float = PATIENCE) -> Generator[None]:
        """One update at a time; what a killed one left is removed. Where there is no flock, renames must do."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("wb") as lock:
            _take(lock.fileno(), report, patience)
            for left in (*self.path.glob(f"{INCOMING}*"), *self.path.glob(f"{OTHERS}/*/{INCOMING}*")):
                left.unlink(missing_ok=True)
            yield


def ecosystems_in(root: Path) -> tuple[str, ...]:
    """Those with an index, PyPI first."""
    if not (root / OTHERS).is_dir():
        return (PYPI,) if Directory(root).index.exists() else ()
    return tuple(each for each in ECOSYSTEMS if Directory.of(root, each).index.exists())


def _take(descriptor: int, report: Callable[[str], None], patience: float) -> None:
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # not on Windows
        return
    ends = time.monotonic() + patience
    told = False
    while True:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > ends:
                raise Busy("another Outpace is bringing advisory data", hint="wait for it, then go on") from None
        if not told:
            report("another Outpace is bringing advisory data; waiting for it")
            told = True
        time.sleep(0.05)


def put(path: Path, name: Path) -> None:
    """Renames a finished file into place, so that a reader, or a power cut, sees the old one or the new one."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    path.replace(name)
    sync_directory(name.parent)


def sync_directory(directory: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """Of what the file holds; empty where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
