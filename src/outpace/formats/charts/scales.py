"""Axes: where a time lies on a drawing."""

from __future__ import annotations

import math
from typing import Protocol

from msgspec import Struct

from outpace.formats.charts.words import NBSP

SECOND = 1 / 86_400
MARKS = (
    (SECOND, "1 s"),
    (60 * SECOND, "1 min"),
    (3_600 * SECOND, "1 h"),
    (1.0, "1 day"),
    (7.0, "1 week"),
    (30.0, "1 month"),
    (182.5, "6 months"),
    (365.0, "1 year"),
    (1_826.0, "5 years"),
)
FIRST_DAY = 0.3  # of the width goes to the first day
ENDS = (30.0, 90.0, 180.0, 360.0, 720.0, 1_440.0, 2_880.0)  # each of six whole parts


class Scale(Protocol):
    """`x` is between `left` and `right`, and stays there whatever it is asked."""

    @property
    def left(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def end(self) -> float: ...
    def x(self, days: float) -> float: ...
    def ticks(self) -> tuple[tuple[float, str], ...]: ...


class Linear(Struct, frozen=True, kw_only=True):
    """Days from 0 to `end`."""

    left: float
    right: float
    end: float

    def x(self, days: float) -> float:
        return self.left + (self.right - self.left) * min(max(days / self.end, 0.0), 1.0)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        marks = (self.end * part / 6 for part in range(1, 7))
        return ((0.0, "0"), *((mark, f"{mark:,.0f}{NBSP}d") for mark in marks))


class LogTime(Struct, frozen=True, kw_only=True):
    """From a second to `end`, logarithmic, with more room after the first day, where the waits of people lie."""

    left: float
    right: float
    end: float = 730.0

    def x(self, days: float) -> float:
        width, first = self.right - self.left, (self.right - self.left) * FIRST_DAY
        if days <= 1.0:
            share = math.log(max(days, SECOND) / SECOND) / math.log(1.0 / SECOND)
            return self.left + first * share
        share = min(math.log(days) / math.log(self.end), 1.0)
        return self.left + first + (width - first) * share

    def ticks(self) -> tuple[tuple[float, str], ...]:
        return tuple((mark, label.replace(" ", NBSP)) for mark, label in MARKS if mark <= self.end)


def nice_end(days: float) -> float:
    return next((end for end in ENDS if days <= end), ENDS[-1])
