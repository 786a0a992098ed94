"""The brief: one page that says where the time goes, why, and what to change first. It prints on one sheet."""

from __future__ import annotations

from collections.abc import Container
from types import MappingProxyType
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.assessment import Assessment
from outpace.assessment.clock import Waterfall
from outpace.assessment.evidence import Question
from outpace.assessment.latency import since_published
from outpace.assessment.plan import StageTime
from outpace.formats.charts import one_axis
from outpace.formats.charts.markup import NONE, Markup, e, join
from outpace.formats.charts.words import counted
from outpace.formats.report import answer, parts, seen
from outpace.formats.report.counts import NEWEST, newest, number
from outpace.formats.report.frame import Paper, document, panel, term, told
from outpace.formats.report.lists import lists
from outpace.formats.report.room import ROOMY, SHOWN, Room, asks, fitting

Position: TypeAlias = Literal["new-mandate", "established", "continuity"]
PAPERS: MappingProxyType[Paper, str] = MappingProxyType({"A4": "@page{size:A4}", "Letter": "@page{size:letter}"})


class Words(Struct, frozen=True, kw_only=True):
    """What is said to a reader in one position. No number is in it."""

    order: tuple[Literal["figure", "change"], ...]
    lead: Literal["steps", "deadlines"]  # stands above the other
    steps: str
    why: str
    figure: str
    opening: str


WORDS: MappingProxyType[Position | None, Words] = MappingProxyType(
    {
        None: Words(
            order=("change", "figure"),
            lead="steps",
            steps="What to change first",
            why="Why",
            figure="How long it takes, from seconds to months",
            opening="",
        ),
        "new-mandate": Words(
            order=("change", "figure"),
            lead="steps",
            steps="What to change first",
            why="Why it is as it is",
            figure="Where it stands as you begin",
            opening="The history says how it came so; what comes next is yours to decide.",
        ),
        "established": Words(
            order=("figure", "change"),
            lead="steps",
            steps="Where to take it next",
            why="What holds it there",
            figure="Where it stands today",
            opening="The steps build on what is there.",
        ),
        "continuity": Words(
            order=("figure", "change"),
            lead="deadlines",
            steps="What can follow, one step at a time",
            why="What it rests on",
            figure="How it runs today",
            opening="The steps come one at a time, and each is measured again.",
        ),
    }
)


def page(
    assessment: Assessment,
    *,
    position: Position | None = None,
    live: Waterfall | None = None,
    paper: Paper | None = None,
) -> str:
    """The position changes order and wording, never a number. `paper` fixes the sheet for a PDF."""
    words, room = WORDS[position], fitting(assessment, live)
    below = lists(assessment)
    rows = below.names
    blocks = {"figure": _figure(assessment, words, live, room, rows), "change": _change(assessment, words, room, rows)}
    sheet = join(
        answer.headline(assessment, rows),
        _lede(assessment, words, rows),
        *(blocks[name] for name in words.order),
    )
    return document(
        title=f"Outpace brief: {assessment.name}",
        kind="Brief",
        name=assessment.name,
        body=join(sheet, below.panel(sheet)),
        foot=join(told(assessment), None if assessment.deadlines else e("span", "No deadline is declared")),
        cls=room.cls,
        paper=PAPERS[paper] if paper else "",
    )


def _lede(assessment: Assessment, words: Words, rows: Container[str]) -> Markup:
    opening = f" {words.opening}" if words.opening and assessment.plan.steps else None
    return e("p", answer.measured_over(assessment, lists=rows), answer.on_path(assessment), opening, cls="lede")


def _figure(assessment: Assessment, words: Words, live: Waterfall | None, room: Room, rows: Container[str]) -> Markup:
    latency, plan = assessment.latency, assessment.plan
    curve = latency.recent
    if curve is None or not curve.count:
        return panel(
            words.figure, e("p", "No episode was seen, so that there is no curve to draw.", cls="soft"), cls="open"
        )
    caption = e(
        "p",
        e("b", parts.longest(assessment, room.sentence, rows), " ") if plan.longest else None,
        term("Solid", "survival curve"),
        ": still open, with its 95% band",
        _strokes(assessment) if curve.censored else None,
        ". Dotted: not yet exploited, of what attackers ever exploit; where solid lies above dotted, they are ahead. ",
        _days_note(plan.stages) if room is ROOMY else "",
        cls="note",
    )
    return panel(
        words.figure,
        one_axis.figure(
            curve, assessment.attackers, plan.stages, censored=censored(assessment), live=live, layouts=room.layouts
        ),
        caption,
        _facts(live),
        small=join(
            "the last ", number(counted(latency.recent_count, "episode"), NEWEST, rows), ", on a logarithmic axis"
        ),
    )


