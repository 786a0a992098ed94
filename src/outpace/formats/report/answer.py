"""The sentences that answer first: how long, against what, on which path."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from types import MappingProxyType

from outpace.assessment.assessment import Assessment
from outpace.assessment.attackers import AttackCurve, exploited_by
from outpace.assessment.evidence import Evidence
from outpace.assessment.paths import Adoption, Stalled, TrueAdoption, UnknownPath, WateredDown, word_of
from outpace.assessment.plan import Modernization
from outpace.formats.charts.markup import NONE, Markup, e, join, plain
from outpace.formats.charts.words import FEWEST, about, counted, day, days, ended, percent
from outpace.formats.report import seen
from outpace.formats.report.counts import EPISODES, NEWEST, WAITING, linked, newest, number
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
UNKNOWN = e("b", "unknown", cls="unknown")
NOTHING = "nothing of the history could be read"
SAMPLE_HOLDS = 2  # years around a publication's sample, outside of which its year is said


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


def headline(assessment: Assessment, lists: Container[str] = ()) -> Markup:
    """Of the last 24: how it is now. Its numbers lead to those of `lists` that count them."""
    old = seen.told_as_of_its_end(assessment)
    return join(e("p", e("b", f"{old}."), " ", cls="lede") if old else None, _headline(assessment, lists))


def _headline(assessment: Assessment, lists: Container[str]) -> Markup:
    curve = seen.present(assessment)
    if curve is None:
        return e("h1", *_without_waits(assessment, lists))
    if curve.count < FEWEST:
        return e("h1", *_too_few(curve))
    half = seen.half(curve)
    if half is None:
        return e("h1", *_never(curve, lists))
    tone = "verified" if isinstance(assessment.path, TrueAdoption) else "exposed"
    return e(
        "h1",
        "The last ",
        number(f"{curve.count:,} {_fixes(assessment)}", NEWEST, lists),
        " reached the default branch after a median of ",
        e("b", days(half), cls=tone),
        *(
            (", counting the ", number(f"{curve.censored:,}", WAITING, lists), f" that {_not_landed(assessment)}")
            if curve.censored > curve.events
            else ()
        ),
        *_attackers_by_then(assessment.attackers, half, assessment.at),
        ".",
    )


def _fixes(assessment: Assessment) -> str:
    """A package that is gone was not fixed."""
    return "fixes and removals" if any(each.state == "removed" for each in newest(assessment)) else "fixes"


def _not_landed(assessment: Assessment) -> str:
    """Of what cannot be followed nobody knows whether it landed."""
    lost = any(each.state in seen.DOUBTS for each in newest(assessment))
    return "did not, as far as can be told" if lost else "did not yet"


def _attackers_by_then(attackers: AttackCurve, half: float, at: datetime) -> tuple[Markup | str, ...]:
    """Their share by our median; where that is the one of the first day it does not depend on us, and says so."""
    by_then, at_once = exploited_by(attackers, half), exploited_by(attackers, 0.0)
    if not by_then:
        return ()
    year = attackers.sampled
    sample = f", as seen in {year}," if year is not None and abs(at.year - year) > SAMPLE_HOLDS else ""
    if by_then == at_once:
        share = e("b", about(by_then), cls="exposed")
        return ("; ", share, f" of what attackers exploit{sample} is exploited before or on the day of publication")
    return (
        "; by then at least ",
        e("b", percent(by_then), cls="exposed"),
        f" of what attackers exploit{sample} was exploited",
    )


def _too_few(curve: Curve) -> tuple[str, ...]:
    longest = days(curve.points[-1].days)
    followed = counted(curve.count, "fix was", "fixes were")
    if not curve.censored:
        took = f"it took {longest}" if curve.count == 1 else f"the longest took {longest}"
        return (f"{followed} followed, too few for a median; {took}.",)
    waits = counted(curve.count, "wait was", "waits were")
    ended = f"{curve.events:,} of them ended" if curve.events else "none ended"
    return (f"{waits} followed, too few for a median; {ended} in sight, and the longest lasted at least {longest}.",)


def _never(curve: Curve, lists: Container[str]) -> tuple[Markup | str, ...]:
    return (
        "Fewer than half of the last ",
        number(f"{curve.count:,} fixes", NEWEST, lists),
        " landed: ",
        e("b", number(f"{curve.censored:,}", WAITING, lists), cls="exposed"),
        f" did not, the longest for {days(curve.points[-1].days)}.",
    )


def _without_waits(assessment: Assessment, lists: Container[str]) -> tuple[Markup | str, ...]:
    latency, blind = assessment.latency, assessment.history.blind_since
    if blind is not None:
        return (f"No lock file could be read since {day(blind)}: what stands open is ", UNKNOWN, ".")
    if latency.open:
        open_ = number(counted(latency.open, "vulnerability", "vulnerabilities"), "l-open", lists)
        amount = e("b", open_, cls="exposed")
        return (amount, f" {'stands' if latency.open == 1 else 'stand'} open; for how long is ", UNKNOWN, ".")
    if latency.immune and not (latency.reactive or latency.adopted):
        return _none_met(assessment, lists)
    reason = next((each.why for each in assessment.questions), seen.why_unseen(assessment) or NOTHING)
    return ("How long fixes take here is ", UNKNOWN, f": {plain(reason, 140)}.")


def _none_met(assessment: Assessment, lists: Container[str]) -> tuple[Markup | str, ...]:
    """Well only where all of it could be seen, and there was enough to see."""
    immune, is_hidden = assessment.latency.immune, seen.is_partly_hidden(assessment)
    advisories = number(counted(immune, "advisory", "advisories"), "l-immune", lists)
    if not is_hidden and immune >= FEWEST:
        return ("Each of ", e("b", advisories, cls="verified"), " met a version that was already safe.")
    tail = "what is not seen stands below" if assessment.questions else "not all of its lock files could be read"
    rest = tail if is_hidden else "so few say little"
    if immune == 1:
        return (f"The one advisory that could be seen met no affected version; {rest}.",)
    return ("None of the ", advisories, f" that could be seen met an affected version; {rest}.")


def measured_over(assessment: Assessment, *, whole: bool = False, lists: Container[str] = ()) -> Markup:
    """On what the first sentence rests; `whole`: with what it is over all the history."""
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
    every = assessment.latency.from_published
    half = seen.half(every) if whole and every is not None and every.count > assessment.latency.recent_count else None
    overall = f", with a median of {days(half)} over all of them" if half is not None else ""
    count = number(f"{len(history.episodes):,}", EPISODES, lists)
    noun = term("episode") if len(history.episodes) == 1 else term("episodes", "episode")
    old = "" if assessment.asked else seen.ends_long_ago(assessment)
    return join(
        count, " ", noun, f"{over}{overall}{_came_in(assessment)}; ", _still_open(assessment, lists), ".",
        f" {old}." if old else None,
    )  # fmt: skip


def _came_in(assessment: Assessment) -> str:
    """The signals of a path are of what was there when its advisory came: so many of the last ones were not."""
    latest = newest(assessment)
    adopted = sum(each.entry == "adopted" for each in latest)
    return f" ({adopted:,} of the last {len(latest):,} came in when already published)" if adopted else ""


def _still_open(assessment: Assessment, lists: Container[str]) -> Markup:
    said = seen.still_open(assessment)
    doubts = ((each, f"l-{each.rsplit(' ', 1)[-1]}") for each in seen.doubts(assessment).split(", "))
    return linked(said, ((f"{assessment.latency.open:,} vulnerabilit", "l-open"), *doubts), lists)


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
