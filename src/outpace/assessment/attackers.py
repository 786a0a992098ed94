"""The attackers' curve: by when what is exploited was exploited, as published; every number with source and caveat."""

from __future__ import annotations

from msgspec import Struct

from outpace.statistics.curves import Curve
from outpace.statistics.survival import left_at


class Mark(Struct, frozen=True, kw_only=True):
    """By `days` after the CVE was published `exploited` of those that were ever exploited were; one publication."""

    days: float
    exploited: float
    source: str
    url: str
    caveat: str


class AttackCurve(Struct, frozen=True, kw_only=True):
    """`marks` by days; a step curve of the share that is not yet exploited is one minus theirs."""

    marks: tuple[Mark, ...]
    caveat: str
    name: str = ""
    sampled: int | None = None  # the year in which what `marks` count was first reported as exploited
    others: tuple[Mark, ...] = ()  # of other publications: other samples and clocks, so that they join no one line


class Behind(Struct, frozen=True, kw_only=True):
    """From `since` until `until` more of a repository is open than attackers have left; `until` None: no end seen."""

    since: float
    until: float | None


TRENDS_2024 = "VulnCheck, 2024 trends in vulnerability exploitation, as reported by a secondary page"
TRENDS_URL = "https://cybersecurity-see.com/768-cves-exploited-in-the-wild-in-2024/"
TRENDS_CAVEAT = (
    "of the 768 CVEs first reported as exploited in 2024, whenever they were published; about 1 % of all CVEs "
    "are exploited at all"
)
N_DAYS = "Mandiant, time-to-exploit trends 2023, as reported by a secondary page"
N_DAYS_URL = (
    "https://www.cpomagazine.com/cyber-security/mandiant-70-of-exploited-vulnerabilities-in-2023-were-zero-days/"
)
N_DAYS_CAVEAT = "of the 41 first exploited after their patch, counted from it; 97 more were exploited before theirs"
FIRST_DAY = "the first day alone; many pages give the number to Mandiant, and as a share of all CVEs, which it is not"
OWN = "Outpace's own count over CISA's catalog, added there less published"
OWN_URL = "https://github.com/cisagov/kev-data"
OWN_CAVEAT = (
    "113 entries of 2024 whose CVE was younger than a year, so that slower ones are missing; added to the catalog "
    "is later than exploited"
)


def curve() -> AttackCurve:
    """One publication makes the line, so that it is of one sample; the others stand beside it."""
    return AttackCurve(
        name="exploited vulnerabilities, by when they were",
        sampled=2024,
        marks=(
            Mark(days=0, exploited=0.236, source=TRENDS_2024, url=TRENDS_URL, caveat=f"on or before; {TRENDS_CAVEAT}"),
            Mark(days=192, exploited=0.5, source=TRENDS_2024, url=TRENDS_URL, caveat=TRENDS_CAVEAT),
            Mark(days=1004, exploited=0.75, source=TRENDS_2024, url=TRENDS_URL, caveat=TRENDS_CAVEAT),
        ),
        caveat=(
            "A share of the vulnerabilities that are exploited at all, about 1 % of those published; most are in edge "
            "devices and enterprise products, fewer in libraries, though some of those were attacked within hours "
            "(Log4Shell, React2Shell). Every number is read from a secondary page. Between two marks the line "
            "stays where it was, so that it never shows attackers faster than reported; reports themselves lag."
        ),
        others=_others(),
    )


def _others() -> tuple[Mark, ...]:
    n_days = ((1, 0.12), (7, 0.29), (30, 0.56), (182, 39 / 41))
    own = ((1, 0.35), (7, 0.5))
    return (
        Mark(
            days=0,
            exploited=0.268,
            source="VulnCheck, of 2023, as reported by a secondary page",
            url=TRENDS_URL,
            caveat="on or before the day of the CVE, of 639 first reported as exploited in 2023",
        ),
        Mark(
            days=1,
            exploited=0.283,
            source="VulnCheck, first quarter of 2025, as reported by a secondary page",
            url="https://stuvibe.gctc.in/2025/04/q1-2025-exploited-cves-explode-speed-is.html",
            caveat=f"45 of the 159 exploited ones of that quarter; {FIRST_DAY}",
        ),
        Mark(
            days=1,
            exploited=0.321,
            source="VulnCheck, first half of 2025, as reported by a secondary page",
            url="https://aibreakingnews.net/how-can-business-leaders-combat-the-rapid-exploitation-of-cyber-flaws",
            caveat="of the exploited ones of that half-year; the first day alone",
        ),
        *(Mark(days=d, exploited=share, source=N_DAYS, url=N_DAYS_URL, caveat=N_DAYS_CAVEAT) for d, share in n_days),
        *(Mark(days=d, exploited=share, source=OWN, url=OWN_URL, caveat=OWN_CAVEAT) for d, share in own),
    )


def exploited_by(attack: AttackCurve, days: float) -> float:
    """The share at a day, as its last mark before said; nothing before the first."""
    return max((mark.exploited for mark in attack.marks if mark.days <= days), default=0.0)


def days_behind(curve: Curve, attack: AttackCurve) -> tuple[Behind, ...]:
    """When more of a repository is still open than attackers have left unexploited, as far as it was followed."""
    last = curve.points[-1].days
    days = sorted({p.days for p in curve.points} | {m.days for m in attack.marks if m.days <= last})
    spans: list[Behind] = []
    since: float | None = None
    for day in days:
        is_behind = (left_at(curve, day).value or 0.0) > 1 - exploited_by(attack, day)
        if is_behind and since is None:
            since = day
        elif not is_behind and since is not None:
            spans.append(Behind(since=since, until=day))
            since = None
    return (*spans, Behind(since=since, until=None)) if since is not None else tuple(spans)


def ahead(curve: Curve, attack: AttackCurve) -> str:
    """`days_behind` in one sentence with its numbers; of two samples that are not the same vulnerabilities."""
    spans = days_behind(curve, attack)
    if not spans:
        return "At no time were more of these open than attackers leave unexploited, by what is published of them."
    times = ", and again ".join(_span(each) for each in spans)
    begun = spans[0].since
    left, unused = left_at(curve, begun).value or 0.0, 1 - exploited_by(attack, begun)
    return (
        f"{times[:1].upper()}{times[1:]} more of these are open than attackers leave unexploited: "
        f"{left:.0%} beside {unused:.0%} on day {begun:.0f}."
    )


def _span(each: Behind) -> str:
    if each.until is None:
        return f"from day {each.since:.0f} on"
    return f"until day {each.until:.0f}" if each.since == 0 else f"from day {each.since:.0f} until day {each.until:.0f}"
