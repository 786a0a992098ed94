"""The files that the watchdog and the engine share: parts and their locks, what one rename goes back to, documents."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, cast

PARTS = {
    "lease": ("lease", "blocks", "logs"),
    "envoy": ("lease", "envoy"),
    "applications": ("instances", "workers", "stopping", "judge"),
}
REVERTS = (("xds/rds.json", "xds/rds.revert.json"), ("workers.json", "workers.revert.json"))

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
