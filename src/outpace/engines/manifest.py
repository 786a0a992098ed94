"""A directory under the digest of everything in it: sealed when finished, and verified before it is used again."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

MANIFEST = "outpace-manifest"


def seal(half: Path, place: Path) -> None:
    """Gives a finished environment its name, in place of one that was found changed."""
    (half / MANIFEST).write_text(manifest(half))
    if place.exists():
        doubtful = half.with_name(f"{half.name}-doubtful")
        place.rename(doubtful)
        shutil.rmtree(doubtful, ignore_errors=True)
    half.rename(place)


def is_whole(place: Path) -> bool:
    """Whether every file is still what it was when it was sealed: nothing changed, added or missing."""
    try:
        return (place / MANIFEST).read_text() == manifest(place)
    except (OSError, ValueError):
        return False


def manifest(place: Path) -> str:
    """The digest of every name, link and content below."""
    whole = hashlib.sha256()
    for name, entry in _below(place, ""):
        if name != MANIFEST:
            whole.update(f"{name}\0".encode("utf-8", "surrogateescape"))
            whole.update(_content(entry))
    return whole.hexdigest()


def _below(folder: str | Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything but directories, each with its path from the top; thousands of files, so without `Path`."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry


def _content(entry: os.DirEntry[str]) -> bytes:
    """Raises ValueError for what is neither a file nor a link: a pipe would be waited for."""
    if entry.is_symlink():
        return b"link " + os.fsencode(Path(entry.path).readlink())
    if not entry.is_file(follow_symlinks=False):
        raise ValueError(f"{entry.name} is no regular file")
    opened = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        content = hashlib.sha256()
        while part := os.read(opened, 1 << 20):
            content.update(part)
        return b"file " + content.digest()
    finally:
        os.close(opened)
