"""What every copy needs: a name that says who makes it, room for it, and what it cost."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from outpace.engines.envoy.watchdog import boot, born
from outpace.model.errors import BadInput, DiskFull, Refused, Unmasked

NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
MOST_BYTES = 20 << 30
PREFIX = "outpace_copying_"
_MADE = re.compile(rf"{PREFIX}(?P<host>[0-9a-f]{{8}})_(?P<pid>\d+)x(?P<born>[0-9a-f]{{3}})_(?P<name>\w+)")


def half_made(name: str) -> str:
    """The name of a copy until it is complete: of this process on this host, so that the next run may remove it."""
    return f"{PREFIX}{_host()}_{os.getpid()}x{_born(os.getpid())}_{checked(name)}"


def is_left_over(name: str) -> bool:
    """Its maker is dead; in a container, the next one has its number. Of another host's makers nothing can be said, so
    that theirs stay."""
    found = _MADE.fullmatch(name)
    return found is not None and found["host"] == _host() and found["born"] != _born(int(found["pid"]))


def checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise BadInput(f"a copy cannot be called {name!r}", hint="lower case letters, digits and _, 31 at most")
    return name


def room(folder: Path, needed: int) -> None:
    """Raises DiskFull before anything is written."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFull(
            f"the copy needs {needed:,} bytes, and {free:,} are free in {folder}", hint="make room, or copy less"
        )


def not_too_large(size: int, most: int) -> None:
    if size > most:
        raise Refused(
            f"the source holds {size:,} bytes, and a copy for staging may have {most:,}",
            hint="raise `most_bytes` in [[applications.edge.staging.data]], or name a smaller source",
        )


def still_there(table: str, masked: Iterable[str], columns: Iterable[str]) -> None:
    """A column that was renamed since the plan was made would be copied as it is."""
    gone = sorted(set(masked) - set(columns))
    if gone:
        raise Unmasked(
            f"{table} has no {' and no '.join(gone)} any more: it changed since its masks were planned",
            hint="run it again; outpace staging masks shows what is there now",
        )


class Cost:
    """Seconds on the clock and of CPU since it was made, with those of the programs that have ended."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._cpu = _cpu()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._began, 3)

    @property
    def cpu_seconds(self) -> float:
        return round(_cpu() - self._cpu, 3)


def _cpu() -> float:
    return sum(os.times()[:4])


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _born(pid: int) -> str:
    """When, in three characters that leave room for the name; empty where there is no such process."""
    since = born(pid)
    return hashlib.sha256(f"{boot()} {since}".encode()).hexdigest()[:3] if since is not None else ""
