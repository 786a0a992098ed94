"""What shares a landing or a tag is one draw: how sure a median or a mean is, told by resampling those."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import TypeVar

from outpace.statistics.curves import Estimate
from outpace.statistics.intervals import bootstrap

T = TypeVar("T")
SEED = 20261126
RESAMPLES = 300
FEWEST = 6  # draws: of fewer no interval of 95 % can be told


def drawn_together(waits: Iterable[tuple[str, T]]) -> list[list[T]]:
    """By what they share."""
    found: dict[str, list[T]] = {}
    for key, one in waits:
        found.setdefault(key, []).append(one)
    return list(found.values())


def banded(draws: Sequence[Sequence[T]], middle: Callable[[Sequence[T]], Estimate]) -> Estimate:
    """The middle of all, with its own interval where nothing is shared; of fewer than six draws with none."""
    every = [each for draw in draws for each in draw]
    told = middle(every)
    if len(draws) == len(every):
        return told
    if told.value is None or len(draws) < FEWEST:
        return Estimate(value=told.value)

    def value(drawn: Sequence[Sequence[T]]) -> float:
        found = middle([each for draw in drawn for each in draw]).value
        return inf if found is None else found

    bounds = bootstrap(draws, value, SEED, resamples=RESAMPLES)
    return Estimate(value=told.value, low=bounds.low, high=None if bounds.high == inf else bounds.high)


def mean_of(draws: Sequence[Sequence[float]]) -> Estimate:
    """Of fewer than six draws without an interval."""
    parts = [(sum(draw), len(draw)) for draw in draws]

    def mean(drawn: Sequence[tuple[float, int]]) -> float:
        return sum(total for total, _ in drawn) / sum(count for _, count in drawn)

    if len(parts) < FEWEST:
        return Estimate(value=mean(parts) if parts else None)
    return bootstrap(parts, mean, SEED, resamples=RESAMPLES)
