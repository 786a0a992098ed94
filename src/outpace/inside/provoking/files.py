"""The project's files, put back after a fork that wrote to them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

PASSING = frozenset({".pytest_cache", "__pycache__", ".git", ".hypothesis"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGING = frozenset(
    {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime"}
)
STARTING = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "sqlite3.connect", "os.spawn"})

Seen = dict[str, "tuple[int, int, int, int]"]


class Files:
    """`root` as it is now, kept in `kept`."""

    def __init__(self, root: Path, kept: Path) -> None:
        self.root = root
        self._kept = kept
        shutil.copytree(root, kept, symlinks=True, ignore=shutil.ignore_patterns(*PASSING))
        self._seen = _seen(root)

    def changed(self) -> list[str]:
        """Relative paths of what was made, changed or removed since."""
        now = _seen(self.root)
        return sorted(path for path in {*now, *self._seen} if now.get(path) != self._seen.get(path))

    def restore(self) -> None:
        for path in self.changed():
            _put_back(self.root / path, self._kept / path)
        self._seen = _seen(self.root)

    def accept(self, path: str) -> None:
        """What one of ours wrote there is no change."""
        self._seen[path] = _stamp(self.root / path)


def _seen(root: Path) -> Seen:
    found: Seen = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in PASSING]
        for name in files:
            path = Path(folder) / name
            if not name.endswith(".pyc"):
                found[str(path.relative_to(root))] = _stamp(path)
    return found


def _stamp(path: Path) -> tuple[int, int, int, int]:
    told = path.lstat()
    return told.st_mtime_ns, told.st_size, told.st_mode, told.st_ino


def _put_back(path: Path, kept: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
    if kept.is_symlink() or kept.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kept, path, follow_symlinks=False)


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
