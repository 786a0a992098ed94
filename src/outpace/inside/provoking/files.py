"""The project's files, and the shared folders for temporary ones, put back after a fork that wrote to them."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PASSING = frozenset({".pytest_cache", "__pycache__", ".git", ".hypothesis"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGING = frozenset(
    {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime"}
)
STARTING = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "sqlite3.connect", "os.spawn"})

Stamp = tuple[int, int, int, int]
Seen = dict[str, Stamp]


class Files:
    """`root` as it is now, kept in `kept`. What is mounted in it is somebody else's, and so is `apart`."""

    def __init__(self, root: Path, kept: Path, apart: Sequence[str] = ()) -> None:
        self.root = root
        self._kept = kept
        self._apart = frozenset(apart)
        self._seen = self._now()
        for path, seen in sorted(self._seen.items()):
            _put_back(root / path, kept / path, seen)

    def changed(self) -> list[str]:
        """Relative paths of what was made, changed or removed since; of a folder, what is in it."""
        found = self._changed()
        return [path for path, after in zip(found, [*found[1:], ""]) if not after.startswith(f"{path}/")]  # noqa: B905

    def restore(self) -> None:
        for path in self._changed():
            _put_back(self._kept / path, self.root / path, self._seen.get(path))
        self._seen = self._now()

    def _changed(self) -> list[str]:
        now = self._now()
        return sorted(
            (path for path in {*now, *self._seen} if now.get(path) != self._seen.get(path)),
            key=lambda path: path.split("/"),
        )

    def _now(self) -> Seen:
        found: Seen = {}
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in PASSING and not self._others(f"{folder}/{name}")]
            for name in (*folders, *files):
                path = f"{folder}/{name}"
                if name.endswith(".pyc") or (seen := _stamp(path)) is None:
                    continue
                found[os.path.relpath(path, self.root)] = seen
        return found

    def _others(self, folder: str) -> bool:
        return folder in self._apart or os.path.ismount(folder)


def _stamp(path: str) -> Stamp | None:
    """Of a folder, what is in it is told by itself. None for what is gone meanwhile."""
    try:
        told = os.lstat(path)
    except OSError:
        return None
    if stat.S_ISDIR(told.st_mode):
        return 0, 0, told.st_mode, 0
    return told.st_mtime_ns, told.st_size, told.st_mode, told.st_ino


def _put_back(kept: Path, path: Path, seen: Stamp | None) -> None:
    """`path` as it is in `kept`, where it was `seen` at all. A socket or a pipe cannot be made again."""
    mode = 0 if seen is None else seen[2]
    if path.is_dir() and not path.is_symlink():
        if stat.S_ISDIR(mode):
            path.chmod(stat.S_IMODE(mode))
            return
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        path.unlink()
    if stat.S_ISDIR(mode):
        path.mkdir(parents=True, exist_ok=True)
    elif stat.S_ISREG(mode) or stat.S_ISLNK(mode):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kept, path, follow_symlinks=False)


class Around:
    """`root`, and the folders for temporary files that are `shared` by all and belong to this call of the sandbox
    alone: each pass is to find them as the first one did."""

    def __init__(self, root: str, shared: Sequence[str], scratch: Path, kept: Path) -> None:
        self._scratch = scratch
        self._shared = shared
        self._project = Files(Path(root), kept / "project")
        self._temporary = self.collected(kept)

    def collected(self, kept: Path) -> list[Files]:
        """The shared folders as they are once the project is imported, which may have put something there."""
        return [
            Files(Path(folder), kept / f"shared-{number}", apart=(str(self._scratch),))
            for number, folder in enumerate(self._shared)
            if os.path.isdir(folder)
        ]

    def changed(self, *, project: bool) -> list[str]:
        """Relative to the project where it is in it."""
        found = self._project.changed() if project else []
        return [*found, *(f"{files.root}/{path}" for files in self._temporary for path in files.changed())]

    def restore(self, *, project: bool = True, temporary: Sequence[Files] | None = None) -> None:
        for files in (*([self._project] if project else ()), *(self._temporary if temporary is None else temporary)):
            files.restore()


class Writes:
    """Whether this process may have changed the project's files. An audit hook stays for good: call it in a fork."""

    def __init__(self, root: str, scratch: str) -> None:
        self.any = False
        self._root = root
        self._scratch = scratch
        sys.addaudithook(self._heard)

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if self.any:
            return
        if event == "open":
            path, mode, flags = args
            wrote = (isinstance(mode, str) and not set(mode).isdisjoint("wax+")) or (flags or 0) & WRITING
            self.any = bool(wrote) and self._matters(path)
        elif event in CHANGING:
            self.any = any(self._matters(path) for path in args[:2] if isinstance(path, (str, bytes, os.PathLike)))
        elif event in STARTING:
            self.any = True

    def _matters(self, path: Any) -> bool:
        if isinstance(path, int):
            return False
        text = os.fsdecode(path)
        if not os.path.isabs(text):
            return True
        return (
            text.startswith(self._root) and not text.startswith(self._scratch) and PASSING.isdisjoint(text.split("/"))
        )
