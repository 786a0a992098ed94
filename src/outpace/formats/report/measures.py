"""What was measured: the curve, the shares, and where the waiting days went."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta

from outpace.assessment.assessment import Assessment, Latency
from outpace.assessment.attackers import AttackCurve, Mark, ahead, days_behind, exploited_by
from outpace.assessment.latency import since_published
from outpace.assessment.plan import Baseline, Compared, Planned, StageTime
from outpace.formats.charts import stages as stage_chart
from outpace.formats.charts import survival
from outpace.formats.charts.markup import NONE, Markup, e, join, plain
from outpace.formats.charts.scales import Linear, nice_end
from outpace.formats.charts.words import band, counted, day, days, percent
from outpace.formats.report import parts, seen
from outpace.formats.report.counts import EPISODES, number, stage_of
from outpace.formats.report.frame import panel, said, term
from outpace.statistics.curves import Curve

DAYS = (1.0, 3.0, 7.0, 14.0, 30.0, 90.0, 180.0, 365.0)
FURTHEST = 360.0
STALE = timedelta(days=30)  # of advisory data, from when on "today" is not said of it
LINKED = "https://"
CURVE_HEADS = ("After", "Still open here", "95% band", "Followed", "From the fix's release", "Not yet exploited")
PLANNED_HEADS = ("Step", "It worked if", "Planned", "Measured again")
STAGE_HEADS = ("Stage", "Median", "95% band", "All days", "Share", "Episodes")


def tiles(assessment: Assessment, lists: Container[str]) -> Markup:
    """How each advisory met the version that was here."""
    latency, why = assessment.latency, seen.why_unseen(assessment)
    met = latency.immune + latency.reactive + latency.adopted
    if not met and not why:
        return NONE
    share = percent(latency.immune_share) if latency.immune_share is not None else ""
    still = seen.open_now(assessment)
    cells = (
        ("verified", term("immune"), None if why else latency.immune, f"{share} met a version already safe"),
        ("exposed", term("reactive"), None if why else latency.reactive, "met a version that was affected"),
        ("shielded", term("adopted"), None if why else latency.adopted, "came in when already published"),
        (_kind_of_open(assessment), "still open", still, _open_when(assessment)),
    )
    told = zip(("immune", "reactive", "adopted", "open"), cells, strict=True)
    return e("dl", *(_tile(*cell, why, f"l-{of}", lists) for of, cell in told), cls="tiles")


def _tile(
    kind: str, name: str | Markup, amount: int | None, note: str, why: str, of: str, lists: Container[str]
) -> Markup:
    shown = kind if amount is not None else "unknown"
    said_ = "unknown" if amount is None else number(f"{amount:,}", of, lists if amount else ())
    term_ = e("dt", parts.glyph(shown), name, cls=shown)
    return e("div", term_, e("dd", said_), e("dd", why or note), cls=shown)


def _kind_of_open(assessment: Assessment) -> str:
    return "exposed" if assessment.latency.open else "unknown" if seen.doubts(assessment) else "verified"


def _open_when(assessment: Assessment) -> str:
    blind, covered = assessment.history.blind_since, assessment.coverage
    if blind is not None:
        return f"no lock file could be read since {day(blind)}"
    doubts = f"; beside them {seen.doubts(assessment)}" if seen.doubts(assessment) else ""
    ended, until = assessment.horizon.ended, None if covered is None else covered.cutoff
    if ended is not None and seen.ends_long_ago(assessment) and (until is None or ended < until):
        return f"as the clone was on {day(ended)}{doubts}"
    if until is not None and assessment.at - until > STALE:
        return f"on the default branch, by what was published up to {day(until)}{doubts}"
    return f"on the default branch today{doubts}"


def curve_panel(assessment: Assessment, lists: Container[str]) -> Markup:
    latency = assessment.latency
    curve = latency.from_published
    if curve is None or not curve.count:
        nothing = "No episode was seen: there is nothing that could be drawn."
        return panel("Still open, after the advisory", e("p", nothing, cls="soft"), cls="open", name="curve")
    end = nice_end(min(max((curve.p90.value or curve.points[-1].days) * 1.15, 30.0), FURTHEST))
    waits = tuple(span.days for span in map(since_published, assessment.history.episodes) if not span.ended)
    wide = survival.Drawing(scale=Linear(left=44.0, right=566.0, end=end), width=710.0, height=330.0, cls="chart wide")
    narrow = survival.Drawing(
        scale=Linear(left=36.0, right=340.0, end=end),
        width=350.0,
        height=260.0,
        cls="chart narrow",
        labels_outside=False,
    )
    drawn = (
        survival.chart(curve, assessment.attackers, drawing, censored=waits[:120], other=latency.from_released)
        for drawing in (wide, narrow)
    )
    return panel(
        "Still open, after the advisory",
        *drawn,
        _ahead(curve, assessment.attackers),
        _legend(curve, latency),
        _table(curve, latency, assessment),
        small=join(
            "share of ",
            term("episodes", "episode"),
            ", all ",
            number(f"{curve.count:,}", EPISODES, lists),
            " of the history",
        ),
        name="curve",
    )


def _ahead(curve: Curve, attackers: AttackCurve) -> Markup:
    """Nothing of a time that begins with day 0: everything is open then, whoever is asked."""
    spans = days_behind(curve, attackers) if attackers.marks else ()
    return e("p", ahead(curve, attackers)) if spans and spans[0].since > 0 else NONE


def _legend(curve: Curve, latency: Latency) -> Markup:
    area = curve.area
    mean = (
        join(" ", term("Exposure-days", "exposure-days"), f": {days(area.value)} an episode ({band(area)}).")
        if area.value is not None
        else None
    )
    released = latency.from_released
    clock = (
        f" Thin: counted from the release of the fix, median {days(released.median.value)}."
        if seen.half(released) is not None and released is not None and released.median.value is not None
        else None
    )
    return e(
        "p",
        "Solid: ",
        term("still open here", "survival curve"),
        ", with its 95% band",
        "; small strokes could not be followed further, most of them because they are still open"
        if curve.censored
        else "",
        ". Dotted: the share of what attackers exploit that is not yet exploited, ",
        e("a", "its sources and caveats", href="#attackers"),
        ".",
        clock,
        mean,
        cls="note",
    )


def _table(curve: Curve, latency: Latency, assessment: Assessment) -> Markup:
    rows = [_row(at, curve, latency.from_released, assessment) for at in DAYS]
    return details("The same as a table", table(CURVE_HEADS, rows, cls="few cards", number_from=1))


def _row(at: float, curve: Curve, released: Curve | None, assessment: Assessment) -> Markup:
    point = survival.share_at(curve, at)
    other = None if released is None else survival.share_at(released, at)
    theirs = exploited_by(assessment.attackers, at)
    cells = (
        days(at),
        "unknown" if point is None else percent(point.share),
        "" if point is None else f"{percent(point.low)} to {percent(point.high)}",
        "" if point is None else f"{point.at_risk:,}",
        "unknown" if other is None else percent(other.share),
        percent(1 - theirs) if assessment.attackers.marks else "unknown",
    )
    return row(cells, heads=CURVE_HEADS, number_from=1)


def table(heads: tuple[str, ...], rows: list[Markup], *, cls: str = "", number_from: int = 99) -> Markup:
    return whole_table(heads, e("tbody", *rows), cls=cls, number_from=number_from)


def whole_table(heads: tuple[str, ...], *bodies: Markup, cls: str = "", number_from: int = 99) -> Markup:
    cells = (e("th", head, scope="col", cls="num" if n >= number_from else None) for n, head in enumerate(heads))
    return e("table", e("thead", e("tr", *cells)), *bodies, cls=cls or None)


def row(
    cells: tuple[str | Markup, ...], *, heads: tuple[str, ...] = (), number_from: int = 99, name: str = ""
) -> Markup:
    """`heads` name the cells where a phone stacks them."""
    return e(
        "tr",
        *(
            e("td", cell, cls="num" if n >= number_from else None, data_label=heads[n] if heads else None)
            for n, cell in enumerate(cells)
        ),
        id=name or None,
    )


def details(summary: str, *children: Markup) -> Markup:
    return e("details", e("summary", summary), *children)


def stages_panel(assessment: Assessment, lists: Container[str]) -> Markup:
    plan = assessment.plan
    if not plan.stages:
        return NONE
    rows = [_stage(place, each, lists) for place, each in enumerate(plan.stages)]
    note = e(
        "p",
        "Each bar begins where the one before ended: shares of all waiting days add up, medians do not. ",
        "What lies before the ",
        term("first commit"),
        " is not seen by measures of lead time.",
        cls="note",
    )
    return panel(
        "Where the days go",
        e("p", e("b", parts.longest(assessment, 500, lists))) if plan.longest else None,
        stage_chart.chart(plan.stages, width=710.0),
        stage_chart.chart(plan.stages, width=350.0, narrow=True),
        note,
        details("The same as a table", table(STAGE_HEADS, rows, cls="few cards", number_from=1)),
        small="of all waiting days",
        name="stages",
    )


def _stage(place: int, each: StageTime, lists: Container[str]) -> Markup:
    median = "unknown" if each.median.value is None else days(each.median.value)
    count = number(f"{each.count:,}", stage_of(place), lists)
    cells = (each.name, median, band(each.median), f"{each.total:,.0f}", percent(each.share), count)
    return row(cells, heads=STAGE_HEADS, number_from=1)


def deadlines_panel(assessment: Assessment, lists: Container[str]) -> Markup:
    if not assessment.deadlines:
        return NONE
    return panel(
        "Deadlines met and missed",
        *(parts.deadline(each, place, said_from=True, lists=lists) for place, each in enumerate(assessment.deadlines)),
        e("p", "As ", e("code", "outpace.toml"), " declares them, over the episodes of the past.", cls="note"),
        name="deadlines",
    )


def compared(rows: tuple[Compared, ...], at: str) -> Markup:
    if not rows:
        return NONE
    cells = ((plain(each.measure, 160), _amount(each.then), _amount(each.now)) for each in rows)
    return table(("Measure", at, "Now"), [row(each, number_from=1) for each in cells], cls="few", number_from=1)


def planned(baseline: Baseline | None) -> Markup:
    """What was promised then: what would prove each step, and when it is measured again."""
    if baseline is None or not baseline.planned:
        return NONE
    rows = [
        row((each.lever, said(plain(each.proof, 160)), day(each.since), _again(each)), heads=PLANNED_HEADS)
        for each in baseline.planned
    ]
    summary = f"What {counted(len(rows), 'step')} promised"
    return details(summary, table(PLANNED_HEADS, rows, cls="cards"))


def _again(each: Planned) -> str:
    return "unknown" if each.measured_again is None else day(each.measured_again)


def _amount(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.1f}".removesuffix(".0")


def attackers_panel(assessment: Assessment) -> Markup:
    curve = assessment.attackers
    if not curve.marks:
        return NONE
    heads = ("By day", "Exploited", "Source", "Caveat")
    line = table(heads, [_mark(each, heads) for each in curve.marks], cls="cards")
    others = details(
        f"{counted(len(curve.others), 'number')} of other publications, of other samples and clocks",
        table(heads, [_mark(each, heads) for each in curve.others], cls="cards"),
    )
    return panel(
        "The attackers' curve",
        e("p", said(plain(curve.caveat, 700)), cls="note"),
        line,
        others if curve.others else None,
        small="by when what is exploited was exploited, as published",
        name="attackers",
    )


def _mark(each: Mark, heads: tuple[str, ...]) -> Markup:
    source = plain(each.source, 120)
    linked = e("a", source, href=each.url, rel="noreferrer") if each.url.startswith(LINKED) else e("bdi", source)
    return row((f"{each.days:,.0f}", percent(each.exploited), linked, said(plain(each.caveat))), heads=heads)
