"""The files of a tree that are text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

LARGEST = 8 << 20


def texts(tree: Path, paths: Iterable[str]) -> dict[str, str]:
    """By their paths; what is no file, too large or not UTF-8 is left out."""
    found: dict[str, str] = {}
    for path in paths:
        place = tree / path
        if place.is_symlink() or not place.is_file() or place.stat().st_size > LARGEST:
            continue
        try:
            found[path] = place.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
    return found
