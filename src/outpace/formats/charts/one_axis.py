"""One axis from seconds to months: what is still open, what attackers do, each stage's wait, and one live advisory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from outpace.assessment.attackers import AttackCurve
from outpace.assessment.clock import Stage, Waterfall
from outpace.assessment.plan import StageTime
from outpace.formats.charts import stages as stage_chart
from outpace.formats.charts import survival
from outpace.formats.charts.markup import NONE, Markup, e, join, number
from outpace.formats.charts.scales import LogTime
from outpace.formats.charts.words import DAY, FEWEST, percent, short
from outpace.formats.waterfall import NAMES, wait_of
from outpace.statistics.curves import Curve

WIDE, NARROW = 720.0, 350.0
ROOM = 44.0  # for a duration beside its mark


class Layout(Struct, frozen=True, kw_only=True):
    """A wide drawing names its rows at the left; a narrow one above them."""

    width: float
    left: float
    right: float
    row: float
    field: float  # height of the survival curve
    cls: str
    narrow: bool = False

    @property
    def scale(self) -> LogTime:
        return LogTime(left=self.left, right=self.right)


class Row(Struct, frozen=True, kw_only=True):
    """One stage of a live advisory; `days` None: it is not known, or ahead."""

    name: str
    days: float | None
    said: str
    kind: str


LAYOUTS = (
    Layout(width=WIDE, left=128.0, right=600.0, row=18.5, field=158.0, cls="chart wide"),
    Layout(width=NARROW, left=34.0, right=342.0, row=38.0, field=200.0, cls="chart narrow", narrow=True),
)
COMPACT = (msgspec.structs.replace(LAYOUTS[0], row=16.0, field=134.0), LAYOUTS[1])  # where much is said on one sheet
TIGHT = (msgspec.structs.replace(LAYOUTS[0], row=14.5, field=116.0), LAYOUTS[1])
HEADING = 22.0


def figure(
    curve: Curve,
    attackers: AttackCurve,
    stages: Sequence[StageTime],
    *,
    censored: Sequence[float] = (),
    live: Waterfall | None = None,
    layouts: Sequence[Layout] = LAYOUTS,
) -> Markup:
    live_rows = () if live is None else rows(live)
    return join(*(_figure(curve, attackers, stages, censored, live_rows, layout) for layout in layouts))


def _figure(
    curve: Curve,
    attackers: AttackCurve,
    stages: Sequence[StageTime],
    censored: Sequence[float],
    live: Sequence[Row],
    layout: Layout,
) -> Markup:
    drawing = survival.Drawing(
        scale=layout.scale, width=layout.width, height=layout.field, cls=layout.cls, labels_outside=not layout.narrow
    )
    first = layout.field + HEADING
    second = first + layout.row * len(stages) + HEADING
    height = second + layout.row * len(live) if live else second - HEADING
    words = (
        survival.in_words(curve, attackers),
        stage_chart.in_words(stages) if stages else "",
        _live_in_words(live) if live else "",
    )
    return e(
        "svg",
        survival.grid(drawing),
        _of_what(drawing, layout),
        _fine(layout.scale, first, height) if stages or live else None,
        survival.field(curve, attackers, drawing, censored),
        _stage_rows(stages, first, layout) if stages else None,
        _live_rows(live, second, layout) if live else None,
        viewBox=f"0 0 {number(layout.width)} {number(height + 2 if stages or live else layout.field)}",
        role="img",
        cls=layout.cls,
        aria_label=" ".join(filter(None, words)),
    )


def _of_what(drawing: survival.Drawing, layout: Layout) -> Markup:
    if layout.narrow:
        return NONE
    return join(
        e("text", "share of", x=0, y=drawing.top + 4, cls="tick"),
        e("text", "episodes", x=0, y=drawing.top + 18, cls="tick"),
    )


def _stage_rows(stages: Sequence[StageTime], top: float, layout: Layout) -> Markup:
    most = stage_chart.longest(stages)
    rows: list[Markup] = []
    begun = 0.0
    for place, stage in enumerate(stages):
        rows.append(_stage(stage, begun, top + place * layout.row, layout, is_longest=stage is most))
        begun += stage.share
    beside = NONE if layout.narrow else e("text", "share of all waiting", x=layout.right + 12, y=top - 7, cls="tick")
    return join(e("text", "median wait of each stage", x=0, y=top - 7, cls="tick"), beside, *rows)


def _live_rows(live: Sequence[Row], top: float, layout: Layout) -> Markup:
    rows = (_live_row(row, top + place * layout.row, layout) for place, row in enumerate(live))
    return join(e("text", "one advisory, as it went here", x=0, y=top - 7, cls="tick"), *rows)


def _fine(scale: LogTime, top: float, bottom: float) -> Markup:
    marks = (scale.x(mark) for mark, _ in scale.ticks())
    return join(*(e("line", x1=x, x2=x, y1=top, y2=bottom, cls="grid fine") for x in marks))


def _stage(stage: StageTime, begun: float, top: float, layout: Layout, *, is_longest: bool) -> Markup:
    kind = "exposed" if is_longest else "rest"
    words = "label exposed" if is_longest else "label"
    middle = top + (layout.row - 12 if layout.narrow else layout.row / 2)
    value, scale = stage.median.value, layout.scale
    if value is None or stage.count < FEWEST:
        why = "? median unknown" if value is None else "? too few for a median"
        marks = e("text", why, x=scale.left + 6, y=middle + 4, cls="label unknown")
    else:
        low = scale.x(value if stage.median.low is None else stage.median.low)
        high = scale.x(scale.end if stage.median.high is None else stage.median.high)
        x = scale.x(value)
        marks = join(
            e("line", x1=low, x2=high, y1=middle, y2=middle, cls=f"whisker {kind}"),
            e("circle", cx=x, cy=middle, r=4.5, cls=f"dot {kind}"),
            _beside(short(value), low, high, middle, layout, words),
        )
    if layout.narrow:
        return join(
            e("text", stage.name, x=0, y=top + 10, cls=words),
            e("text", percent(stage.share), x=layout.right, y=top + 10, text_anchor="end", cls=words),
            marks,
        )
    return join(
        e("text", stage.name, x=0, y=middle + 4, cls=words),
        marks,
        _share(stage, begun, middle, layout, kind=kind, words=words),
    )


def _beside(said: str, low: float, high: float, middle: float, layout: Layout, words: str) -> Markup:
    """Left of a whisker, or right of it where its left end has no room."""
    if low - layout.left < ROOM and not layout.narrow:
        return e("text", said, x=high + 9, y=middle + 4, cls=f"{words} halo")
    return e("text", said, x=low - 8, y=middle + 4, text_anchor="end", cls=f"{words} halo")


def _share(stage: StageTime, begun: float, middle: float, layout: Layout, *, kind: str, words: str) -> Markup:
    left, room = layout.right + 12, layout.width - layout.right - 12 - 40
    return join(
        e("rect", x=left, y=middle - 5, width=room, height=10, rx=2, cls="track"),
        e(
            "rect",
            x=left + room * min(begun, 1.0),
            y=middle - 5,
            width=max(room * stage.share, 1.5),
            height=10,
            rx=2,
            cls=f"fill {kind}",
        ),
        e("text", percent(stage.share), x=layout.width, y=middle + 4, text_anchor="end", cls=words),
    )


def live(flow: Waterfall) -> Markup:
    """Each bar is how long that stage took, from the left, on the same axis."""
    live_rows = rows(flow)
    return join(*(_live(live_rows, layout) for layout in LAYOUTS))


def rows(flow: Waterfall) -> tuple[Row, ...]:
    """A row for each stage that took its time, runs, or was not seen."""
    return tuple(_rows(flow))


def _rows(flow: Waterfall) -> Iterator[Row]:
    most = None if flow.longest is None else wait_of(flow.longest)[0]
    for stage in flow.stages:
        if stage.took is not None:
            yield _done(stage, is_longest=stage.kind == most)
    if flow.waiting is not None:
        days_ = flow.waiting.so_far.total_seconds() / DAY
        kind = "exposed" if flow.waiting.awaiting == most else "rest"
        yield Row(name=NAMES[flow.waiting.awaiting], days=days_, said=f"{short(days_)} so far", kind=kind)
    for gap in flow.gaps:
        yield Row(name=NAMES[gap.kind], days=None, said="? unknown", kind="unknown")


def _done(stage: Stage, *, is_longest: bool) -> Row:
    days_ = stage.took.total_seconds() / DAY if stage.took else 0.0
    said = short(days_)
    return Row(name=NAMES[stage.kind], days=days_, said=said, kind="exposed" if is_longest else "moving")


def _live_in_words(rows: Sequence[Row]) -> str:
    return "One advisory, stage by stage: " + "; ".join(f"{row.name}: {row.said}" for row in rows) + "."


def _live(rows: Sequence[Row], layout: Layout) -> Markup:
    height = layout.row * len(rows) + 26
    return e(
        "svg",
        survival.ticks(layout.scale, height - 6, top=0, base=height - 22),
        *(_live_row(row, place * layout.row, layout) for place, row in enumerate(rows)),
        viewBox=f"0 0 {number(layout.width)} {number(height)}",
        role="img",
        cls=layout.cls,
        aria_label=_live_in_words(rows),
    )


def _live_row(row: Row, top: float, layout: Layout) -> Markup:
    scale = layout.scale
    middle = top + (layout.row - 12 if layout.narrow else layout.row / 2)
    words = "label exposed" if row.kind == "exposed" else "label"
    named = e("text", row.name, x=0, y=top + 10 if layout.narrow else middle + 4, cls=words)
    if row.days is None:
        return join(named, e("text", row.said, x=scale.left + 6, y=middle + 4, cls="label unknown"))
    x = max(scale.x(row.days), scale.left + 2)
    return join(
        named,
        e("rect", x=scale.left, y=middle - 5, width=x - scale.left, height=10, rx=3, cls=f"fill {row.kind}"),
        e("text", row.said, x=x + 7, y=middle + 4, cls=f"{words} halo"),
    )
