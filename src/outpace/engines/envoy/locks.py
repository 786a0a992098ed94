"""Locks of the edge's folder: one process at a time changes a file that several read, change and rename."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PAUSE = 0.02


@contextmanager
def alone(path: Path, seconds: float) -> Generator[bool]:
    """Whether it is: not where another has had the lock for so long. Raises OSError."""
    with path.open("ab") as lock:
        until = time.monotonic() + seconds
        while not (is_mine := _locked(lock)) and time.monotonic() < until:
            time.sleep(PAUSE)
        yield is_mine


def _locked(file: IO[bytes]) -> bool:
    """Until the file is closed."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
