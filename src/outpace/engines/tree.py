"""The files of a tree that may hold components: of a working directory, or of a revision in git.

Implements `ecosystems.files.Files`. Nothing outside of the root is read, whatever a link says. The readers of all kinds
are imported only where files are looked for: a look at one file by name needs none of them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Protocol

from outpace.ecosystems.spelling import spelled
from outpace.model.errors import BadInput

BY_CONTENT = (".txt", ".in", ".json", ".yml", ".yaml")  # read whatever they are called
KNOWN = (
    "uv.lock, pylock.toml, poetry.lock, pdm.lock, Pipfile.lock, pip's files (.txt, .in), pyproject.toml, setup.cfg, "
    "setup.py, conda-lock.yml, environment.yml, and CycloneDX and SPDX as JSON"
)
LARGEST_FILE = 64 << 20
MOST_ENTRIES = 1_000_000
SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", "site-packages", ".tox", ".nox"})


class WorkingTree:
    """A directory as it lies on the disk. Virtual environments, caches and git's own files are passed over."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._paths: tuple[str, ...] | None = None
        self._real: dict[str, str] = {}  # where a path's spelling is not the path

    def paths(self) -> tuple[str, ...]:
        """As they were at the first look."""
        if self._paths is None:
            self._paths = self._found()
        return self._paths

    def _found(self) -> tuple[str, ...]:
        from outpace.ecosystems.read import is_read

        found: list[str] = []
        for count, path in enumerate(self._walk()):
            if count > MOST_ENTRIES:
                raise BadInput(
                    f"{self._root} holds more than {MOST_ENTRIES:,} files", hint="name a smaller directory or one file"
                )
            text = spelled(path)
            if is_read(text):
                self._real[text] = path
                found.append(text)
        return tuple(sorted(found))

    def _walk(self) -> Iterator[str]:
        """Files and links, depth first; links to directories are not followed."""
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(self._root / folder) as entries:
                    here = sorted(entries, key=lambda entry: entry.name)
            except OSError:
                continue
            if folder and any(entry.name == "pyvenv.cfg" for entry in here):
                continue
            for entry in here:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED:
                        pending.append(path)
                else:
                    yield path

    def look_up(self, path: str) -> bytes | None:
        place = self._root / self._real.get(path, path)
        try:
            real = place.resolve(strict=True)
        except (OSError, RuntimeError, ValueError) as error:  # missing, a ring of links, a NUL in the name
            if place.is_symlink():
                raise BadInput("it is a link that leads nowhere") from error
            return None
        if not real.is_relative_to(self._root):
            raise BadInput("it is a link that leads out of the tree, and is not followed")
        try:
            return _content(real)
        except IsADirectoryError:
            return None
        except OSError as error:
            raise BadInput(f"it cannot be read: {error.strerror}") from error


def _content(path: Path) -> bytes:
    """Not blocked by a pipe, not led astray by a device, not filled by something endless."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(status.st_mode):
            raise BadInput("it is no regular file")
        if status.st_size > LARGEST_FILE:
            raise BadInput(f"it has {status.st_size:,} bytes, more than the limit of {LARGEST_FILE:,}")
        return file.read(LARGEST_FILE)


class Blobs(Protocol):
    """What is needed of a git repository."""

    def paths(self, revision: str) -> tuple[str, ...]: ...
    def read(self, revision: str, path: str) -> bytes | None: ...


class RevisionTree:
    """A directory of one revision, read from git's objects; the working directory does not matter."""

    def __init__(self, blobs: Blobs, revision: str, prefix: str = "") -> None:
        self._blobs = blobs
        self._revision = revision
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/.") else ""
        self._every: frozenset[str] | None = None

    def paths(self) -> tuple[str, ...]:
        from outpace.ecosystems.read import is_read

        return tuple(sorted(path for path in self._known() if is_read(path) and not _is_skipped(path)))

    def _known(self) -> frozenset[str]:
        if self._every is None:
            start = len(self._prefix)
            every = self._blobs.paths(self._revision)
            self._every = frozenset(path[start:] for path in every if path.startswith(self._prefix))
        return self._every

    def look_up(self, path: str) -> bytes | None:
        if path not in self._known():
            return None
        content = self._blobs.read(self._revision, self._prefix + path)
        if content is None:
            raise BadInput("it is a link that leads out of the repository, or nowhere")
        if len(content) > LARGEST_FILE:
            raise BadInput(f"it has more than {LARGEST_FILE:,} bytes")
        return content


def _is_skipped(path: str) -> bool:
    return not SKIPPED.isdisjoint(path.split("/")[:-1])


def nearest(here: Path) -> tuple[Path, WorkingTree]:
    """The first directory from `here` up to the repository's root that holds a lock, else the first with anything.

    Like other tools that are called in a subdirectory: the project around it is meant.
    """
    from outpace.ecosystems.read import is_lock

    upward = (here, *here.parents)
    top = next((place for place in upward if (place / ".git").exists()), None)
    within = upward[: upward.index(top) + 1] if top is not None else (here,)
    trees = [(place, WorkingTree(place)) for place in within]
    locked = ((place, tree) for place, tree in trees if any(map(is_lock, tree.paths())))
    holding = ((place, tree) for place, tree in trees if tree.paths())
    return next(chain(locked, holding), trees[0])


def root_for(path: Path) -> tuple[Path, str]:
    """Where reading begins for one file: the current directory if the file lies under it, else the file's own.

    So its includes are followed within that directory, and it is named as the user named it.
    """
    from outpace.ecosystems.read import is_read

    if not path.exists():
        raise BadInput(f"there is no {spelled(str(path))}", hint="name a directory, a lock file or a requirements file")
    here, real = Path.cwd(), path.parent.resolve() / path.name
    name = spelled(str(path))
    if not (is_read(name) or name.endswith(BY_CONTENT)):
        raise BadInput(
            f"{name} is no lock file, no requirements file and no project file by its name",
            hint=f"Outpace reads {KNOWN}",
        )
    if real.is_relative_to(here):
        return here, real.relative_to(here).as_posix()
    return real.parent, real.name
