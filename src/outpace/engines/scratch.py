"""Temporary directories that the next run sweeps when a kill left them behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from outpace.engines.removal import removed_if_possible

PREFIX = "outpace-scratch-"
ATTEMPTS = 5


@contextmanager
def scratch(purpose: str, within: Path | None = None) -> Generator[Path]:
    """A private directory outside the repository, or in a folder from which what is finished is renamed away. A lock
    marks it as in use for as long as this process lives."""
    sweep(within)
    place, lock = _held(purpose, within)
    try:
        yield place
    finally:
        removed_if_possible(place)
        if lock is not None:
            os.close(lock)


@contextmanager
def scratch_named(name: str) -> Generator[Path]:
    """`scratch` at the same path whenever it is free: compilers write down where they worked."""
    sweep()
    place = Path(tempfile.gettempdir()).resolve() / f"{PREFIX}{name}"
    lock = _alone(place)
    if lock is None:
        with scratch(name) as another:
            yield another
        return
    try:
        yield place
    finally:
        removed_if_possible(place)
        os.close(lock)


def _alone(place: Path) -> int | None:
    """A lock of a directory that was made just now; None where somebody has it. Another run's sweep, which takes what
    nobody has locked yet, may be faster: what it removed is made again."""
    for _ in range(ATTEMPTS):
        try:
            place.mkdir(mode=0o700)
        except FileExistsError:
            return None
        lock = _locked(place)
        if lock is not None and _is_there(place, lock):
            return lock
        if lock is not None:
            os.close(lock)
    return None


def _is_there(place: Path, lock: int) -> bool:
    try:
        return os.path.samestat(place.stat(), os.fstat(lock))
    except FileNotFoundError:
        return False


def _held(purpose: str, within: Path | None) -> tuple[Path, int | None]:
    for _ in range(ATTEMPTS):
        place = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-", dir=within)).resolve()
        lock = _locked(place)
        if place.is_dir() and (lock is not None or not _can_lock()):  # another run's sweep may have been faster
            return place, lock
        if lock is not None:
            os.close(lock)
    return Path(tempfile.mkdtemp(prefix=f"outpace-{purpose}-", dir=within)).resolve(), None


def sweep(within: Path | None = None) -> None:
    """Removes this user's directories that no living process holds."""
    for place in (within or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        if _is_ours(place):
            lock = _locked(place)
            if lock is not None:
                removed_if_possible(place)
                os.close(lock)


def _is_ours(place: Path) -> bool:
    try:
        return not place.is_symlink() and place.is_dir() and place.stat().st_uid == os.getuid()
    except (OSError, AttributeError):  # gone meanwhile; or a system without user ids, where nothing is swept
        return False


def _can_lock() -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    return hasattr(fcntl, "flock")


def _locked(place: Path) -> int | None:
    """An exclusive lock on the directory itself, which a kill frees; None where it is held or cannot be had."""
    if not _can_lock():
        return None
    import fcntl

    try:
        opened = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened
