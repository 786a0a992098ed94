"""Intervals of 95 % around a share, a median, and anything else of a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import exp, lgamma, log, sqrt
from random import Random
from typing import TypeVar

from outpace.statistics.curves import Estimate
from outpace.statistics.survival import Z

T = TypeVar("T")
COVERAGE = 0.95
RESAMPLES = 1000


def proportion(k: float, n: float) -> Estimate:
    """Wilson's score interval (1927; method 3 of Newcombe 1998). `n` need not be whole: see `share_of_groups`."""
    if n <= 0:
        return Estimate(value=None)
    share, square = k / n, Z * Z
    center = (2 * k + square) / (2 * (n + square))
    width = Z * sqrt(square + 4 * k * (1 - share)) / (2 * (n + square))
    return Estimate(value=share, low=0.0 if k == 0 else center - width, high=1.0 if k == n else center + width)


def share_of_groups(groups: Iterable[tuple[int, int]]) -> Estimate:
    """The share of what comes in groups, `k` of `n` in each, where those of one group come out alike.

    The interval is that of as many as would be independent (Kish 1965, section 8.2): (sum n)^2 / sum n^2. It assumes
    that a group decides as one, so that it is never too narrow.
    """
    told = [(k, n) for k, n in groups if n > 0]
    whole = sum(n for _, n in told)
    if not whole:
        return Estimate(value=None)
    independent = whole * whole / sum(n * n for _, n in told)
    share = sum(k for k, _ in told) / whole
    return proportion(independent if share == 1 else share * independent, independent)


def median_of(values: Iterable[float]) -> Estimate:
    """Its bounds are the innermost pair of order statistics that covers it in 95 % (Conover 1999, section 3.2).

    Fewer than six values have no such pair.
    """
    ordered = sorted(values)
    n = len(ordered)
    if n == 0:
        return Estimate(value=None)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    outside = _outside(n)
    if outside == 0:
        return Estimate(value=middle)
    return Estimate(value=middle, low=ordered[outside - 1], high=ordered[n - outside])


def bootstrap(
    values: Sequence[T], function: Callable[[Sequence[T]], float], seed: int, *, resamples: int = RESAMPLES
) -> Estimate:
    """The percentile interval of `function` over resamples (Efron, Tibshirani 1993, chapter 13); one seed, one answer.

    Fewer than two values say nothing of how they vary.
    """
    if not values:
        return Estimate(value=None)
    if len(values) == 1:
        return Estimate(value=function(values))
    random = Random(seed)  # noqa: S311 (draws samples, guards nothing)
    results = sorted(function(random.choices(values, k=len(values))) for _ in range(resamples))
    tail = max(round(resamples * (1 - COVERAGE) / 2), 1)
    return Estimate(value=function(values), low=results[tail - 1], high=results[resamples - tail])


def _outside(n: int) -> int:
    """The rank of the lower bound: the highest below which the tail of Binomial(n, 1/2) stays at 2.5 %; 0: none."""
    allowed, tail, rank = (1 - COVERAGE) / 2, 0.0, 0
    while (tail := tail + _half(n, rank)) <= allowed:
        rank += 1
    return rank


def _half(n: int, k: int) -> float:
    """The probability of k of n, each as likely as not."""
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2))
