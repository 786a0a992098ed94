"""Documented examples of other judges, simulated: what each takes back, when, and what it costs.

Argo: docs/features/analysis.md of argo-rollouts 1.10, background analysis: 20 % more every 10 minutes, every 5 minutes
the share of successes, below 95 % is a failure, three failures abort. Flagger: docs "how it works": 5 % more each
minute up to 50 %, at least 99 % successes over the last minute, 10 failed checks roll back; its own least interval is
10 s (GetAnalysisInterval). Kayenta: docs "best practices" of Spinnaker: at least 50 points, three hours, judged each
hour, canary beside a baseline of its size; Mann-Whitney at 98 % as its default judge, one point a minute.

The shortest: Argo names no least interval, so 15 s, at which metrics are often scraped; Kayenta 5 minutes, below which
five points against five cannot differ at 98 %. Doubts are decided in their favor: the first look comes after one
interval and sees all of it, no scrape is late, traffic moves at once, and where nothing came Flagger counts a failure.
"""

from __future__ import annotations

from math import erf, sqrt
from random import Random
from typing import NamedTuple

from rollback_traffic import Arrivals, binomial

BASELINE = 0.001
MINUTE = 60.0


class Ended(NamedTuple):
    """`seconds` from the first exposure; None: never taken back."""

    seconds: float | None
    bad: int


class Stepped(NamedTuple):
    """A limit for a share of successes, looked at each interval."""

    name: str
    interval: float
    least: float
    failures: int
    first: float  # weight
    step: float
    every: float  # seconds between steps
    most: float
    empty_fails: bool
    waits: bool  # a failed look keeps the weight

    def run(self, arrivals: Arrivals, seed: int, rate: float) -> Ended:
        random = Random(f"{self.name} {seed}")
        weight, failed, bad, at, stepped = self.first, 0, 0, 0.0, 0.0
        while weight < self.most + 1e-9:
            came = binomial(random, arrivals.between(at, at + self.interval), weight)
            wrong = binomial(random, came, rate)
            bad += wrong
            at += self.interval
            fails = (came == 0 and self.empty_fails) or (came > 0 and 1 - wrong / came < self.least)
            failed += fails
            if failed >= self.failures:
                return Ended(at, bad)
            if at - stepped >= self.every and not (fails and self.waits):
                weight, stepped = weight + self.step, at
        return Ended(None, bad)


class Ranked(NamedTuple):
    """Mann-Whitney over points of a minute, canary beside a baseline of its size."""

    name: str
    judged: int  # minutes
    lasts: int  # minutes
    weight: float = 0.1

    def run(self, arrivals: Arrivals, seed: int, rate: float) -> Ended:
        random = Random(f"{self.name} {seed}")
        canary: list[float] = []
        baseline: list[float] = []
        bad = 0
        for minute in range(self.lasts):
            came = arrivals.between(minute * MINUTE, (minute + 1) * MINUTE)
            ours, theirs = binomial(random, came, self.weight), binomial(random, came, self.weight)
            wrong = binomial(random, ours, rate)
            bad += wrong
            if ours and theirs:
                canary.append(wrong / ours)
                baseline.append(binomial(random, theirs, BASELINE) / theirs)
            if (minute + 1) % self.judged == 0 and higher(canary, baseline):
                return Ended((minute + 1) * MINUTE, bad)
        return Ended(None, bad)


def higher(ones: list[float], others: list[float]) -> bool:
    """Whether `ones` lie higher, by a two-sided test at 98 %, with ties counted as such."""
    n, m = len(ones), len(others)
    if n < 5 or m < 5:
        return False
    ordered = sorted(ones + others)
    ranks: dict[float, float] = {}
    tied, at = 0.0, 0
    while at < n + m:
        end = at
        while end < n + m and ordered[end] == ordered[at]:
            end += 1
        ranks[ordered[at]] = (at + 1 + end) / 2
        tied += (end - at) ** 3 - (end - at)
        at = end
    rank_sum = sum(ranks[one] for one in ones)
    deviation = sqrt(n * m / 12 * (n + m + 1 - tied / ((n + m) * (n + m - 1))))
    if not deviation:
        return False
    z = (rank_sum - n * (n + 1) / 2 - n * m / 2 - 0.5) / deviation
    return (1 - erf(z / sqrt(2))) / 2 < 0.01


PEERS = (
    Stepped("Argo example", 300, 0.95, 3, 0.2, 0.2, 600, 0.8, empty_fails=False, waits=False),
    Stepped("Argo, 15 s", 15, 0.95, 3, 0.2, 0.2, 600, 0.8, empty_fails=False, waits=False),
    Stepped("Flagger example", 60, 0.99, 10, 0.05, 0.05, 60, 0.5, empty_fails=True, waits=True),
    Stepped("Flagger, 10 s", 10, 0.99, 10, 0.05, 0.05, 10, 0.5, empty_fails=True, waits=True),
    Ranked("Kayenta-like, 3 h", 60, 180),
    Ranked("Kayenta-like, 5 min", 5, 180),
)
