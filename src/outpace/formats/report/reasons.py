"""Why it is so: the path, how it came, what documents claim, and what stands between a change and production."""

from __future__ import annotations

from collections.abc import Container, Sequence

from outpace.assessment.assessment import Assessment
from outpace.assessment.attempts import Attempt, Outcome
from outpace.assessment.claims import Claim
from outpace.assessment.evidence import Evidence
from outpace.assessment.gates import AssessedGate
from outpace.assessment.paths import UnknownPath
from outpace.formats.charts import timeline
from outpace.formats.charts.markup import NONE, Markup, e, foreign, join, plain
from outpace.formats.charts.words import band, counted, days, month, took
from outpace.formats.report import answer, parts
from outpace.formats.report.counts import UPHEAVALS, attempt_of, linked, number, upheavals_told
from outpace.formats.report.frame import panel, said, term
from outpace.formats.report.measures import details, row, table
from outpace.model.glossary import entries

BEFORE_AND_AFTER = (
    "Before and after are medians of the episodes that opened then. Other things changed at the same time: "
    "no cause is claimed."
)
SORTS = {
    "ci": "continuous integration",
    "bot": "bot for updates",
    "coverage": "coverage",
    "scanner": "scanner",
    "deploy": "deployment",
    "environment": "environment",
    "lock": "lock file",
    "tests": "tests",
    "gate": "gate",
}
MOST_ATTEMPTS, MOST_UPHEAVALS = 14, 6
ANSWERS = {"holds": ("verified", "holds"), "drifted": ("exposed", "drifted"), "unknown": ("unknown", "unknown")}
GATES = {"authorize": "authorizes", "inform": "informs", "inspect": "inspects", "unknown": "unknown"}


def path_panel(assessment: Assessment, rows: Container[str]) -> Markup:
    path = assessment.path
    shown = answer.strongest(path, 40)
    silent = [each for each in shown if each.speaks_for is None]
    asked = [each for each in path.questions if each not in assessment.questions]
    match path:
        case UnknownPath():
            sure = NONE
        case _:
            sure = join(" with ", path.confidence, " confidence")
    return panel(
        "Why this path",
        e("p", answer.path_chip(path), sure, ": ", answer.means(path), ".", cls="soft"),
        _signals([each for each in shown if each.speaks_for is not None], rows),
        details(f"Signals that speak for no path: {len(silent):,}", _signals(silent, rows)) if silent else None,
        parts.questions(asked, most=6, limit=200) if asked else None,
        cls="flows" if not isinstance(path, UnknownPath) else "flows open",
        name="path",
    )


def _signals(shown: Sequence[Evidence], rows: Container[str]) -> Markup:
    return e("ul", *(parts.evidence(each, limit=300, rows=rows) for each in shown), cls="facts") if shown else NONE


def past_panel(assessment: Assessment, rows: Container[str]) -> Markup:
    untangled = assessment.untangled
    shown = untangled.attempts[-MOST_ATTEMPTS:]
    rest = len(untangled.attempts) - len(shown)
    if not shown and not untangled.fear:
        return NONE
    drawn = [
        timeline.chart(shown, untangled.upheavals, until=assessment.at, width=width, narrow=narrow)
        for width, narrow in ((1_060.0, False), (350.0, True))
        if shown
    ]
    heads = ("Attempt", "Came", "Now", "Wait before", "Wait after", "See")
    return panel(
        "How it came so",
        *drawn,
        table(heads, [_attempt(n, each, heads, rows) for n, each in enumerate(shown, start=rest)], cls="cards")
        if shown
        else None,
        e("p", f"{counted(rest, 'earlier attempt')} left out.", cls="note") if rest else None,
        _fear(assessment, rows),
        _upheavals(assessment, rows),
        e("p", BEFORE_AND_AFTER, cls="note"),
        small="attempts read from git" + ("; strokes are reverts and hotfixes" if untangled.upheavals else ""),
        cls="flows",
        name="past",
    )


