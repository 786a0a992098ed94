"""Results by digest in the cache directory: whole or absent, and deletable at any time."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

DIGEST = re.compile(r"[0-9a-f]{64}")
SEAL = 64  # the hexadecimal sha256 of the content, before it
LARGEST = 64 << 20


class Cache:
    """Implements `proving.ports.Results`. What was damaged or half written reads as absent."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, digest: str) -> bytes | None:
        try:
            path = self._path(digest)
            stored = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        except OSError:
            return None
        seal, content = stored[:SEAL], stored[SEAL:]
        return content if seal == hashlib.sha256(content).hexdigest().encode() else None

    def put(self, digest: str, content: bytes) -> None:
        """A cache that cannot be written is only slower."""
        path = self._path(digest)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".half-")
        except OSError:
            return
        try:
            with os.fdopen(descriptor, "wb") as half:
                half.write(hashlib.sha256(content).hexdigest().encode() + content)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is no sha256")
        return self._directory / digest[:2] / digest[2:]
