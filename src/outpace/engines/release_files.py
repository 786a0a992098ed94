"""Trees of files become layers: copied byte by byte, listed with their digests, closed, and looked at again."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from outpace.delivery.releases.manifest import Entry, File, Link, Listing
from outpace.model.errors import BadInput

MOST_BYTES = 4 << 30
MOST_FILES = 250_000
PART = 1 << 20
SYNCED_SINGLY = 64
READ_ONLY, EXECUTABLE, FOLDER = 0o444, 0o555, 0o555


def copied(
    source: Path,
    target: Path,
    *,
    skipped: Callable[[str], bool] = lambda _path: False,
    may_lead: Callable[[str, Path], bool] = lambda _path, _to: False,
    timestamp: int = 0,
    move: bool = False,
) -> dict[str, Entry]:
    """Fresh inodes, whatever lay at the source: no link, hard or symbolic, leads out of the copy. With `move`, files
    that have no other name are moved instead of copied: nobody else may use the source any more.

    `skipped` is asked with a path, which ends with a slash for a folder; `may_lead` with a path and where its link
    leads, out of the tree. Raises BadInput for what no release may hold. `.git` is left out wherever it lies.
    """
    found: dict[str, Entry] = {}
    size = 0
    top = source.resolve()
    target.mkdir(parents=True, exist_ok=True)
    for path, entry in walked(source, skipped=skipped):
        into = target / path
        into.parent.mkdir(parents=True, exist_ok=True)
        if entry.is_symlink():
            found[path] = _link(path, Path(entry.path), top, may_lead)
            into.symlink_to(Path(entry.path).readlink())
        else:
            one = _file(path, entry, into, MOST_BYTES - size, move=move)
            os.utime(into, (timestamp, timestamp))
            size += one.size
            found[path] = one
        if len(found) > MOST_FILES:
            raise BadInput(f"the tree holds more than {MOST_FILES} files", hint="name a smaller `tree` in outpace.toml")
    return found


def walked(
    top: Path, *, skipped: Callable[[str], bool] = lambda _path: False
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything but folders, by path; links are not followed."""
    waiting = [("", os.fspath(top))]
    while waiting:
        prefix, folder = waiting.pop()
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            raise _unreadable(prefix, error) from error
        for entry in entries:
            path = prefix + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name == ".git" or skipped(f"{path}/" if is_folder else path):
                continue
            if is_folder:
                waiting.append((f"{path}/", entry.path))
            else:
                yield _text(path), entry


def _unreadable(path: str, error: OSError) -> BadInput:
    shown = os.fsencode(path[:200]).decode("utf-8", "backslashreplace")
    return BadInput(f"{shown or 'the tree'} cannot be read: {error.strerror}", hint="let the build leave it out")


def _text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise BadInput(f"the name of {shown} is no UTF-8", hint="rename it, or let the build leave it out") from error
    return path


def _link(path: str, place: Path, top: Path, may_lead: Callable[[str, Path], bool]) -> Link:
    to = place.readlink()
    real = Path(os.path.realpath(place))
    if (to.is_absolute() or not real.is_relative_to(top)) and not may_lead(path, real):
        raise BadInput(
            f"{path} is a link to {to}, which leads out of the tree", hint="let the build copy what it needs from there"
        )
    return Link(to=_text(os.fspath(to)))


def _file(path: str, entry: os.DirEntry[str], into: Path, room: int, *, move: bool) -> File:
    if not entry.is_file(follow_symlinks=False):
        raise BadInput(f"{path} is neither a file nor a link", hint="let the build leave it out")
    told = entry.stat(follow_symlinks=False)
    executable = bool(told.st_mode & 0o100)
    mode = EXECUTABLE if executable else READ_ONLY
    if told.st_size > room:
        raise _too_large()
    try:
        reading = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        moved = move and told.st_nlink == 1 and _moved(entry.path, into)
        sha256, size = _read(reading) if moved else _copy(reading, into, room)
        into.chmod(mode)
    finally:
        os.close(reading)
    return File(sha256=sha256, size=size, executable=executable)


