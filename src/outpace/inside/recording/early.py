"""What programs open that are started while tests are collected."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Optional

from .opened import Opened


class Early:
    """Whoever starts a program may depend on all that it opens. Sources that this process opens are told apart by
    asking, ahead of each, what was opened until then. `told(nodes, paths)` hears what others opened."""

    def __init__(self, opened: Optional[Opened], told: Callable[[Iterable[str], set[str]], None]) -> None:
        self._opened = opened
        self._told = told
        self._process = os.getpid()
        self._own: set[str] = set()
        self.starters: set[str] = set()
        self.rest: set[str] = set()
        self.dropped = False

    def started(self, nodes: Iterable[str]) -> None:
        self.hear()
        self.starters.update(nodes)

    def opening(self, path: str) -> None:
        """This process is about to open a source of the project."""
        if self.starters:
            self.hear()
            self._own.add(path)

    def hear(self) -> None:
        if self._opened is None or os.getpid() != self._process:  # a fork would take what its parent is to hear
            return
        paths = self._opened.taken()
        self.dropped = self.dropped or paths is None
        self.rest |= paths or set()
        if self.starters and paths:
            self._told(self.starters, paths - self._own)
        self._own.clear()

    @property
    def goes_on(self) -> bool:
        """Whether one of them may still be there when tests run."""
        return bool(self.starters) and _has_children()


def _has_children() -> bool:
    try:
        for task in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{task}/children", encoding="ascii") as file:
                if file.read().strip():
                    return True
    except OSError:  # the kernel does not say
        return True
    return False
