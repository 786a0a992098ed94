"""The report of `outpace assess`: one self-contained page, from the answer down to each commit."""

from __future__ import annotations

from collections.abc import Container

from outpace.assessment.assessment import Assessment
from outpace.assessment.chronicle import Horizon
from outpace.assessment.episodes import History
from outpace.formats.charts.markup import LONGEST, NONE, Markup, e, join, plain
from outpace.formats.charts.words import counted, day
from outpace.formats.report import answer, episodes_table, measures, parts, reasons
from outpace.formats.report.frame import document, panel, term, told
from outpace.formats.report.lists import lists
from outpace.model.advisory import Coverage

LEFT_OUT = (
    "Lock files that do not count, since their name or folder is one for development, documentation, tests or "
    "examples, or since they are not among the locks that outpace.toml says are deployed"
)
MOST_LEFT_OUT = 20


def page(assessment: Assessment) -> str:
    episodes = episodes_table.table_panel(assessment)
    below = lists(assessment, beside=episodes)
    rows = below.names
    above = join(
        answer.headline(assessment, rows),
        e("p", answer.measured_over(assessment, whole=True, lists=rows), answer.on_path(assessment), cls="lede"),
        measures.tiles(assessment, rows),
        _first(assessment, rows),
        reasons.path_panel(assessment, rows),
        reasons.past_panel(assessment, rows),
        reasons.claims_panel(assessment),
        reasons.gates_panel(assessment),
        _bounds(_unseen(assessment), measures.deadlines_panel(assessment, rows)),
        episodes,
    )
    body = join(above, below.panel(above), measures.attackers_panel(assessment), _how_to_read(assessment))
    return document(
        title=f"Outpace assessment: {assessment.name}",
        kind="Assessment",
        name=assessment.name,
        body=body,
        foot=told(assessment),
    )


def _first(assessment: Assessment, rows: Container[str]) -> Markup:
    """What a reader sees before anything else: the curve, the waits, and what to change."""
    measured = e("div", measures.curve_panel(assessment, rows), measures.stages_panel(assessment, rows), cls="column")
    return e("div", measured, _plan(assessment, rows), cls="pair first")


def _plan(assessment: Assessment, rows: Container[str]) -> Markup:
    plan = assessment.plan
    kind = answer.KIND_OF_MODERNIZATION[plan.modernization]
    then = day(plan.baseline.at) if plan.baseline is not None else ""
    return panel(
        "What to change first",
        e("p", e("b", f"{kind}: "), parts.because(assessment, LONGEST, rows), cls="soft"),
        e("ol", *(parts.step(each, proof=True, lists=rows) for each in plan.steps), cls="steps")
        if plan.steps
        else None,
        parts.again(plan.steps),
        e("h3", "Since the last assessment") if plan.compared else None,
        measures.compared(plan.compared, then),
        measures.planned(plan.baseline),
        small=join(parts.exposure_days(), " saved an episode") if plan.steps else "",
        name="plan",
    )


def _bounds(unseen: Markup, deadlines: Markup) -> Markup:
    return e("div", unseen, deadlines, cls="pair") if unseen and deadlines else join(unseen, deadlines)


def _unseen(assessment: Assessment) -> Markup:
    asked = parts.every_question(assessment)
    uncovered = assessment.history.uncovered
    named = ", ".join(f"{plain(name, 30)} ({count:,})" for name, count in uncovered[:12])
    if not asked and not uncovered:
        return NONE
    return panel(
        "What could not be seen",
        parts.questions(asked, most=30, limit=260),
        e("p", f"Packages without advisory data here: {named}.", cls="note") if uncovered else None,
        cls="open flows",
        name="unseen",
    )


def _how_to_read(assessment: Assessment) -> Markup:
    told_by = (
        "Branches, dates and files are read from git; people are not: no name and no address is on this page.",
        _followed(assessment.horizon),
        _data(assessment.coverage),
        _left_out(assessment.history),
    )
    wait = e(
        "p",
        "An ",
        term("episode"),
        " is one wait, however many advisories one change ended. What is still open is counted for as long as it was ",
        "followed, and not left out. Landed means on the default branch: tags are not deployments.",
        cls="note",
    )
    return panel("How to read this", wait, *(e("p", line, cls="note") for line in told_by if line), name="reading")


def _followed(horizon: Horizon) -> str:
    if not (horizon.local_merges or horizon.out_of_order):
        return ""
    merges = counted(horizon.local_merges, "merge of the default branch", "merges of the default branch")
    dates = counted(horizon.out_of_order, "date")
    return f"{merges} into a local one: the other side was followed; {dates} lay before those of their parents."


def _left_out(history: History) -> str:
    left = sorted(lock.path for lock in history.locks if not lock.counted)
    if not left:
        return ""
    more = f" and {len(left) - MOST_LEFT_OUT:,} more" if len(left) > MOST_LEFT_OUT else ""
    named = ", ".join(plain(path, 80) for path in left[:MOST_LEFT_OUT])
    return f"{LEFT_OUT}: {named}{more}."


def _data(covered: Coverage | None) -> str:
    if covered is None:
        return "There is no advisory data here, so that nothing could be matched."
    source = f"{plain(covered.ecosystem, 40)} from {plain(covered.source, 120)}"
    return f"{covered.records:,} records of {source}, fetched {day(covered.fetched)}. What is newer cannot be seen."
