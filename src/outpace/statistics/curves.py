"""A survival curve: the share that has not had its event by a time, with what could not be followed counted in."""

from __future__ import annotations

from msgspec import Struct


class Span(Struct, frozen=True):
    """One that was followed for `days`, until its event or until it could not be followed further (censored)."""

    days: float
    ended: bool


class Point(Struct, frozen=True, kw_only=True):
    """From `days` on `share` is left; `low` and `high` are its 95 % band. `at_risk` were followed until then."""

    days: float
    share: float
    low: float
    high: float
    at_risk: int


class Estimate(Struct, frozen=True, kw_only=True):
    """A quantile in days; None: the curve, or that side of its band, never gets so low."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Curve(Struct, frozen=True, kw_only=True):
    """`points` begin at day 0 with share 1; the last one is where the longest was followed to."""

    points: tuple[Point, ...]
    count: int
    events: int
    censored: int
    median: Estimate
    p90: Estimate
    area: Estimate  # days under the curve until `horizon`: the mean exposure-days of one, no longer than that
    horizon: float
