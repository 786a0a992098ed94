"""The sentences that answer first: how long, against what, on which path."""

from __future__ import annotations

from types import MappingProxyType

from outpace.assessment.assessment import Assessment
from outpace.assessment.attackers import exploited_by
from outpace.assessment.evidence import Evidence
from outpace.assessment.paths import Adoption, Stalled, TrueAdoption, UnknownPath, WateredDown, word_of
from outpace.assessment.plan import Modernization
from outpace.formats.charts.markup import NONE, Markup, e, join, plain
from outpace.formats.charts.words import counted, day, days, ended, percent
from outpace.formats.report.frame import term
from outpace.statistics.curves import Curve

KIND_OF_MODERNIZATION: MappingProxyType[Modernization, str] = MappingProxyType(
    {
        "complete": "Complete what was begun",
        "restart": "Start again what stopped",
        "transform": "Change the system itself",
        "keep": "Keep it so",
        "unknown": "What is needed is unknown",
    }
)


def state_of(path: Adoption) -> str:
    """The class of a path's color."""
    match path:
        case TrueAdoption():
            return "verified"
        case WateredDown():
            return "shielded"
        case Stalled():
            return "exposed"
        case UnknownPath():
            return "unknown"


def means(path: Adoption) -> str:
    match path:
        case TrueAdoption():
            return "fixes land within days, and many advisories meet a version that is already safe"
        case WateredDown():
            return "the tools and the ceremonies are there, and the outcome did not follow"
        case Stalled():
            return "it was begun and then left, and what is open grows"
        case UnknownPath(why=why):
            return plain(why)


def path_chip(path: Adoption) -> Markup:
    return e("span", word_of(path), cls=f"chip {state_of(path)}")


def path_term(path: Adoption) -> Markup:
    match path:
        case UnknownPath():
            return term("unknown")
        case _:
            return term(word_of(path), f"{word_of(path)} adoption")


def headline(assessment: Assessment) -> Markup:
    curve = assessment.latency.from_published
    if curve is None or not curve.count:
        return e("h1", *_without_waits(assessment))
    half = curve.median.value
    if half is None:
        return e("h1", *_never(curve))
    tone = "verified" if isinstance(assessment.path, TrueAdoption) else "exposed"
    by_then = exploited_by(assessment.attackers, half)
    if not by_then:
        return e("h1", "Fixes reach the default branch after a median of ", e("b", days(half), cls=tone), ".")
    return e(
        "h1",
        "Fixes reach the default branch after a median of ",
        e("b", days(half), cls=tone),
        "; by then at least ",
        e("b", percent(by_then), cls="exposed"),
        " of what attackers exploit was exploited.",
    )


def _never(curve: Curve) -> tuple[Markup | str, ...]:
    return (
        "Fewer than half of the fixes ever landed: ",
        e("b", f"{curve.censored:,} of {counted(curve.count, 'episode')}", cls="exposed"),
        f" did not, the longest for {days(curve.points[-1].days)}.",
    )


def _without_waits(assessment: Assessment) -> tuple[Markup | str, ...]:
    immune = assessment.latency.immune
    if immune and assessment.history.blind_since is None:
        return (
            "Each of ",
            e("b", counted(immune, "advisory", "advisories"), cls="verified"),
            " met a version that was already safe.",
        )
    reason = next((each.why for each in assessment.questions), "nothing of the history could be read")
    return ("How long fixes take here is ", e("b", "unknown", cls="unknown"), f": {plain(reason, 140)}.")


def measured_over(assessment: Assessment) -> Markup:
    """On what the first sentence rests."""
    history = assessment.history
    if not history.episodes:
        return NONE
    years = (assessment.at - history.since).days / 365.25 if history.since else 0.0
    over = (
        f" in {years:.1f} years of lock files"
        if years >= 1
        else f" in {days(years * 365.25)} of lock files"
        if years
        else ""
    )
    if (blind := history.blind_since) is not None:
        since = f"{over}. No lock file could be read since {day(blind)}, so what is open now is unknown."
        return join(f"{len(history.episodes):,} ", term("episodes", "episode"), since)
    opened = sum(each.state == "open" for each in history.episodes)
    still = f", {opened:,} still open and counted as such" if opened else ", none still open"
    return join(f"{len(history.episodes):,} ", term("episodes", "episode"), f"{over}{still}.")


def strongest(path: Adoption, count: int) -> tuple[Evidence, ...]:
    """Outcomes before practices before ceremony; what speaks for the verdict before what does not."""
    order = {"outcome": 0, "practice": 1, "ceremony": 2}
    spoken = word_of(path)
    return tuple(sorted(path.evidence, key=lambda each: (each.speaks_for != spoken, order[each.strength]))[:count])


def on_path(assessment: Assessment) -> Markup:
    """Which path, and what that means."""
    path = assessment.path
    is_fleet = assessment.kind == "fleet"
    if isinstance(path, UnknownPath):
        whose = "these repositories are" if is_fleet else "this repository is"
        return join(" It is ", e("b", path_term(path), cls="unknown"), f" which path {whose} on: {ended(means(path))}")
    who = " Together they are on the " if is_fleet else " This repository is on the "
    return join(who, e("b", path_term(path), cls=state_of(path)), f" path: {means(path)}.")
