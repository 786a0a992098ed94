"""The survival curve of what was followed: Kaplan and Meier's estimate, with its band, quantiles and area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from math import exp, log, sqrt
from typing import NamedTuple

from outpace.statistics.curves import Curve, Estimate, Point, Span

Z = 1.959963984540054  # of a two-sided interval of 95 %
ROUNDING = 1e-12  # a product of fractions that is one half may come out a little above it


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
    followed = sorted((max(span.days, 0.0), span.ended) for span in spans)
    falls = tuple(_falls(followed))
    last = followed[-1][0] if followed else 0.0
    left = falls[-1].share if falls else 1.0
    until = min(horizon, last) if left > 0 else horizon
    points = tuple(_points(falls, followed))
    events = sum(fall.events for fall in falls)
    return Curve(
        points=points,
        count=len(followed),
        events=events,
        censored=len(followed) - events,
        median=quantile(points, 0.5),
        p90=quantile(points, 0.1),
        area=_area(falls, until) if followed else Estimate(value=None),
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


def restricted_mean(spans: Iterable[Span], *, until: float) -> tuple[float, float]:
    """The area under the curve until then, and its standard error; behind the last event the curve stays level."""
    return _mean(tuple(_falls(sorted((max(span.days, 0.0), span.ended) for span in spans))), until)


def _falls(followed: Sequence[tuple[float, bool]]) -> Iterator[Fall]:
    at_risk, share, greenwood = len(followed), 1.0, 0.0
    for days, group in groupby(followed, key=lambda each: each[0]):
        ended = [has_ended for _, has_ended in group]
        events = sum(ended)
        if events == at_risk:
            yield Fall(days, at_risk, events, 0.0, None)
        elif events:
            share *= 1 - events / at_risk
            greenwood += events / (at_risk * (at_risk - events))
            yield Fall(days, at_risk, events, share, greenwood)
        at_risk -= len(ended)


def _points(falls: Sequence[Fall], followed: Sequence[tuple[float, bool]]) -> Iterator[Point]:
    last = followed[-1][0] if followed else 0.0
    point = Point(days=0.0, share=1.0, low=1.0 if followed else 0.0, high=1.0, at_risk=len(followed))
    yield point
    for fall in falls:
        low, high = (0.0, point.high) if fall.greenwood is None else _band(fall.share, fall.greenwood)
        point = Point(days=fall.days, share=fall.share, low=low, high=high, at_risk=fall.at_risk)
        yield point
    if last > point.days:
        until_last = sum(days == last for days, _ in followed)
        yield Point(days=last, share=point.share, low=point.low, high=point.high, at_risk=until_last)


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
