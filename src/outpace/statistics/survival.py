"""The survival curve of what was followed: Kaplan and Meier's estimate, with its band, quantiles and area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import exp, log, sqrt
from typing import NamedTuple

from outpace.statistics.curves import Curve, Estimate, Point, Span

Z = 1.959963984540054  # of a two-sided interval of 95 %
ROUNDING = 1e-12  # a product of fractions that is one half may come out a little above it


class Leaving(NamedTuple):
    """Who was followed for `days` and no longer; `events` of them until their event."""

    days: float
    events: int
    all: int


class Fall(NamedTuple):
    """At `days` `events` of `at_risk` had theirs; `share` is left after it. `greenwood` is the sum until then."""

    days: float
    at_risk: int
    events: int
    share: float
    greenwood: float | None  # None: all that were left had it, and the sum has no value


def survival(spans: Iterable[Span], *, horizon: float) -> Curve:
    """Who is censored at the time of an event was at risk of it (Kaplan, Meier 1958).

    The band is Greenwood's variance on the log(-log) scale (Kalbfleisch, Prentice 1980, section 1.3), quantiles take
    theirs from it (Brookmeyer, Crowley 1982). The area's standard error is that of Klein and Moeschberger (2003,
    section 4.5). Nothing is known behind the longest that was followed: where some are left there, `horizon` is that.
    """
    leaving = _leaving(spans)
    count = sum(each.all for each in leaving)
    falls = tuple(_falls(leaving, count))
    left = falls[-1].share if falls else 1.0
    until = min(horizon, leaving[-1].days if leaving else 0.0) if left > 0 else horizon
    points = tuple(_points(falls, leaving, count))
    events = sum(fall.events for fall in falls)
    return Curve(
        points=points,
        count=count,
        events=events,
        censored=count - events,
        median=quantile(points, 0.5),
        p90=quantile(points, 0.1),
        area=_area(falls, until) if count else Estimate(value=None),
        horizon=until,
    )


def quantile(points: Sequence[Point], left: float) -> Estimate:
    """The first day from which at most `left` are left; its bounds, of either side of the band."""
    return Estimate(
        value=_first(p.days for p in points if p.share <= left + ROUNDING),
        low=_first(p.days for p in points if p.low <= left + ROUNDING and p.at_risk),
        high=_first(p.days for p in points if p.high <= left + ROUNDING),
    )


def left_at(curve: Curve, days: float) -> Estimate:
    """The share that is left at a day, with its band; None behind the longest that was followed, if some are left."""
    if not curve.count:
        return Estimate(value=None)
    point = next(point for point in reversed(curve.points) if point.days <= max(days, 0.0))
    if days > curve.points[-1].days and point.share > 0:
        return Estimate(value=None)
    return Estimate(value=point.share, low=point.low, high=point.high)


def _leaving(spans: Iterable[Span]) -> list[Leaving]:
    followed = [(span.days if span.days > 0 else 0.0, span.ended) for span in spans]
    everyone = Counter([days for days, _ in followed])
    ended = Counter([days for days, has_ended in followed if has_ended])
    return [Leaving(days, ended[days], everyone[days]) for days in sorted(everyone)]


def _falls(leaving: Iterable[Leaving], count: int) -> Iterator[Fall]:
    at_risk, share, greenwood = count, 1.0, 0.0
    for days, events, everyone in leaving:
        if events == at_risk:
            yield Fall(days, at_risk, events, 0.0, None)
        elif events:
            share *= 1 - events / at_risk
            greenwood += events / (at_risk * (at_risk - events))
            yield Fall(days, at_risk, events, share, greenwood)
        at_risk -= everyone


def _points(falls: Sequence[Fall], leaving: Sequence[Leaving], count: int) -> Iterator[Point]:
    point = Point(days=0.0, share=1.0, low=1.0 if count else 0.0, high=1.0, at_risk=count)
    yield point
    for fall in falls:
        low, high = (0.0, point.high) if fall.greenwood is None else _band(fall.share, fall.greenwood)
        point = Point(days=fall.days, share=fall.share, low=low, high=high, at_risk=fall.at_risk)
        yield point
    if leaving and leaving[-1].days > point.days:
        last = leaving[-1]
        yield Point(days=last.days, share=point.share, low=point.low, high=point.high, at_risk=last.all)


def _band(share: float, greenwood: float) -> tuple[float, float]:
    width = Z * sqrt(greenwood) / log(share)
    center = log(-log(share))
    return exp(-exp(center - width)), exp(-exp(center + width))


def _area(falls: Sequence[Fall], until: float) -> Estimate:
    mean, error = _mean(falls, until)
    return Estimate(value=mean, low=max(mean - Z * error, 0.0), high=min(mean + Z * error, until))


def _mean(falls: Sequence[Fall], until: float) -> tuple[float, float]:
    steps = [(0.0, 1.0), *((fall.days, fall.share) for fall in falls if fall.days < until), (until, 0.0)]
    pieces = [share * (end - begin) for (begin, share), (end, _) in pairwise(steps)]
    behind, variance = sum(pieces), 0.0
    for fall, piece in zip(falls, pieces, strict=False):
        behind -= piece
        if fall.days < until and fall.events < fall.at_risk:
            variance += behind**2 * fall.events / (fall.at_risk * (fall.at_risk - fall.events))
    return sum(pieces), sqrt(variance)


def _first(days: Iterator[float]) -> float | None:
    return next(days, None)
