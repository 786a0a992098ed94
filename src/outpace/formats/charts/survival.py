"""The share that is still open after so many days, with its band, against the share that is not yet exploited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from outpace.assessment.attackers import AttackCurve
from outpace.formats.charts.markup import NONE, Markup, e, join, number
from outpace.formats.charts.scales import Scale
from outpace.formats.charts.words import FEWEST, counted, days, percent
from outpace.statistics.curves import Curve, Point

MOST_POINTS = 160
APART = 15.0  # between two labels at the ends of lines
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)


class Drawing(Struct, frozen=True, kw_only=True):
    """What is drawn, and where: `top` and `bottom` bound the field, `scale` its width."""

    scale: Scale
    width: float
    height: float
    top: float = 14.0
    bottom: float = 30.0
    cls: str = "chart"
    ours: str = "still open here"
    theirs: str = "not yet exploited"
    other: str = "from the fix's release"
    labels_outside: bool = True

    def y(self, share: float) -> float:
        return self.top + (self.height - self.top - self.bottom) * (1 - share)


def chart(
    curve: Curve,
    attackers: AttackCurve,
    drawing: Drawing,
    *,
    censored: Sequence[float] = (),
    other: Curve | None = None,
) -> Markup:
    """`censored` are the days of those that are still open; `other` is the same on another clock."""
    return e(
        "svg",
        grid(drawing),
        field(curve, attackers, drawing, censored, other),
        viewBox=f"0 0 {number(drawing.width)} {number(drawing.height)}",
        role="img",
        cls=drawing.cls,
        aria_label=in_words(curve, attackers),
    )


def grid(drawing: Drawing) -> Markup:
    scale, base = drawing.scale, drawing.y(0.0)
    rows = (
        join(
            e("line", x1=scale.left, x2=scale.right, y1=drawing.y(share), y2=drawing.y(share), cls="grid"),
            e("text", percent(share), x=scale.left - 7, y=drawing.y(share) + 4, text_anchor="end", cls="tick"),
        )
        for share in SHARES
    )
    return join(*rows, ticks(scale, base + 18, top=drawing.top, base=base))


def ticks(scale: Scale, at: float, *, top: float, base: float) -> Markup:
    """The labels of the axis, those left out that would run into the one before, and fine lines above them."""
    shown: list[Markup] = []
    free = scale.left - 20.0
    for mark, label in scale.ticks():
        x = scale.x(mark)
        half = 3.1 * len(label)
        if x - half < free or x + half > scale.right + 24:
            continue
        free = x + half + 6
        shown.append(e("line", x1=x, x2=x, y1=top, y2=base, cls="grid fine"))
        shown.append(e("text", label, x=x, y=at, text_anchor="middle", cls="tick"))
    return join(*shown)


def field(
    curve: Curve,
    attackers: AttackCurve,
    drawing: Drawing,
    censored: Sequence[float] = (),
    other: Curve | None = None,
    *,
    is_small: bool = False,
) -> Markup:
    """Lines, marks and words; a small one has the lines alone."""
    points = thinned(curve.points)
    end = drawing.scale.end
    theirs = not_exploited(attackers)
    ends = [(share_of(curve, end), drawing.ours, "exposed")]
    if attackers.marks:
        ends.append((_last(theirs, end), drawing.theirs, "quiet"))
    if other is not None:
        ends.append((share_of(other, end), drawing.other, "moving"))
    return join(
        e("path", d=_band(points, drawing), cls="band exposed"),
        e("path", d=_steps(theirs, drawing, until=end), cls="attack") if attackers.marks else None,
        None if other is None else _line(thinned(other.points), drawing, "curve second moving"),
        _line(points, drawing, "curve exposed"),
        join(*(_open(at, curve, drawing) for at in censored if at <= end)),
        NONE if is_small else _median(curve, drawing),
        _labels(ends, drawing) if drawing.labels_outside else None,
    )


def _line(points: Sequence[Point], drawing: Drawing, cls: str) -> Markup:
    last = min(points[-1].days, drawing.scale.end)
    return e("path", d=_steps([(p.days, p.share) for p in points], drawing, until=last), cls=cls)


def _median(curve: Curve, drawing: Drawing) -> Markup:
    at = curve.median.value
    if at is None or at > drawing.scale.end or curve.count < FEWEST:
        return NONE
    x, y = drawing.scale.x(at), drawing.y(0.5)
    right = x < drawing.scale.right - 90
    return join(
        e("circle", cx=x, cy=y, r=4.5, cls="dot exposed"),
        e(
            "text",
            f"half after {days(at)}",
            x=x + 9 if right else x - 9,
            y=y - 7 if right else y + 16,
            text_anchor="start" if right else "end",
            cls="label exposed halo",
        ),
    )


def _labels(ends: Sequence[tuple[float, str, str]], drawing: Drawing) -> Markup:
    """At the ends of their lines, from above to below, none over another."""
    inorder = sorted(ends, key=lambda each: -each[0])
    places: list[float] = []
    for share, _, _ in inorder:
        wanted = drawing.y(share)
        places.append(wanted if not places else max(wanted, places[-1] + APART))
    over = max(places[-1] - drawing.y(0.0), 0.0)
    x = drawing.scale.right + 8
    return join(
        *(
            e("text", said, x=x, y=place - over + 4, cls=f"label {cls}")
            for place, (_, said, cls) in zip(places, inorder, strict=True)
        )
    )


def _last(steps: Sequence[tuple[float, float]], end: float) -> float:
    return [share for at, share in steps if at <= end][-1]


def _open(at: float, curve: Curve, drawing: Drawing) -> Markup:
    x, y = drawing.scale.x(at), drawing.y(share_of(curve, at))
    return e("line", x1=x, x2=x, y1=y - 5, y2=y + 5, cls="censored exposed")


def _steps(values: Iterable[tuple[float, float]], drawing: Drawing, *, until: float) -> str:
    return "".join(_step_path(values, drawing, until))


def _step_path(values: Iterable[tuple[float, float]], drawing: Drawing, until: float) -> Iterator[str]:
    begun = False
    for at, share in values:
        if at > until:
            break
        x, y = number(drawing.scale.x(at)), number(drawing.y(share))
        yield f"H{x}V{y}" if begun else f"M{x} {y}"
        begun = True
    yield f"H{number(drawing.scale.x(until))}"


def _band(points: Sequence[Point], drawing: Drawing) -> str:
    """Out along the upper side and back along the lower one."""
    inside = [p for p in points if p.days <= drawing.scale.end]
    last = min(points[-1].days, drawing.scale.end)
    upper = _steps([(p.days, p.high) for p in inside], drawing, until=last)
    x, y = drawing.scale.x, drawing.y
    lower = [f"L{number(x(last))} {number(y(inside[-1].low))}"]
    for before, point in reversed(list(pairwise(inside))):
        lower.append(f"H{number(x(point.days))}V{number(y(before.low))}")
    return f"{upper}{''.join(lower)}H{number(x(inside[0].days))}Z"


def thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """Enough for a drawing; the first and the last stay."""
    if len(points) <= MOST_POINTS:
        return tuple(points)
    every = (len(points) - 1) / (MOST_POINTS - 1)
    return tuple(points[round(every * number_)] for number_ in range(MOST_POINTS))


def not_exploited(attackers: AttackCurve) -> list[tuple[float, float]]:
    """Publications differ: the curve never rises again."""
    share = 1.0
    steps = [(0.0, 1.0)]
    for mark in sorted(attackers.marks, key=lambda each: each.days):
        share = min(share, 1.0 - mark.exploited)
        steps.append((max(mark.days, 0.0), share))
    return steps


def share_of(curve: Curve, at: float) -> float:
    return next((p.share for p in reversed(curve.points) if p.days <= at), 1.0)


def share_at(curve: Curve, at: float) -> Point | None:
    """None: nobody was followed for so long."""
    if at > curve.points[-1].days and curve.points[-1].share > 0:
        return None
    return next(p for p in reversed(curve.points) if p.days <= at)


def in_words(curve: Curve, attackers: AttackCurve) -> str:
    """What the drawing says, for whoever does not see it."""
    half, longest = curve.median.value, days(curve.points[-1].days)
    if curve.count < FEWEST:
        said = f"{counted(curve.count, 'episode')}, too few for a median, followed for up to {longest}."
    elif half is not None:
        said = f"Of {curve.count} episodes half were over after {days(half)}."
    else:
        said = f"Of {curve.count} episodes fewer than half were over within {longest}."
    shares = ", ".join(
        f"{percent(point.share)} after {days(at)}"
        for at in (7.0, 30.0, 90.0, 365.0)
        if (point := share_at(curve, at)) is not None
    )
    still = f" Still open: {shares}." if shares else ""
    theirs = ", ".join(f"{percent(share)} after {days(at)}" for at, share in not_exploited(attackers)[1:])
    against = f" Of what attackers exploit, not yet exploited: {theirs}." if theirs else ""
    censored = f" Still open, or not followed further, and counted as such: {curve.censored}."
    return f"{said}{still}{censored}{against}"
