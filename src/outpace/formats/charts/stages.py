"""Where the days go: a waterfall of stages, each beginning where the one before ended, the longest in color."""

from __future__ import annotations

from collections.abc import Sequence

from outpace.assessment.plan import StageTime
from outpace.formats.charts.markup import Markup, e, join, number
from outpace.formats.charts.words import days, percent, short

ROW = 34.0
NARROW_ROW = 46.0


def longest(stages: Sequence[StageTime]) -> StageTime | None:
    """Of those that are not over, if there are any."""
    return max(stages, key=lambda each: (not each.is_over, each.share), default=None)


def chart(stages: Sequence[StageTime], *, width: float, narrow: bool = False) -> Markup:
    """On an axis of all waiting days: shares add up, medians do not."""
    row = NARROW_ROW if narrow else ROW
    left, right = (0.0, width) if narrow else (158.0, width - 142.0)
    most = longest(stages)
    rows: list[Markup] = []
    begun = 0.0
    for place, stage in enumerate(stages):
        rows.append(_row(stage, begun, place * row + 4, (left, right), narrow=narrow, is_longest=stage is most))
        begun += stage.share
    height = row * len(stages) + 10
    return e(
        "svg",
        *rows,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        cls="chart narrow" if narrow else "chart wide",
        aria_label=in_words(stages),
    )


def _row(
    stage: StageTime, begun: float, top: float, sides: tuple[float, float], *, narrow: bool, is_longest: bool
) -> Markup:
    left, right = sides
    x = left + (right - left) * min(begun, 1.0)
    length = max((right - left) * stage.share, 2.0)
    kind = "exposed" if is_longest else "rest"
    median = f"median {short(stage.median.value)}" if stage.median.value is not None else "median unknown"
    said = f"{percent(stage.share)}, {median}"
    bar_top, bar = (top + 18, 15.0) if narrow else (top, 20.0)
    words = "label exposed" if is_longest else "label"
    if narrow:
        texts = (
            e("text", stage.name, x=0, y=top + 11, cls=words),
            e("text", said, x=right, y=top + 11, text_anchor="end", cls=words),
        )
    else:
        texts = (
            e("text", stage.name, x=0, y=top + 14.5, cls=words),
            e("text", said, x=right + 12, y=top + 14.5, cls=words),
        )
    return join(
        e("rect", x=left, y=bar_top, width=right - left, height=bar, rx=3, cls="track"),
        e("rect", x=x, y=bar_top, width=length, height=bar, rx=3, cls=f"fill {kind}"),
        *texts,
    )


def in_words(stages: Sequence[StageTime]) -> str:
    said = "; ".join(
        f"{stage.name}: {percent(stage.share)} of all waiting days"
        + (f", median {days(stage.median.value)}" if stage.median.value is not None else ", median unknown")
        for stage in stages
    )
    return f"Where the waiting days went. {said}."
