"""Removes directories that foreign code has filled, whatever it made of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def removed_if_possible(top: Path) -> None:
    """As `shutil.rmtree` does, which takes one level of its stack and one open file for each folder in a folder."""
    try:
        shutil.rmtree(top, ignore_errors=True)
    except RecursionError:
        pass
    try:
        removed(top)
    except OSError:  # somebody else's, or still written to: the next run tries again
        pass


def removed(top: Path) -> None:
    """Also what was closed, and paths too deep to be named or to be walked: what lies deeper is moved up first."""
    number, unique = 0, os.urandom(8).hex()
    while top.is_dir() and (inside := list(_within(top))):
        for place in inside:
            if place.is_symlink() or not place.is_dir():
                place.unlink()
                continue
            place.chmod(0o700)
            for inner in _within(place):
                if inner.is_dir() and not inner.is_symlink():
                    inner.chmod(0o700)
                    number += 1
                    inner.rename(top / f"{unique}-{number}")
                else:
                    inner.unlink()
            place.rmdir()
    if top.is_dir():
        top.rmdir()


def _within(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as listed:
        names = [entry.path for entry in listed]
    return map(Path, names)