def _fear(assessment: Assessment, rows: Container[str]) -> Markup:
    fear = assessment.untangled.fear
    if not fear:
        return NONE
    told = len(upheavals_told(assessment))
    words_ = f"{told} {'revert or hotfix' if told == 1 else 'reverts and hotfixes'}"
    return e("p", linked(plain(fear, 400), [(words_, UPHEAVALS)], rows))


def _attempt(place: int, each: Attempt, heads: tuple[str, ...], rows: Container[str]) -> Markup:
    how = f"silent since {month(each.abandoned or each.last_changed)}" if each.how == "silent" else each.how
    ended = f", {month(each.abandoned)}" if each.abandoned is not None and each.how != "silent" else ""
    cells = (
        join(e("b", foreign(each.name, 40)), e("small", SORTS[each.sort])),
        month(each.introduced),
        join(
            f"{how}{ended}",
            e("small", number(counted(each.changes, "change"), attempt_of(place, "changes"), rows)),
        ),
        _outcome(each.before, attempt_of(place, "before"), rows),
        _outcome(each.after, attempt_of(place, "after"), rows),
        parts.where(each.where, rows=rows, most=3),
    )
    return row(cells, heads=heads)


def _outcome(each: Outcome | None, name: str, rows: Container[str]) -> Markup:
    if each is None:
        return join("unknown")
    over = number(counted(each.episodes, "episode"), name, rows)
    if each.median is None or each.median.value is None:
        return join("too few" if each.median is None else "more than half open", e("small", over))
    return join(days(each.median.value), e("small", f"{band(each.median)}; ", over))


def _upheavals(assessment: Assessment, rows: Container[str]) -> Markup:
    shown = assessment.untangled.upheavals[-MOST_UPHEAVALS:]
    if not shown:
        return NONE
    named = parts.between(
        ", ", [join(f"{each.said} {month(each.at)} ", parts.commit(each.commit, rows)) for each in shown]
    )
    return e("p", "The last ", term("upheavals", "upheaval"), ": ", *named, ".", cls="note")


def claims_panel(assessment: Assessment) -> Markup:
    if not assessment.claims:
        return NONE
    heads = ("Says", "Means here", "Measured", "Answer")
    return panel(
        "Words and deeds",
        table(heads, [_claim(each, heads) for each in assessment.claims[:20]], cls="cards"),
        small="what the repository's own documents claim",
        name="words",
    )


def _claim(each: Claim, heads: tuple[str, ...]) -> Markup:
    kind, word = ANSWERS[each.answer]
    known = each.term in entries()
    settle = e("small", "Would settle it: ", said(plain(each.would_settle, 160))) if each.would_settle else None
    cells = (
        join(e("b", "“", foreign(each.found, 60), "”"), e("small", parts.where(each.where, most=3))),
        join(term(each.term) if known else foreign(each.term, 60), e("small", said(plain(each.definition, 240)))),
        join(said(plain(each.measured, 240)), settle),
        parts.state(kind, word),
    )
    return row(cells, heads=heads)


def gates_panel(assessment: Assessment) -> Markup:
    if not assessment.gates:
        return NONE
    heads = ("Gate", "What for", "Waits", "Could be replaced by", "A human keeps")
    return panel(
        "Gates",
        table(heads, [_gate(each, heads) for each in assessment.gates[:20]], cls="cards"),
        small="between a change and production",
        name="gates",
    )


def _gate(each: AssessedGate, heads: tuple[str, ...]) -> Markup:
    waits = "not measured" if each.wait is None else took(each.wait)
    touched = e("small", f"of it at work: {took(each.touch)}") if each.touch is not None else None
    manual = {True: "by hand", False: "automatic", None: "by hand or not: unknown"}[each.manual]
    cells = (
        join(e("b", foreign(each.name, 50)), e("small", parts.where(each.where, most=2))),
        join(GATES[each.kind], e("small", manual, ", declared" if each.declared else "")),
        join(waits, touched),
        said(plain(each.replaced_by, 240)),
        said(plain(each.human_keeps, 240)),
    )
    return row(cells, heads=heads)
