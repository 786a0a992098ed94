"""A quantile of what has been counted in buckets so far."""

from __future__ import annotations

from collections.abc import Iterable


class RunningQuantile:
    """The least bucket's bound that `share` of the counts lie at or below. Bounds may differ from call to call."""

    def __init__(self, share: float, least: int, half_life: float) -> None:
        """`half_life`: counts after which the old ones weigh half as much. What is usual at noon is not what was usual
        at night."""
        self.share = share
        self.least = least
        self.half_life = half_life
        self.count = 0
        self._counts: dict[float, float] = {}

    def add(self, buckets: Iterable[tuple[float, int]]) -> None:
        """Upper bounds and how many lie in each, not cumulated."""
        fresh = [(bound, count) for bound, count in buckets if count > 0]
        many = sum(count for _, count in fresh)
        if not many:
            return
        fading = 0.5 ** (many / self.half_life)
        self._counts = {bound: count * fading for bound, count in self._counts.items()}
        for bound, count in fresh:
            self._counts[bound] = self._counts.get(bound, 0.0) + count
        self.count += many

    def bound(self) -> float | None:
        """None while fewer than `least` have been counted: a rare tail cannot be told from so few."""
        if self.count < self.least:
            return None
        wanted = self.share * sum(self._counts.values())
        reached = 0.0
        for bound in sorted(self._counts):
            reached += self._counts[bound]
            if reached >= wanted:
                return bound
        return max(self._counts)
