"""The two clocks that a process and a file are stamped by."""

from __future__ import annotations

import time

from msgspec import Struct


class Clock(Struct, frozen=True):
    """Now, in seconds since boot, and what to take from a file's time to get there."""

    now: float
    offset: float

    @staticmethod
    def read() -> Clock:
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        wall = time.time()
        after = time.clock_gettime(time.CLOCK_BOOTTIME)
        return Clock(now=after, offset=wall - (before + after) / 2)

    def wall(self, since_boot: float) -> float:
        return since_boot + self.offset

    def since_boot(self, wall: float) -> float:
        return wall - self.offset