def _strokes(assessment: Assessment) -> str:
    lost = any(each.state in seen.DOUBTS for each in newest(assessment))
    return f"; small strokes {'could not be followed further' if lost else 'are still open today'}"


def _days_note(stages: tuple[StageTime, ...]) -> str:
    return "Below: each stage's median wait, with its band, and its share of all waiting days." if stages else ""


def censored(assessment: Assessment) -> tuple[float, ...]:
    """The waits of those among the newest that did not end, or not in sight; none where they are not the curve's."""
    latency = assessment.latency
    newest = sorted(assessment.history.episodes, key=lambda each: each.opened)[-latency.recent_count :]
    waits = tuple(span.days for span in map(since_published, newest) if not span.ended)
    return waits if latency.recent is not None and len(waits) == latency.recent.censored else ()


def _change(assessment: Assessment, words: Words, room: Room, rows: Container[str]) -> Markup:
    """Steps and why beside one another; below them what was promised, and what could not be seen."""
    left, right = [_plan(assessment, words, room, rows)], [_why(assessment, words, room, rows)]
    if assessment.deadlines:
        left.insert(0 if words.lead == "deadlines" else 1, _deadlines(assessment, rows))
    place = asks(assessment, room)
    unseen = _unseen(parts.every_question(assessment), room, beside=place == "below")
    if place != "below":
        (left if place == "left" else right).append(unseen)
    pair = e("div", e("div", *left, cls="column"), e("div", *right, cls="column"), cls="pair")
    return join(pair, unseen) if place == "below" else pair


def _plan(assessment: Assessment, words: Words, room: Room, rows: Container[str]) -> Markup:
    steps = assessment.plan.steps[:SHOWN]
    kind = answer.KIND_OF_MODERNIZATION[assessment.plan.modernization]
    return panel(
        words.steps,
        e("p", e("b", f"{kind}: "), parts.because(assessment, room.sentence, rows), cls="soft"),
        e("ol", *(parts.step(each, limit=room.sentence, lists=rows) for each in steps), cls="steps") if steps else None,
        parts.again(steps),
    )


def _why(assessment: Assessment, words: Words, room: Room, rows: Container[str]) -> Markup:
    path = assessment.path
    shown = answer.strongest(path, SHOWN)
    confidence = getattr(path, "confidence", "")
    return panel(
        words.why,
        e("p", answer.path_chip(path), f" {confidence} confidence" if confidence else "", cls="soft"),
        e("ul", *(parts.evidence(each, limit=room.sentence, whole=False, rows=rows) for each in shown), cls="facts")
        if shown
        else e("p", f"{answer.means(path)[:1].upper()}{answer.means(path)[1:]}.", cls="soft"),
    )


def _deadlines(assessment: Assessment, rows: Container[str]) -> Markup:
    shown = assessment.deadlines[:SHOWN]
    rest = len(assessment.deadlines) - len(shown)
    same = {each.since for each in shown}
    return panel(
        "Deadlines met and missed",
        *(parts.deadline(each, place, lists=rows) for place, each in enumerate(shown)),
        e("p", f"And {counted(rest, 'more deadline')} in the report.", cls="soft") if rest else None,
        small=f"from {' or '.join(sorted(parts.since(each) for each in same))}",
    )


def _unseen(asked: tuple[Question, ...], room: Room, *, beside: bool) -> Markup:
    if not asked:
        return panel("What could not be seen", e("p", "Nothing that this page rests on.", cls="soft"))
    shown = parts.questions(asked, most=room.asked, limit=room.sentence)
    return panel("What could not be seen", shown, cls="open beside" if beside else "open")


def _facts(live: Waterfall | None) -> Markup:
    """On what the bars of the live advisory rest."""
    if live is None or not live.stages:
        return NONE
    before = [None, *(stage.at.date() for stage in live.stages)]
    facts = [parts.fact(each, same_day=each.at.date() == day) for each, day in zip(live.stages, before, strict=False)]
    return e("p", e("b", "Its facts, in UTC: "), *parts.between("; ", facts), ".", cls="note")
