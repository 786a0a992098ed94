"""When the way to what a process would have loaded was laid last."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TypeAlias

from outpace.engines.processes.root import Root

AT_ONCE = 0.5  # seconds within which a new `__pycache__` gets its first file

Laid: TypeAlias = tuple[float, str]
"""In seconds since the epoch, and where."""


class Ways:
    """Of one process. `held`: directories that were not swapped beneath it."""

    def __init__(self, root: Root, held: frozenset[str]) -> None:
        self.root = root
        self.held = held
        self._to: dict[str, Laid] = {}
        self._names: dict[str, float] = {}
        self._real: dict[str, str] = {}

    def to(self, path: str) -> Laid:
        """A release that is swapped in under a running process is older than it; the link to it is not."""
        if path not in self._to:
            self._to[path] = self.root.laid(path, held=self.held)
        return self._to[path]

    def below(self, site: str, paths: Iterable[str]) -> Laid:
        """To a distribution's own files and directories: links that were turned there, directories that were moved."""
        within = {*paths}
        within |= {str(folder) for path in paths for folder in PurePosixPath(path).parents} - {"."}
        return max((self._step(f"{site}/{one}") for one in within), default=(0.0, site))

    def _step(self, path: str) -> Laid:
        if path not in self._to:
            folder, _, name = path.rpartition("/")
            real = self._real.get(folder) or self._real.setdefault(folder, self.root.real(folder))
            place = f"{real}/{name}"
            own = self.root.touched(place)
            if own is not None and own.is_link:
                self._to[path] = self.root.laid(path, held=self.held)
            elif own is None or not own.is_directory or place in self.held:
                self._to[path] = (0.0, path)
            else:
                self._to[path] = (min(own.changed, self.names_changed(folder)), path)
        return self._to[path]

    def list_changed(self, site: str) -> float:
        """When a directory on the path was laid, or got another list of names."""
        return max(self.to(site)[0], self.names_changed(site))

    def names_changed(self, folder: str) -> float:
        """That the first start of a program makes `__pycache__` is no change: what it holds is as old as the list."""
        if folder not in self._names:
            self._names[folder] = self._names_changed(folder)
        return self._names[folder]

    def _names_changed(self, folder: str) -> float:
        status = self.root.status(folder)
        if status is None:
            return 0.0
        changed = max(status.st_ctime_ns, status.st_mtime_ns) / 1e9
        cache = f"{folder}/__pycache__"
        kept = (self.root.status(f"{cache}/{one}") for one in self.root.names(cache))
        eldest = min((one.st_ctime_ns / 1e9 for one in kept if one is not None), default=0.0)
        return 0.0 if 0 <= eldest - changed < AT_ONCE else changed
