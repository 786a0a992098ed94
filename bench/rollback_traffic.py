"""The traffic of `rollback.py` and `false_rollbacks.py`: arrivals of each second, and what becomes of them."""

from __future__ import annotations

from array import array
from math import log
from random import Random

SECOND = 1.0


class Arrivals:
    """Requests of each second, Poisson's, the same for everybody who asks for the same seed."""

    def __init__(self, seed: int, rps: float) -> None:
        self.rps = rps
        self._random = Random(f"arrivals {seed} {rps}")
        self._seconds = array("L")

    def of(self, second: int) -> int:
        while len(self._seconds) <= second:
            self._seconds.append(poisson(self._random, self.rps))
        return self._seconds[second]

    def between(self, begin: float, end: float) -> int:
        """Of whole seconds."""
        self.of(int(end))
        return sum(self._seconds[int(begin) : int(end)])


class Looks:
    """The same arrivals in looks of `look` seconds."""

    def __init__(self, arrivals: Arrivals, seed: int, look: float) -> None:
        self.arrivals = arrivals
        self.per_second = round(SECOND / look)
        self._random = Random(f"looks {seed} {arrivals.rps}")
        self._left: list[int] = []
        self._second = 0

    def next(self) -> int:
        if not self._left:
            self._left = [0] * self.per_second
            for _ in range(self.arrivals.of(self._second)):
                self._left[int(self._random.random() * self.per_second)] += 1
            self._second += 1
        return self._left.pop()


def poisson(random: Random, mean: float) -> int:
    count, left = 0, random.expovariate(1.0)
    while left < mean:
        count += 1
        left += random.expovariate(1.0)
    return count


def binomial(random: Random, n: int, p: float) -> int:
    """From success to success, so that it costs as much as there are of the rarer outcome."""
    if p > 0.5:
        return n - binomial(random, n, 1 - p)
    if p <= 0 or n <= 0:
        return 0
    scale, count, at = log(1 - p), 0, 0
    while True:
        at += int(log(1 - random.random()) / scale) + 1
        if at > n:
            return count
        count += 1
