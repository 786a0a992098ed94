"""Which files of the project any process opens, C code and foreign children included: inotify."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from typing import Optional

from .places import UNSEEN

OPENED = 0x20
CREATED = 0x100
OVERFLOWED = 0x4000
IS_DIRECTORY = 0x40000000
HEADER = struct.Struct("iIII")
ROOM = 1 << 20
BYTECODE = "__pycache__"
REPOSITORY = ".git"
MOST_DIRECTORIES = 20_000


class Opened:
    """Every directory of the tree is watched. `why` is not empty where that is not possible."""

    def __init__(self, root: str) -> None:
        self.why = ""
        self._root = root
        self._names: dict[int, str] = {}
        self._beyond: set[str] = set()
        self._file = -1
        try:
            self._system = ctypes.CDLL(None, use_errno=True)
            self._watch()
        except (OSError, AttributeError, ValueError) as error:
            self.why = f"files that other programs open could not be watched: {error}"

    def _watch(self) -> None:
        self._file = self._system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._file < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._walk(self._root)
        repository = repository_of(self._root)
        if repository is not None:
            self._add(repository, REPOSITORY)

    def _walk(self, root: str) -> None:
        for directory, inner, _ in os.walk(root):
            inner[:] = [name for name in inner if name not in UNSEEN or name == BYTECODE]
            self._add(directory)

    def watch_also(self, directories: Iterable[str]) -> None:
        """What lies beyond the root, and is told by its whole path; each with all that is below it."""
        for directory in directories:
            if directory not in self._beyond and not self.why:
                self._beyond.add(directory)
                try:
                    self._walk(directory)
                except OSError as error:
                    self.why = f"files that other programs open could not be watched: {error}"

    def _add(self, directory: str, told: str = "") -> None:
        number = self._system.inotify_add_watch(self._file, os.fsencode(directory), OPENED | CREATED)
        if number < 0 or len(self._names) >= MOST_DIRECTORIES:
            raise OSError(ctypes.get_errno(), f"inotify_add_watch after {len(self._names)} directories")
        inside = directory == self._root or directory.startswith(self._root + os.sep)
        self._names[number] = told or (os.path.relpath(directory, self._root) if inside else directory)

    def taken(self) -> Optional[set[str]]:
        """Paths of files opened since the last time, relative to the root; None where some were dropped."""
        paths: set[str] = set()
        created: list[str] = []
        whole = not self.why
        while self._file >= 0:
            try:
                piece = os.read(self._file, ROOM)
            except BlockingIOError:
                break
            at = 0
            while at < len(piece):
                number, mask, _, length = HEADER.unpack_from(piece, at)
                name = piece[at + HEADER.size : at + HEADER.size + length].rstrip(b"\0")
                at += HEADER.size + length
                whole = whole and not mask & OVERFLOWED
                if name and number in self._names:
                    path = os.path.normpath(os.path.join(self._names[number], os.fsdecode(name)))
                    if not mask & IS_DIRECTORY:
                        paths.add(source_of(path))
                    elif mask & CREATED:
                        created.append(path)
        self._watch_created(created)
        return paths if whole else None

    def _watch_created(self, directories: list[str]) -> None:
        """A child could leave bytecode there, and the next one open nothing else of its module."""
        for path in directories:
            try:
                self._add(os.path.join(self._root, path))
            except OSError:  # it is gone again
                pass


def repository_of(root: str) -> Optional[str]:
    """Where git keeps what it knows of these files; of a worktree, of its own."""
    while root != os.path.dirname(root):
        there = os.path.join(root, REPOSITORY)
        if os.path.isdir(there):
            return there
        if os.path.isfile(there):
            with open(there, encoding="utf-8", errors="surrogateescape") as file:
                return os.path.join(root, file.read().partition("gitdir:")[2].strip())
        root = os.path.dirname(root)
    return None


def source_of(path: str) -> str:
    """The module's own file, for its bytecode."""
    directory, name = os.path.split(path)
    above, last = os.path.split(directory)
    return os.path.join(above, name.split(".", 1)[0] + ".py") if last == BYTECODE else path
