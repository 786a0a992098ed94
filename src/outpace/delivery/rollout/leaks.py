"""Slow leaks: does what the candidate's processes hold grow in every block of the soak?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log
from statistics import median
from typing import Literal, NamedTuple, TypeAlias

from outpace.delivery.rollout.counts import ArmName, Usage
from outpace.delivery.rollout.verdicts import Growth
from outpace.statistics.records import Records, slope

Kind: TypeAlias = Literal["memory", "descriptors"]
WARM_UP = 6
"""Blocks in which anything grows: caches fill, modules are imported, pools of connections open."""
A_DAY = 0.25
"""Growth that counts: by so much of what it began with, in 24 hours."""
STEADY, LASTING = 16, 0.75
"""Blocks that tell a leak from a cache that fills, and how much of its slope a leak keeps from their first half to the
second: a cache grows in each block too, but less and less."""


class Held(NamedTuple):
    """How one quantity is taken."""

    least: float  # by so much a record exceeds the last one
    blocks: float  # length of its blocks, as a share of the budget's
    of: Callable[[list[int]], float]  # a block's samples
    steep: float  # growth that is not waited for: by so many times what it began with, in an hour


HELD: dict[Kind, Held] = {"memory": Held(65536.0, 1.0, median, 1.0), "descriptors": Held(0.5, 0.5, min, 4.0)}
"""Nothing is cached in descriptors, so that shorter blocks do; what is open in a block's stillest moment is held."""


def earliest(alpha: float) -> int:
    """How many blocks it takes until a leak can be seen, if each one is a record."""
    records = Records(0.0)
    while records.log_e < log(1 / alpha):
        records.add(float(records.count))
    return WARM_UP + records.count


class Leak:
    """One quantity, from when it `began`: what was seen before had another share of the traffic. Speaks against a
    release only if it is a row of records, steep enough to matter, and no cache."""

    def __init__(self, metric: Kind, alpha: float, block_s: float, began: float) -> None:
        self.metric: Kind = metric
        self._held = HELD[metric]
        self.threshold = log(1 / alpha)
        self.block_s = block_s * self._held.blocks
        self.records: Records | None = None
        self._began = began
        self._block = 0
        self._samples: dict[ArmName, list[int]] = {"baseline": [], "candidate": []}
        self._baseline_first: float | None = None
        self._start = 0.0
        self._requests = self._most_requests = 0

    @property
    def per_hour(self) -> float:
        return slope(self.records.blocks) * 3600 / self.block_s if self.records else 0.0

    @property
    def reached(self) -> bool:
        if self.records is None or self.records.log_e < self.threshold:
            return False
        grown = self.per_hour
        if grown * 24 < A_DAY * self._start:
            return False
        return grown >= self._held.steep * self._start or self._is_steady(self.records.blocks)

    def _is_steady(self, blocks: list[float]) -> bool:
        half = len(blocks) // 2
        return len(blocks) >= STEADY and slope(blocks[half:]) >= LASTING * slope(blocks[:half])

    def add(self, at: float, requests: int, used: Iterable[Usage]) -> None:
        """`requests`: of users, since the last call."""
        block = int((at - self._began) / self.block_s)
        if block > self._block:
            self._close()
            self._block = block
        self._requests += requests
        for usage in used:
            self._samples[usage.arm].append(usage.rss_bytes if self.metric == "memory" else usage.descriptors)

    def _close(self) -> None:
        """Growth of the baseline in the same time is not the candidate's, and what is held with more requests than ever
        is held for these: nobody bets on a block in which they are a record as well."""
        candidate, baseline = self._samples["candidate"], self._samples["baseline"]
        requests, self._requests = self._requests, 0
        self._samples = {"baseline": [], "candidate": []}
        if not candidate or self._block < WARM_UP:
            return
        value = float(self._held.of(candidate))
        if baseline:
            level = float(self._held.of(baseline))
            self._baseline_first = level if self._baseline_first is None else self._baseline_first
            value -= max(level - self._baseline_first, 0.0)
        if self.records is None:
            self._start = value
            step = A_DAY * value * self.block_s / 86400
            self.records = Records(max(step, self._held.least))
            self.records.add(value)
        elif requests > self._most_requests:
            self.records.pass_by(value)
        else:
            self.records.add(value)
        self._most_requests = max(self._most_requests, requests)

    def told(self) -> Growth | None:
        if self.records is None:
            return None
        return Growth(
            metric=self.metric,
            blocks=self.records.count,
            per_hour=self.per_hour,
            log_e=self.records.log_e,
            log_threshold=self.threshold,
        )
