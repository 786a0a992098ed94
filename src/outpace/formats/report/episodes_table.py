"""The episodes as rows to link to: the longest first, twenty at most; and all of them, numbered."""

from __future__ import annotations

from types import MappingProxyType

from outpace.assessment.assessment import Assessment
from outpace.assessment.episodes import Episode
from outpace.formats.charts.markup import NONE, Markup, e, foreign, join, plain
from outpace.formats.charts.words import counted, day, days
from outpace.formats.report import parts
from outpace.formats.report.counts import EPISODES
from outpace.formats.report.frame import panel, term
from outpace.formats.report.measures import row, table

MOST = 20
MOST_IDS = 3
HEADS = ("Package", "Advisories", "Opened", "State", "Open for", "Ended by")
NUMBERED = ("No.", *HEADS)
STATES: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "open": ("exposed", "open"),
        "fixed": ("verified", "fixed"),
        "removed": ("verified", "removed"),
        "unpinned": ("unknown", "unpinned"),
        "unknown": ("unknown", "unknown"),
    }
)


def shown(assessment: Assessment) -> tuple[Episode, ...]:
    """Those that are open before the others, the longest first."""
    return tuple(
        sorted(assessment.history.episodes, key=lambda each: (each.state != "open", -each.exposed_days))[:MOST]
    )


def table_panel(assessment: Assessment) -> Markup:
    episodes = shown(assessment)
    if not episodes:
        return NONE
    rest = len(assessment.history.episodes) - len(episodes)
    more = join(
        f" {counted(rest, 'more episode')} in the ",
        e("a", "list of all", href=f"#{EPISODES}"),
        ", and in ",
        e("code", "outpace assess --format csv --output episodes.csv"),
        ".",
    )
    taken: set[str] = set()
    return panel(
        "Episodes",
        table(HEADS, [_row(each, taken) for each in episodes], cls="cards"),
        e("p", "The open ones first, then the longest.", more if rest else None, cls="note"),
        small=join(f"{len(episodes):,} of {len(assessment.history.episodes):,}"),
        cls="flows",
        name="episodes",
    )


def numbered(number: int, each: Episode, taken: set[str]) -> Markup:
    """A row of the list of all, which names every advisory."""
    return row((f"{number:,}", *_cells(each, taken, most=len(each.ids))), heads=NUMBERED, name=f"e-{number}")


def _row(each: Episode, taken: set[str]) -> Markup:
    return row(_cells(each, taken, most=MOST_IDS), heads=HEADS)


def _cells(each: Episode, taken: set[str], *, most: int) -> tuple[Markup, ...]:
    kind, word = STATES[each.state]
    maybe = each.state == "removed" and each.why != ""
    lower = "at least " if each.began == "before" else ""
    again = f"; opened {counted(each.reopened + 1, 'time')}" if each.reopened else ""
    return (
        join(e("b", foreign(each.package.name, 60)), e("small", _versions(each))),
        _ids(each, taken, most),
        join(e("time", day(each.opened)), e("small", term("adopted") if each.entry == "adopted" else each.entry)),
        join(
            parts.state("unknown" if maybe else kind, word),
            e("small", "may still be installed, unpinned") if maybe else None,
            e("small", "exploited, by CISA's catalog") if each.exploited else None,
        ),
        join(e("b", f"{lower}{days(each.exposed_days)}"), e("small", again.removeprefix("; ")) if again else None),
        _ended(each, taken),
    )


def _versions(each: Episode) -> Markup:
    after = join(" → ", e("bdi", plain(each.after, 30))) if each.after else None
    return join(e("bdi", plain(each.before, 30)), after)


def _ids(each: Episode, taken: set[str], most: int) -> Markup:
    links = [_anchored(parts.advisory(name), f"a-{plain(name, 60)}", taken) for name in each.ids[:most]]
    rest = len(each.ids) - most
    return join(*parts.between(", ", links), f" and {rest:,} more" if rest > 0 else None)


def _ended(each: Episode, taken: set[str]) -> Markup:
    if each.closed is None:
        return join("not yet" if each.state == "open" else "not seen")
    who = {True: "a program's change", False: "a person's change", None: ""}[each.by_bot]
    jump = f"{each.jump} version" if each.jump and each.jump != "other" else ""
    note = ", ".join(filter(None, (jump, who, f"told by the {each.told}" if each.told != "commit" else "")))
    commit = _anchored(parts.commit(each.commit), f"c-{each.commit[:12]}", taken) if each.commit else NONE
    return join(e("time", day(each.closed)), " ", commit, e("small", note) if note else None)


def _anchored(shown_: Markup, name: str, taken: set[str]) -> Markup:
    """Once a page."""
    if name in taken or not parts.ANCHOR.fullmatch(name):
        return shown_
    taken.add(name)
    return e("span", shown_, id=name)
