"""Many repositories on one page: where the exposure-days are lost, and each one's curve; the unknown are shown too."""

from __future__ import annotations

from collections.abc import Sequence

from outpace.assessment.assessment import Assessment
from outpace.assessment.paths import UnknownPath, word_of
from outpace.formats.charts import survival
from outpace.formats.charts.markup import NONE, Markup, e, foreign, join, number, plain
from outpace.formats.charts.scales import Linear
from outpace.formats.charts.words import counted, day, days, percent
from outpace.formats.report import answer, parts, seen
from outpace.formats.report.frame import document, panel, said, term
from outpace.formats.report.measures import row, table
from outpace.statistics.curves import Curve

HEADS = ("Repository", "Days lost", "Median wait", "Still open", "Immune", "Path", "What to change first")
SMALL_SAYS = "Solid: still open, on one scale for all. Dotted: not yet exploited, of what attackers ever exploit."
MOST_ROWS, MOST_SMALL = 200, 24
SMALL_END = 180.0


def page(rows: Sequence[Assessment], failed: Sequence[tuple[str, str]]) -> str:
    """`failed` are names with what went wrong."""
    inorder = ranked(rows)
    measured = [each for each in inorder if seen.lost(each) is not None]
    body = join(
        headline(inorder),
        _lede(inorder, failed),
        _bars(measured),
        _ranking(inorder),
        _small(measured),
        _failures(failed),
        e("p", "Each repository's own report: ", e("code", "outpace assess DIR --format html"), ".", cls="note"),
    )
    name = counted(len(rows), "repository", "repositories")
    return document(title=f"Outpace assessment: {name}", kind="Fleet", name=name, body=body, foot=_foot(rows))


def _rank(each: Assessment) -> tuple[bool, float, str]:
    days_ = seen.lost(each)
    return days_ is None, -(days_ or 0.0), each.name


def headline(rows: Sequence[Assessment]) -> Markup:
    """`rows` as they rank."""
    measured = [each for each in rows if seen.lost(each) is not None]
    whole = sum(seen.lost(each) or 0.0 for each in measured)
    repositories = counted(len(rows), "repository", "repositories")
    if not whole:
        return e("h1", "Where days are lost is ", e("b", "unknown", cls="unknown"), f" for {repositories}.")
    half, count = 0.0, 0
    for each in measured:
        half, count = half + (seen.lost(each) or 0.0), count + 1
        if half >= whole / 2:
            break
    unseen = len(rows) - len(measured)
    return e(
        "h1",
        "Of what could be seen, ",
        e("b", percent(half / whole), cls="exposed"),
        f" of all exposure-days are lost in {count:,} of {repositories}",
        ", most in " if count > 1 else ": ",
        foreign(measured[0].name, 40),
        *(("; of ", e("b", f"{unseen:,}", cls="unknown"), " nothing could be seen") if unseen else ()),
        ".",
    )


def ranked(rows: Sequence[Assessment]) -> list[Assessment]:
    """Where most is lost first, the unknown last."""
    return sorted(rows, key=_rank)


def _lede(rows: Sequence[Assessment], failed: Sequence[tuple[str, str]]) -> Markup:
    unknown = sum(isinstance(each.path, UnknownPath) for each in rows)
    old = sum(each.asked is not None for each in rows)
    paths = [word_of(each.path) for each in rows]
    seen = ", ".join(f"{paths.count(name):,} {name}" for name in ("true", "watered-down", "stalled") if name in paths)
    parts_ = (
        f"Paths: {seen}. " if seen else "",
        f"Of {unknown:,} it is unknown, which does not mean that all is well. " if unknown else "",
        f"{len(failed):,} could not be read. " if failed else "",
        f"{old:,} {'ends' if old == 1 else 'end'} long before today, told as of the end. " if old else "",
    )
    return e("p", *parts_, cls="lede")


def _bars(measured: Sequence[Assessment]) -> Markup:
    """The worst first; the longest in color, and how much of each is still open."""
    shown = [each for each in measured[:20] if seen.lost(each)]
    if not shown:
        return NONE
    most = seen.lost(shown[0]) or 1.0
    drawn = [_bar_chart(shown, most, narrow=narrow) for narrow in (False, True)]
    return panel("Where exposure-days are lost", *drawn, small=join(term("exposure-days"), " of all episodes"))


def _bar_chart(shown: Sequence[Assessment], most: float, *, narrow: bool) -> Markup:
    width, row_height = (350.0, 40.0) if narrow else (1_060.0, 26.0)
    left, right = (0.0, 350.0) if narrow else (190.0, 900.0)
    rows: list[Markup] = []
    for place, each in enumerate(shown):
        top, amount = place * row_height, seen.lost(each) or 0.0
        bar_top = top + 18 if narrow else top + 3
        kind = "exposed" if place == 0 else "rest"
        length = max((right - left) * amount / most, 2.0)
        words = "label exposed" if place == 0 else "label"
        name, said_ = plain(each.name, 26), days(amount)
        rows += [
            e("text", name, x=0, y=top + 12 if narrow else top + 16, cls=words),
            e("rect", x=left, y=bar_top, width=length, height=15, rx=3, cls=f"fill {kind}"),
            e("text", said_, x=right, y=top + 12, text_anchor="end", cls=words)
            if narrow
            else e("text", said_, x=left + length + 8, y=top + 15, cls=words),
        ]
    told = "; ".join(f"{plain(each.name, 40)} {days(seen.lost(each) or 0.0)}" for each in shown)
    return e(
        "svg",
        *rows,
        viewBox=f"0 0 {number(width)} {number(row_height * len(shown) + 4)}",
        role="img",
        cls="chart narrow" if narrow else "chart wide",
        aria_label=f"Exposure-days lost: {told}.",
    )


