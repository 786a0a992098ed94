"""Earlier attempts at adoption over the years: when each came, last changed and went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from outpace.assessment.attempts import Attempt, Upheaval
from outpace.formats.charts.markup import Markup, e, join, number, plain
from outpace.formats.charts.words import month

ROW, NARROW_ROW = 28.0, 42.0
Place: TypeAlias = Callable[[datetime], float]


def chart(
    attempts: Sequence[Attempt], upheavals: Sequence[Upheaval], *, until: datetime, width: float, narrow: bool = False
) -> Markup:
    begun = min(attempt.introduced for attempt in attempts)
    left, right = (0.0, width - 4) if narrow else (190.0, width - 130.0)
    row = NARROW_ROW if narrow else ROW

    def x(at: datetime) -> float:
        whole = (until - begun).total_seconds() or 1.0
        return left + (right - left) * min(max((at - begun).total_seconds() / whole, 0.0), 1.0)

    base = row * len(attempts) + 6
    rows = (_row(attempt, place * row, x, narrow=narrow, ends=(left, right)) for place, attempt in enumerate(attempts))
    return e(
        "svg",
        *_years(begun, until, x, base),
        *rows,
        *(
            e("line", x1=x(each.at), x2=x(each.at), y1=base - 4, y2=base + 4, cls="upheaval exposed")
            for each in upheavals[-60:]
        ),
        viewBox=f"0 0 {number(width)} {number(base + 24)}",
        role="img",
        cls="chart narrow" if narrow else "chart wide",
        aria_label=in_words(attempts, upheavals),
    )


def _years(begun: datetime, until: datetime, x: Place, base: float) -> list[Markup]:
    years = range(begun.year + 1, until.year + 1)
    every = max(1, -(-len(years) // 8))
    marks = [(year, x(datetime(year, 1, 1, tzinfo=begun.tzinfo))) for year in years if year % every == 0]
    return [
        join(
            e("line", x1=at, x2=at, y1=0, y2=base, cls="grid"),
            e("text", str(year), x=at, y=base + 19, text_anchor="middle", cls="tick"),
        )
        for year, at in marks
    ]


def _row(attempt: Attempt, top: float, x: Place, *, narrow: bool, ends: tuple[float, float]) -> Markup:
    left, right = ends
    bar = top + (18 if narrow else 6)
    begun = x(attempt.introduced)
    ended = right if attempt.how == "in use" else x(attempt.abandoned or attempt.last_changed)
    kind = {"in use": "verified", "silent": "unknown"}.get(attempt.how, "rest")
    silent = attempt.how == "silent"
    name = plain(attempt.name, 26)
    said = attempt.how if not silent else f"silent since {month(attempt.abandoned or attempt.last_changed)}"
    return join(
        e("text", name, x=0, y=top + 11, cls="label")
        if narrow
        else e("text", name, x=left - 12, y=bar + 11.5, text_anchor="end", cls="label"),
        e("rect", x=begun, y=bar, width=max(ended - begun, 4.0), height=15, rx=3, cls=f"fill {kind}"),
        e("line", x1=ended, x2=right, y1=bar + 7.5, y2=bar + 7.5, cls="silence") if silent else None,
        e("text", said, x=right, y=top + 11, text_anchor="end", cls="label quiet")
        if narrow
        else e("text", said, x=right + 9, y=bar + 11.5, cls="label quiet"),
    )


def in_words(attempts: Sequence[Attempt], upheavals: Sequence[Upheaval]) -> str:
    said = "; ".join(
        f"{plain(each.name, 40)} introduced {month(each.introduced)}, {each.how}"
        + (f" since {month(each.abandoned or each.last_changed)}" if each.how == "silent" else "")
        for each in attempts
    )
    after = f" {len(upheavals)} reverts or hotfixes are marked on the axis." if upheavals else ""
    return f"{said}.{after}"
