"""What the numbers of a page count: the list that each leads to, by advisories and commits."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from msgspec import Struct

from outpace.assessment.assessment import Assessment
from outpace.assessment.episodes import Episode, Item
from outpace.assessment.evidence import Count, Where
from outpace.assessment.latency import since_published
from outpace.formats.charts.markup import NONE, Markup, e, foreign, join, plain
from outpace.formats.charts.words import counted, day, percent
from outpace.formats.report import episodes_table, parts
from outpace.formats.report.counts import (
    EPISODES,
    ITEMS,
    NEWEST,
    STILL,
    UPHEAVALS,
    WAITING,
    attempt_of,
    by_opening,
    deadline_of,
    newest,
    signal_of,
    stage_of,
    step_of,
    upheavals_told,
)
from outpace.formats.report.frame import panel
from outpace.formats.report.measures import details, row, table, whole_table

NAMED = re.compile(r' id="([^"]+)"')
LINKED = re.compile(r' href="#([^"]+)"')
MOST_ITEMS = 1_000
NUMBER_HEADS = ("Number", "What it counts")
MET: MappingProxyType[str, str] = MappingProxyType(
    {
        "immune": "met a version that was already safe",
        "reactive": "met a version that was affected",
        "adopted": "came in when already published",
        "open": "still open",
        "unpinned": "of a range or a bare name that allows affected versions",
        "unknown": "of which it is not known whether they are open",
    }
)


class Number(Struct, frozen=True, kw_only=True):
    """`of` is what it counts, but for `more` of it; `runs` in its place are numbers of the list of episodes."""

    name: str
    says: str
    about: str = ""  # whose number it is
    of: tuple[Where, ...] = ()
    more: int = 0
    runs: tuple[int, ...] = ()


class Lists(Struct, frozen=True, kw_only=True):
    """`names` are what other parts of the page may link to; `rows` are those of tables among them."""

    items: Mapping[str, Markup]
    episodes: Markup
    numbers: tuple[Number, ...]
    rows: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self.rows, *map("l-{}".format, self.items), *(each.name for each in self.numbers)))

    def panel(self, page: Markup) -> Markup:
        """Those that the page links to."""
        wanted = frozenset(LINKED.findall(page))
        of_items = [each for name, each in self.items.items() if f"l-{name}" in wanted]
        numbers = _numbers([each for each in self.numbers if each.name in wanted], self.rows)
        shown = [each for each in (*of_items, self.episodes, numbers) if each]
        if not shown:
            return NONE
        intro = "A number that is a link leads to its list: what it counts, by advisories and commits."
        return panel("What the numbers count", e("p", intro, cls="note"), *shown, cls="flows lists", name="lists")


def lists(assessment: Assessment, beside: Markup = NONE) -> Lists:
    """`beside` is another table of the page, of which rows may be linked to as well."""
    taken = set(NAMED.findall(beside))
    of_episodes = _episodes(assessment, taken)
    found = {each.name: each for each in reversed([*_every(assessment)]) if each.of or each.runs}
    return Lists(
        items={name: shown for name in ITEMS if (shown := _items(name, assessment))},
        episodes=of_episodes,
        numbers=tuple(reversed(found.values())),
        rows=frozenset((*taken, *NAMED.findall(of_episodes))),
    )


def _items(name: str, assessment: Assessment) -> Markup:
    items = [each for each in assessment.history.items if ITEMS[name](each)]
    if not items:
        return NONE
    shown = sorted(items, key=_together)[:MOST_ITEMS]
    heads = ("Package", "Advisories") if name == "immune" else ("Package", "Advisories", "Affected", "Ended")
    rows = [_group(list(group), heads) for _, group in groupby(shown, key=_together)]
    rest = len(items) - len(shown)
    noun = counted(len(items), "advisory", "advisories")
    return details(
        f"{name.capitalize()}: {noun}, {MET[name]}",
        e("div", table(heads, rows, cls="cards"), _more(rest, "json"), id=f"l-{name}"),
    )


def _together(item: Item) -> tuple[str, str, str, str, str, str]:
    opened = "" if item.opened is None else item.opened.isoformat()
    return (opened, item.package.name, item.package.ecosystem, item.state, item.commit, item.why)


def _group(items: list[Item], heads: tuple[str, ...]) -> Markup:
    first = items[0]
    versions = e("small", e("bdi", plain(", ".join(first.before), 60))) if first.before else None
    cells = (
        join(e("b", foreign(first.package.name, 60)), versions),
        join(*parts.between(", ", [parts.advisory(each.id) for each in items])),
        _affected(first),
        _ended(first),
    )
    return row(cells[: len(heads)], heads=heads)


def _affected(item: Item) -> Markup:
    since = join(e("time", day(item.opened))) if item.opened is not None else join("unknown since when")
    files = ", ".join(plain(each, 60) for each in item.files[:3])
    return join(since, e("small", e("bdi", files)) if files else None)


def _ended(item: Item) -> Markup:
    kind, word = episodes_table.STATES.get(item.state, ("verified", item.state))
    at = join(" ", e("time", day(item.closed)), " ", parts.commit(item.commit)) if item.closed is not None else None
    return join(parts.state(kind, word), at, e("small", plain(item.why, 200)) if item.why else None)


def _episodes(assessment: Assessment, taken: set[str]) -> Markup:
    """All of them, by the day on which they opened; the newest are a group of their own."""
    every = by_opening(assessment)
    if not every:
        return NONE
    rows = [episodes_table.numbered(number, each, taken) for number, each in enumerate(every, start=1)]
    split = len(rows) - len(newest(assessment))
    bodies = [e("tbody", *rows[:split])] if split else []
    bodies += [e("tbody", *rows[split:], id=NEWEST)] if rows[split:] else []
    shown = whole_table(episodes_table.NUMBERED, *bodies, cls="cards numbered")
    return details(
        f"All {counted(len(every), 'episode')}, by the day on which they opened", e("div", shown, id=EPISODES)
    )


def _numbers(numbers: Sequence[Number], rows: Container[str]) -> Markup:
    if not numbers:
        return NONE
    return details(
        f"{counted(len(numbers), 'number')} of sentences, stages, deadlines and attempts",
        table(NUMBER_HEADS, [_number(each, rows) for each in numbers], cls="cards"),
    )


def _number(each: Number, rows: Container[str]) -> Markup:
    places = parts.between(", ", [parts.place(place, rows) for place in each.of])
    runs = parts.between(", ", [*_runs(each.runs)])
    more = f" and {each.more:,} more" if each.more else None
    said = plain(each.says, 120)
    what = join("episodes ", *runs, " of the list above") if runs else join(*places, more)
    about = e("small", plain(each.about, 60)) if each.about else None
    return row((join(said[:1].upper(), said[1:], about), what), heads=NUMBER_HEADS, name=each.name)


def _runs(numbers: Sequence[int]) -> Iterator[Markup]:
    """Those that follow one another as a range."""
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        first, last = (e("a", f"{number}", href=f"#e-{number}") for number in (run[0], run[-1]))
        yield first if len(run) == 1 else join(first, " to ", last)


def _every(assessment: Assessment) -> Iterator[Number]:
    waiting = [each for each in newest(assessment) if not since_published(each).ended]
    still = [each for each in assessment.history.episodes if each.state == "open"]
    yield _of("of the newest episodes, not landed in sight", WAITING, waiting)
    yield _of("episodes that are still open", STILL, still)
    for place, stage in enumerate(assessment.plan.stages):
        told = f"{stage.name}: {percent(stage.share)} of the waiting days, of {counted(stage.count, 'episode')}"
        yield Number(name=stage_of(place), says=told, of=stage.of, more=stage.count - len(stage.of))
    for place, deadline in enumerate(assessment.deadlines):
        for count in deadline.counts:
            yield Number(
                name=deadline_of(place, count.says), says=f"{deadline.name}: {count.says}", of=count.of, more=count.more
            )
    for about, base, counts in _of_sentences(assessment):
        for place, count in enumerate(counts):
            yield Number(name=f"{base}-{place}", says=count.says, about=about, of=count.of, more=count.more)
    yield from _of_attempts(assessment)
    commits = tuple(Where(kind="commit", name=each.commit) for each in upheavals_told(assessment))
    yield Number(name=UPHEAVALS, says="reverts and hotfixes", of=commits)


def _of_sentences(assessment: Assessment) -> Iterator[tuple[str, str, Sequence[Count]]]:
    for each in assessment.path.evidence:
        yield f"of the signal {each.signal}", signal_of(each), each.counts
    for step in assessment.plan.steps:
        yield f"of the step {step.lever}", step_of(step), step.counts


def _of_attempts(assessment: Assessment) -> Iterator[Number]:
    every = by_opening(assessment)
    for place, each in enumerate(assessment.untangled.attempts):
        commits = tuple(Where(kind="commit", name=landing) for landing in each.landings)
        yield Number(name=attempt_of(place, "changes"), says=f"{each.name}: changes", of=commits)
        for side, outcome in (("before", each.before), ("after", each.after)):
            if outcome is not None:
                runs = (n for n, e_ in enumerate(every, 1) if e_.entry == "reactive" and outcome.holds(e_.opened))
                says = f"{each.name}: episodes {side} it"
                yield Number(name=attempt_of(place, side), says=says, runs=tuple(runs))


def _of(says: str, name: str, episodes: Sequence[Episode]) -> Number:
    places = tuple(Where(kind="advisory", name=each.ids[0]) for each in episodes if each.ids)
    return Number(name=name, says=says, of=places)


def _more(rest: int, form: str) -> Markup:
    if rest <= 0:
        return NONE
    return e("p", f"And {rest:,} more: ", e("code", f"outpace assess --format {form}"), ".", cls="note")
