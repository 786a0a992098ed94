"""The files of one tree, wherever they lie: a working directory or a git revision."""

from __future__ import annotations

from typing import Protocol


class Files(Protocol):
    """Paths are relative to the tree's root, with forward slashes."""

    def paths(self) -> tuple[str, ...]:
        """Every file that may hold components, sorted."""
        ...

    def look_up(self, path: str) -> bytes | None:
        """None where there is no such file; `BadInput` where it must not or cannot be read."""
        ...
