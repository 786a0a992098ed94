"""Paths as a process sees them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from posixpath import dirname

from msgspec import Struct

from outpace.engines.processes import proc

LINK_LIMIT = 40


class Touched(Struct, frozen=True):
    """When the status or the entries of what a path names itself changed last, in seconds since the epoch."""

    changed: float
    is_directory: bool
    is_link: bool


class Root(Struct, frozen=True):
    """The file system as a process sees it; `prefix` is empty where that is ours."""

    prefix: str = ""

    @staticmethod
    def of(pid: int) -> Root:
        ours = all(proc.link(pid, name) == proc.link(os.getpid(), name) for name in ("ns/mnt", "root"))
        return Root() if ours else Root(f"/proc/{pid}/root")

    def real(self, path: str) -> str:
        """The path as the process sees it, without symbolic links; links never lead out of its root."""
        if not self.prefix:
            return os.path.realpath(path)
        return self._walk(path)[0]

    def laid(self, path: str, *, held: frozenset[str] = frozenset()) -> tuple[float, str]:
        """When the way to a path may last have been laid anew, in seconds since the epoch, and where.

        A link counts from when it was made. That a directory was moved shows in its change time and in that of the one
        that holds it, and nobody can set either; so the earlier of the two counts. What lies in it may be old all the
        same. A directory in which the process sits (`held`) is the one that it has always been.
        """
        found = [(0.0, path)]
        for each in self._walk(path)[1]:
            own, above = self.touched(each), self.touched(dirname(each))
            if own is None or (own.is_directory and each in held):
                continue
            found.append((min(own.changed, above.changed) if own.is_directory and above else own.changed, each))
        return max(found)

    def touched(self, path: str) -> Touched | None:
        """Of a path without links on the way to its last part."""
        try:
            status = os.lstat(self.prefix + path)
        except OSError:
            return None
        return Touched(status.st_ctime_ns / 1e9, stat.S_ISDIR(status.st_mode), stat.S_ISLNK(status.st_mode))

    def _walk(self, path: str) -> tuple[str, tuple[str, ...]]:
        """Where it leads without links, and every directory and link on the way."""
        done: list[str] = []
        way: list[str] = []
        waiting = [part for part in reversed(path.split("/")) if part]
        links = 0
        while waiting:
            part = waiting.pop()
            if part == "..":
                done[-1:] = []
                continue
            way.append("/".join(("", *done, part)))
            target = self._link(way[-1])
            if target is None or links >= LINK_LIMIT:
                done.append(part)
                continue
            links += 1
            done = [] if target.startswith("/") else done
            waiting.extend(one for one in reversed(target.split("/")) if one and one != ".")
        return "/" + "/".join(done), tuple(way)

    def _link(self, path: str) -> str | None:
        try:
            return str(Path(self.prefix + path).readlink())
        except OSError:
            return None

    def place(self, path: str) -> str:
        """Where that path lies for us."""
        return self.prefix + self.real(path) if self.prefix else path

    def status(self, path: str) -> os.stat_result | None:
        """None where nothing is."""
        try:
            return os.stat(self.place(path))  # noqa: PTH116  as above
        except OSError:
            return None

    def is_dir(self, path: str) -> bool:
        status = self.status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def is_file(self, path: str) -> bool:
        status = self.status(path)
        return status is not None and stat.S_ISREG(status.st_mode)

    def text(self, path: str, *, limit: int = 1 << 16) -> str | None:
        try:
            with Path(self.place(path)).open("rb") as file:
                return file.read(limit).decode("utf-8", "replace")
        except OSError:
            return None

    def names(self, path: str) -> tuple[str, ...]:
        try:
            with os.scandir(self.place(path)) as entries:
                return tuple(sorted(one.name for one in entries))
        except OSError:
            return ()


def distinct(root: Root, places: tuple[str, ...]) -> tuple[str, ...]:
    """Each directory once, as it is called first: `lib64` is often a link to `lib`."""
    seen: dict[str, str] = {}
    for place in places:
        seen.setdefault(root.real(place), place)
    return tuple(seen.values())
