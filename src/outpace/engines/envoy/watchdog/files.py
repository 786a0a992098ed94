"""The files that the watchdog and the engine share: parts and their locks, what one rename goes back to, documents."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any, cast

PARTS = {
    "lease": ("lease", "blocks", "logs"),
    "envoy": ("lease", "envoy"),
    "applications": ("instances", "workers", "stopping", "judge"),
}
REVERTS = (("xds/rds.json", "xds/rds.revert.json"), ("workers.json", "workers.revert.json"))

LOCK_TRIES = 20

Document = dict[str, Any]


def read(path: Path) -> Document | None:
    """None where there is none, or no whole one: whoever writes renames a whole one over it."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return cast("Document", found) if isinstance(found, dict) else None


def lay(path: Path, content: bytes, *, lasts: bool = False) -> None:
    """Whole or not at all; `lasts`: also where the machine loses its power. Raises OSError, with what was there as it
    was."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if lasts:
                file.flush()
                os.fsync(file)
        temporary.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if lasts:
        settle(path.parent)


def settle(folder: Path) -> None:
    """What was renamed in it stays so."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def locked(path: Path) -> int | None:
    """The lock, until what is returned is closed; None where another holds it."""
    import fcntl

    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def touch(lock: int) -> None:
    """That it looks, told without any room on the disk."""
    clock = time.clock_gettime(time.CLOCK_BOOTTIME)
    os.utime(lock, (clock, clock))


def held(path: Path) -> int | None:
    """The lock of a part, for as long as this process lives."""
    for _ in range(LOCK_TRIES):
        if (lock := locked(path)) is not None:
            with contextlib.suppress(OSError):  # a full disk; over what is there, which needs no room
                os.pwrite(lock, f"{os.getpid()}\n".ljust(32).encode(), 0)
                touch(lock)
            return lock
        time.sleep(0.01)  # whoever asks whether somebody holds it has it for an instant
    return None
