"""Locks of the edge's folder: one process at a time changes a file that several read, change and rename."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from outpace.engines.envoy.watchdog import locked

PAUSE = 0.02


@contextmanager
def alone(path: Path, seconds: float) -> Generator[bool]:
    """Whether it is: not where another has had the lock for so long. Raises OSError."""
    until = time.monotonic() + seconds
    while (lock := locked(path)) is None and time.monotonic() < until:
        time.sleep(PAUSE)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)