def _ranking(rows: Sequence[Assessment]) -> Markup:
    rest = len(rows) - MOST_ROWS
    more = f"{counted(rest, 'more repository', 'more repositories')}: "
    command = e("code", "outpace assess DIR... --format csv")
    return panel(
        "Repositories",
        table(HEADS, [_row(each) for each in rows[:MOST_ROWS]], cls="cards"),
        e("p", more, command, ".", cls="note") if rest > 0 else None,
        small="where most is lost first; the unknown last",
        cls="flows",
    )


def _row(each: Assessment) -> Markup:
    amount, curve = seen.lost(each), seen.present(each)
    latency, still, half = each.latency, seen.open_now(each), _half(curve)
    unknown, doubts = parts.state("unknown", "unknown"), seen.doubts(each)
    cells = (
        join(e("b", foreign(each.name, 50)), e("small", counted(len(each.history.episodes), "episode"))),
        unknown if amount is None else join(f"{amount:,.0f}"),
        unknown if half == "unknown" else half,
        unknown if still is None else join(f"{still:,}", e("small", doubts) if doubts else None),
        join(percent(latency.immune_share), e("small", f"of {latency.immune + latency.reactive:,}"))
        if latency.immune_share is not None
        else unknown,
        answer.path_chip(each.path),
        _first(each),
    )
    return row(cells, heads=HEADS)


def _half(curve: Curve | None) -> str:
    value = seen.half(curve)
    return seen.half_in_words(curve) if value is None else days(value)


def _first(each: Assessment) -> Markup:
    if not each.plan.steps:
        asked = parts.every_question(each)
        return (
            join(e("small", "To know: ", said(plain(asked[0].would_settle, 120))))
            if asked
            else join("nothing that is known")
        )
    step = each.plan.steps[0]
    saves = step.saves.value if step.saves is not None and parts.is_told_from_nothing(step) else None
    note = f"saves {days(saves)} an episode" if saves is not None else "what it saves is unknown"
    return join(said(plain(step.says, 120)), e("small", note))


def _small(measured: Sequence[Assessment]) -> Markup:
    shown = [each for each in measured if seen.present(each) is not None][:MOST_SMALL]
    if not shown:
        return NONE
    return panel(
        "Each one's curve",
        e("div", *(_figure(each) for each in shown), cls="small-ones"),
        e("p", SMALL_SAYS, cls="note"),
        small=f"the first {days(SMALL_END)} after the advisory, of the last 24 episodes",
        cls="flows",
    )


def _figure(each: Assessment) -> Markup:
    curve = seen.present(each)
    assert curve is not None
    drawing = survival.Drawing(
        scale=Linear(left=2.0, right=208.0, end=SMALL_END),
        width=210.0,
        height=86.0,
        top=6.0,
        bottom=8.0,
        labels_outside=False,
    )
    half = f"half after {_half(curve)}" if seen.half(curve) is not None else _half(curve)
    lines = (e("line", x1=2, x2=208, y1=drawing.y(at), y2=drawing.y(at), cls="grid") for at in (1.0, 0.5, 0.0))
    picture = e(
        "svg",
        *lines,
        survival.field(curve, each.attackers, drawing, is_small=True),
        viewBox="0 0 210 86",
        role="img",
        cls="chart",
        aria_label=f"{plain(each.name, 50)}: {survival.in_words(curve, each.attackers)}",
    )
    return e("div", e("p", e("b", foreign(each.name, 30)), e("span", half, cls="soft")), picture)


def _failures(failed: Sequence[tuple[str, str]]) -> Markup:
    if not failed:
        return NONE
    shown = (e("li", e("b", foreign(name, 120)), e("span", ": ", plain(why, 260), ".")) for name, why in failed[:50])
    rest = len(failed) - 50
    return panel(
        "Could not be read",
        e("ul", *shown, cls="asks"),
        e("p", f"And {rest:,} more.", cls="soft") if rest > 0 else None,
        cls="open flows",
    )


def _foot(rows: Sequence[Assessment]) -> Markup:
    cutoffs = sorted({each.coverage.cutoff for each in rows if each.coverage and each.coverage.cutoff})
    data = (
        f"Advisory data up to {day(cutoffs[0])}; what was published later cannot be seen"
        if cutoffs
        else "No advisory data"
    )
    at = max((each.at for each in rows), default=None)
    return join(e("span", f"As of {day(at)}") if at else None, e("span", data))
