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


def write(path: Path, document: Document) -> None:
    """Raises OSError where the disk is full; what was there is as it was."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(document).encode())
        temporary.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
