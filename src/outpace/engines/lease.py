"""One writer for each application on this host: a lock that the kernel frees when its holder dies."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace.model import times
from outpace.model.errors import BadInput, Busy, DiskFull, EngineError

ENOUGH = 4096
PADDED = 1024
"""Bytes that are written over in their place, which needs no room on a full disk."""


class Holder(Struct, frozen=True, kw_only=True):
    """What the lock file says of whoever holds it."""

    holder: str
    pid: int
    since: datetime
    host: str


@contextmanager
def hold(path: Path, holder: str) -> Generator[Holder]:
    """Hold the lock at `path` while the block runs; raises Busy, naming who has it. The file is never removed."""
    me = Holder(holder=holder, pid=os.getpid(), since=times.now(), host=socket.gethostname())
    descriptor = _opened(path)
    try:
        _lock(descriptor, path)
        _write(descriptor, msgspec.json.encode(me), path)
        try:
            yield me
        finally:
            os.pwrite(descriptor, b"".ljust(PADDED), 0)  # before the lock goes, so that nobody's name is left behind
            _unlock(descriptor)
    finally:
        os.close(descriptor)


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock at `path` now, by what it wrote there."""
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(descriptor)
    finally:
        os.close(descriptor)
    return None


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BadInput(
            f"cannot open the lock {path}: {error.strerror}",
            hint="make its folder yours, or name another one in OUTPACE_STATE",
        ) from error


def _lock(descriptor: int, path: Path) -> None:
    try:
        import fcntl
    except ModuleNotFoundError as error:
        raise EngineError(
            "this system has no file locks that end with their process", hint="run this command on Linux or macOS"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _busy(descriptor) from error
    except OSError as error:
        raise EngineError(
            f"cannot lock {path}: {error.strerror}", hint="point OUTPACE_STATE to a local disk"
        ) from error


def _unlock(descriptor: int) -> None:
    """Closing would do, but a child that is just being started has a copy of the descriptor for an instant."""
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)


def _busy(descriptor: int) -> Busy:
    other = _written(descriptor)
    if other is None:  # it has the lock and has not written its name yet
        return Busy("another Outpace has just begun to work on this application", hint="run the command again")
    return Busy(
        f"another Outpace holds this application: {other.holder}, process {other.pid} on {other.host}, "
        f"since {times.text(other.since)}",
        hint=f"wait until it ends, or end it with: kill {other.pid}",
    )


def _written(descriptor: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(descriptor, ENOUGH, 0), type=Holder)
    except msgspec.DecodeError:
        return None


def _write(descriptor: int, content: bytes, path: Path) -> None:
    try:
        os.pwrite(descriptor, content.ljust(PADDED), 0)
    except OSError as error:
        raise DiskFull(
            f"cannot write to the lock {path}: {error.strerror}", hint="free some space, then run the command again"
        ) from error
