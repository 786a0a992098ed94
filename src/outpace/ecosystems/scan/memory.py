"""What was understood of a part of a file: successive versions of a lock share nearly all of their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 32 << 20  # bytes of parts that are kept
ONE = 80  # bytes that each costs besides

_FORGETTING: list[Callable[[], None]] = []


def forgotten(forget: Callable[[], None]) -> None:
    """From now on, `forget_all` forgets this too."""
    _FORGETTING.append(forget)


class Remembered(Generic[T]):
    """Calls the function once for each content, as long as there is room; an error is not kept."""

    def __init__(self, understand: Callable[[bytes], T]) -> None:
        self._understand = understand
        self._known: dict[bytes, T] = {}
        self._room = MOST
        forgotten(self.forget)

    def __call__(self, part: bytes) -> T:
        found = self._known.get(part)
        if found is not None:
            return found
        found = self._understand(part)
        self._room -= len(part) + ONE
        if self._room < 0:
            self.forget()
        self._known[part] = found
        return found

    def forget(self) -> None:
        self._known.clear()
        self._room = MOST


def forget_all() -> None:
    """For measurements of what one version costs alone."""
    for forget in _FORGETTING:
        forget()
