"""The smallest part of a list that still does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def smallest(every: Sequence[T], does: Callable[[list[T]], bool]) -> list[T]:
    """Delta debugging: one-minimal, in order, and never empty unless nothing at all does it. `does(every)` holds."""
    left: list[T] = list(every)
    pieces = 2
    while len(left) >= 2:
        size = -(-len(left) // pieces)
        parts: list[list[T]] = [left[start : start + size] for start in range(0, len(left), size)]
        found: list[T] | None = next((part for part in reversed(parts) if does(part)), None)
        if found is not None:
            left, pieces = found, 2
            continue
        rests = ([each for other in parts if other is not part for each in other] for part in parts)
        rest: list[T] | None = next((rest for rest in rests if does(rest)), None) if len(parts) > 2 else None
        if rest is not None:
            left, pieces = rest, max(pieces - 1, 2)
        elif pieces >= len(left):
            break
        else:
            pieces = min(len(left), pieces * 2)
    return [] if len(left) == 1 and does([]) else left