def _moved(place: str, into: Path) -> bool:
    try:
        os.rename(place, into)  # noqa: PTH104 - thousands of files
    except OSError as error:
        if error.errno == errno.EXDEV:
            return False
        raise
    return True


def _read(descriptor: int) -> tuple[str, int]:
    content, size = hashlib.sha256(), 0
    while part := os.read(descriptor, PART):
        content.update(part)
        size += len(part)
    return content.hexdigest(), size


def _copy(reading: int, into: Path, room: int) -> tuple[str, int]:
    content, size = hashlib.sha256(), 0
    writing = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        while part := os.read(reading, PART):
            content.update(part)
            size += len(part)
            if size > room:
                raise _too_large()
            _write_all(writing, part)
    finally:
        os.close(writing)
    return content.hexdigest(), size


def _too_large() -> BadInput:
    return BadInput(f"the tree is larger than {MOST_BYTES >> 30} GiB", hint="name a smaller `tree` in outpace.toml")


def _write_all(descriptor: int, part: bytes) -> None:
    while part:
        part = part[os.write(descriptor, part) :]


def evened(top: Path, timestamp: int) -> None:
    """All of one time, with the permissions that git knows: what packs files writes these down."""
    for folder, folders, names in os.walk(top, topdown=False):
        for place in (Path(folder, name) for name in (*folders, *names)):
            if not place.is_symlink():
                place.chmod(0o755 if place.stat().st_mode & 0o100 else 0o644)
            os.utime(place, (timestamp, timestamp), follow_symlinks=False)
    top.chmod(0o755)
    os.utime(top, (timestamp, timestamp))


def written(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(READ_ONLY)


def closed(top: Path) -> None:
    """Every folder below, and last the top, is read-only."""
    for folder, _, _ in os.walk(top, topdown=False):
        Path(folder).chmod(FOLDER)


def durable(top: Path) -> None:
    """What was written is on the disk when this returns: few files one by one, many with the whole file system."""
    places = [Path(folder) / name for folder, _, names in os.walk(top) for name in (*names, ".")]
    if len(places) > SYNCED_SINGLY:
        _sync_whole(top)
        return
    for place in places:
        if not place.is_symlink():
            synced(place)


def _sync_whole(place: Path) -> None:
    """The file system that it lies on; Python has no `syncfs`."""
    import ctypes

    opened = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        syncfs = getattr(ctypes.CDLL(None), "syncfs", None)
        if syncfs is None or syncfs(opened) != 0:
            os.sync()
    finally:
        os.close(opened)


def synced(place: Path) -> None:
    opened = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def difference(top: Path, listed: Listing) -> str:
    """The first path, in order, that is not as it was listed, and what is wrong with it; empty where all is."""
    here = dict(walked_all(top))
    for path in sorted({*listed, *here}):
        if path not in here:
            return f"{path} is missing"
        if path not in listed:
            return f"{path} is no part of it"
        wrong = _differs(here[path], listed[path])
        if wrong:
            return f"{path} {wrong}"
    return ""


def walked_all(top: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Also what a copy would leave out."""
    waiting = [("", os.fspath(top))]
    while waiting:
        prefix, folder = waiting.pop()
        with os.scandir(folder) as listed:
            for entry in listed:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((f"{prefix}{entry.name}/", entry.path))
                else:
                    yield prefix + entry.name, entry


def _differs(here: os.DirEntry[str], entry: Entry) -> str:
    match entry:
        case Link(to=to):
            led = os.fspath(Path(here.path).readlink()) if here.is_symlink() else None
            return "" if led == to else f"is no link to {to}"
        case File(sha256=sha256, size=size, executable=executable):
            if here.is_symlink() or not here.is_file(follow_symlinks=False):
                return "is no file"
            told = here.stat(follow_symlinks=False)
            if bool(told.st_mode & 0o100) != executable:
                return "is executable" if told.st_mode & 0o100 else "is not executable"
            if told.st_mode & 0o222:
                return "may be written to"
            return "" if told.st_size == size and sha256_of(Path(here.path)) == sha256 else "has another content"


def sha256_of(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
