"""Envoy's admin interface over its socket: counters, buckets of latency, what it says of its documents."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import msgspec
from msgspec import Struct

from outpace.model.errors import DamagedData, Unreachable

SOCKET = "admin.sock"
SECONDS = 2.0
OK = 200

Counters: TypeAlias = Mapping[str, int]


class Bucket(Struct, frozen=True):
    """How many took less than `upper`, in milliseconds, and no less than the bucket below."""

    upper: float
    count: int


class _Histogram(Struct, kw_only=True):
    name: str = ""
    totals: list[dict[str, float]] = []
    cumulative: list[object] = []


class _Histograms(Struct):
    details: list[_Histogram] = []


class _Stat(Struct, kw_only=True):
    name: str = ""
    value: int | float | str = 0
    histograms: _Histograms | list[_Histogram] | None = None


class _Stats(Struct):
    stats: list[_Stat] = []


class Admin:
    """Of the Envoy that was started in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def counters(self, pattern: str) -> Counters:
        """Those whose names match, by name. Raises Unreachable."""
        stats = self._stats(f"/stats?format=json&filter={quote(pattern, safe='')}")
        return {each.name: int(each.value) for each in stats.stats if isinstance(each.value, int | float) and each.name}

    def latencies(self, pattern: str) -> Mapping[str, tuple[Bucket, ...]]:
        """Of histograms in milliseconds since Envoy began, by name."""
        path = f"/stats?format=json&histogram_buckets=detailed&filter={quote(pattern, safe='')}"
        stats = self._stats(path)
        found: dict[str, tuple[Bucket, ...]] = {}
        for each in stats.stats:
            details = each.histograms.details if isinstance(each.histograms, _Histograms) else each.histograms or []
            for one in details:
                found[one.name] = tuple(
                    Bucket(upper=row["lower_bound"] + row["width"], count=int(row["count"])) for row in one.totals
                )
        return found

    def began(self) -> str:
        """Another word for each Envoy that is started: each makes its socket anew. Raises Unreachable."""
        try:
            made = (self._folder / SOCKET).stat()
        except OSError as error:
            raise self._gone(error) from error
        return f"{made.st_ino} {made.st_mtime_ns}"

    def is_ready(self) -> bool:
        try:
            return self._get("/ready").startswith(b"LIVE")
        except Unreachable:
            return False

    def quit(self) -> None:
        """Ends it; nothing to do where there is none."""
        try:
            self._request("POST", "/quitquitquit")
        except Unreachable:
            pass

    def _stats(self, path: str) -> _Stats:
        try:
            return msgspec.json.decode(self._get(path), type=_Stats)
        except msgspec.DecodeError as error:
            raise DamagedData(
                f"what Envoy says of its counters cannot be read: {error}", hint="outpace edge status says which runs"
            ) from error

    def _get(self, path: str) -> bytes:
        return self._request("GET", path)

    def _request(self, method: str, path: str) -> bytes:
        with self.connected() as connection:
            try:
                connection.request(method, path)
                response = connection.getresponse()
                body = response.read()
            except (OSError, HTTPException) as error:
                raise self._gone(error) from error
        if response.status != OK:
            raise Unreachable(f"Envoy answers {response.status} to {path}", hint="outpace edge status")
        return body

    @contextmanager
    def reached(self) -> Generator[Path]:
        """A path of the socket that is short enough for one, while the block lasts."""
        held = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield Path(f"/proc/self/fd/{held}/{SOCKET}")
        finally:
            os.close(held)

    @contextmanager
    def connected(self, seconds: float = SECONDS) -> Generator[HTTPConnection]:
        """A connection of its own. Raises Unreachable."""
        connection = _OverSocket(self._folder, seconds)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise self._gone(error) from error
        try:
            yield connection
        finally:
            connection.close()

    def _gone(self, error: Exception) -> Unreachable:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Unreachable(f"Envoy does not answer at {self._folder / SOCKET}: {said}", hint="outpace edge up")


class _OverSocket(HTTPConnection):
    """A socket's path has room for 107 bytes: it is named through a descriptor of its folder."""

    def __init__(self, folder: Path, seconds: float) -> None:
        super().__init__("envoy", timeout=seconds)
        self._folder = folder

    def connect(self) -> None:
        held = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(self.timeout)
            self.sock.connect(f"/proc/self/fd/{held}/{SOCKET}")
        finally:
            os.close(held)
