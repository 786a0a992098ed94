"""A bucket of tokens per caller; the clock is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Bucket:
    tokens: float
    at: float


class RateLimit:
    """`burst` calls at once, then `rate` a second."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError(f"a rate of {rate} with a burst of {burst} lets nobody in")
        self.rate = rate
        self.burst = burst
        self.clock = clock
        self.buckets: dict[str, Bucket] = {}

    def allow(self, caller: str, cost: int = 1) -> bool:
        """A refused call costs nothing."""
        bucket = self._refilled(caller)
        if bucket.tokens < cost:
            return False
        bucket.tokens -= cost
        return True

    def wait(self, caller: str, cost: int = 1) -> float:
        """Seconds until a call of that cost is let in; 0 when it is now."""
        if cost > self.burst:
            raise ValueError(f"a call that costs {cost} never fits into a burst of {self.burst}")
        missing = cost - self._refilled(caller).tokens
        return max(0.0, missing / self.rate)

    def forget_idle(self) -> int:
        """Drops the buckets that are full again, and says how many."""
        full = [name for name in self.buckets if self._refilled(name).tokens >= self.burst]
        for name in full:
            del self.buckets[name]
        return len(full)

    def headers(self, caller: str) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.burst),
            "RateLimit-Remaining": str(int(self._refilled(caller).tokens)),
        }

    def _refilled(self, caller: str) -> Bucket:
        now = self.clock()
        bucket = self.buckets.setdefault(caller, Bucket(self.burst, now))
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
        bucket.at = now
        return bucket
