"""A directory under the digest of everything in it: sealed when finished, and verified before it is used again."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
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
    for folder, names, files in os.walk(place):
        names.sort()
        links = [name for name in names if Path(folder, name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(folder, name)
            if path == place / MANIFEST:
                continue
            whole.update(f"{path.relative_to(place)}\0".encode("utf-8", "surrogateescape"))
            whole.update(_content(path))
    return whole.hexdigest()


def _content(path: Path) -> bytes:
    """Raises ValueError for what is neither a file nor a link: a pipe would be waited for."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return b"link " + os.fsencode(path.readlink())
    if not stat.S_ISREG(mode):
        raise ValueError(f"{path.name} is no regular file")
    with path.open("rb") as file:
        return b"file " + hashlib.file_digest(file, "sha256").digest()
