"""Reading a file that foreign code may have written: no link is followed, no pipe waited for, and there is a limit."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def content(path: str | Path, limit: int) -> bytes:
    """At most so many bytes of a regular file; empty where there is none, or where it cannot be read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return b""
        with os.fdopen(descriptor, "rb") as file:
            return file.read(limit)
    except OSError:
        return b""
