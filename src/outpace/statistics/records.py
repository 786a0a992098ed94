"""Does something only ever grow? Records of a sequence of blocks, and its robust slope."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import median

GROWING = 0.9
"""How often a block of what leaks is a record, in the bet."""
NEWEST = 200


class Records:
    """An e-process against "the blocks come in no order": each is the largest so far with a probability of 1/k.

    Rényi (1962): of values that are exchangeable and differ, the k-th is a record with probability 1/k, and these are
    independent, whatever the values' distribution. A record must exceed the last one by `step`, which makes it rarer.
    Blocks that hang together from one to the next (a random walk) are not exchangeable: then this is a heuristic.
    """

    def __init__(self, step: float) -> None:
        self.step = step
        self.log_e = 0.0
        self.count = 0
        self.blocks: list[float] = []  # the newest
        self._most = 0.0

    def add(self, value: float) -> None:
        self.blocks = [*self.blocks[1 - NEWEST :], value]
        self.count += 1
        number = self.count
        record = number == 1 or value > self._most + self.step
        self._most = max(self._most, value) if number > 1 else value
        if number > 1:
            self.log_e += log(GROWING * number) if record else log((1 - GROWING) / (1 - 1 / number))

    def pass_by(self, value: float) -> None:
        """A block that says nothing, whatever it holds; a record is larger than it all the same."""
        self._most = max(self._most, value)


def slope(values: Sequence[float]) -> float:
    """Per block: the median of the slopes of all pairs (Theil 1950, Sen 1968); nearly a third may be wild."""
    pairs = [(late - early) / (j - i) for i, early in enumerate(values) for j, late in enumerate(values) if i < j]
    return median(pairs) if pairs else 0.0
