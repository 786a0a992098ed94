"""Which of a few files are opened, and whether other programs are started, told by Python's own events."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Sequence
from typing import Any

STARTS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.exec", "os.system"})
OPENS = frozenset({"open", "sqlite3.connect"})


class Watching:
    """Noted in memory that forks share. What a C library opens by itself is not heard of, nor what children open."""

    def __init__(self, root: str, files: Sequence[str]) -> None:
        self._files = list(files)
        self._numbers = {os.path.realpath(os.path.join(root, path)): n for n, path in enumerate(files)}
        self._names = {os.path.basename(path) for path in files}
        self._seen = mmap.mmap(-1, len(files) + 1)
        self.on = False

    def install(self) -> None:
        """For good: an audit hook cannot be taken out again."""
        self.on = True
        sys.addaudithook(self._hear)

    @property
    def children(self) -> bool:
        return bool(self._seen[len(self._files)])

    def read(self) -> dict[str, bool]:
        return {path: bool(self._seen[number]) for number, path in enumerate(self._files)}

    def _hear(self, event: str, args: Any) -> None:
        if not self.on:
            return
        if event in OPENS and args:
            self._opened(args[0])
        elif event in STARTS:
            self._seen[len(self._files)] = 1

    def _opened(self, path: Any) -> None:
        """Only what has the name of one of them is looked at closely."""
        try:
            text = os.fsdecode(path)
        except TypeError:
            return
        if os.path.basename(text) in self._names:
            number = self._numbers.get(os.path.realpath(text))
            if number is not None:
                self._seen[number] = 1
