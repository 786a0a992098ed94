"""Verdicts on mutants, kept as they come: a line each, so that a run that is killed loses none of those before."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

KEY = re.compile(rb"[0-9a-f]{64}")
LARGEST = 64 << 20


class Verdicts:
    """Implements `app.test_mutants.Kept`. Of two lines with one key the later one holds; half a line is none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def known(self) -> Mapping[str, bytes]:
        try:
            content = self._path.read_bytes() if self._path.stat().st_size <= LARGEST else b""
        except OSError:
            return {}
        whole = content[: content.rfind(b"\n") + 1]
        pairs = (line.partition(b" ") for line in whole.splitlines())
        return {key.decode(): row for key, _, row in pairs if KEY.fullmatch(key)}

    def add(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """A cache that cannot be written is only slower. One that has grown too large begins anew."""
        content = b"".join(key.encode() + b" " + row + b"\n" for key, row in rows)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            too_large = self._path.exists() and self._path.stat().st_size + len(content) > LARGEST
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if too_large else 0)
            descriptor = os.open(self._path, flags, 0o600)
        except OSError:
            return
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            try:
                file.write((b"" if too_large else self._break()) + content)
            except OSError:
                return

    def _break(self) -> bytes:
        """Behind half a line that a killed run left."""
        with self._path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            if not end:
                return b""
            file.seek(end - 1)
            return b"" if file.read(1) == b"\n" else b"\n"
