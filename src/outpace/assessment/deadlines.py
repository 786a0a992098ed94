"""Which deadline is due: the one that ends first of those whose conditions all hold; what is unknown is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

from outpace.model.advisory import Coverage, Scored, Vulnerability
from outpace.model.deadline import Assessed, Deadline, Due, NotBegun, Since, Undecided, Waits
from outpace.model.unknown import Unknown
from outpace.pipelines.deadlines import span

Start: TypeAlias = datetime | NotBegun | Unknown
FLOORS = MappingProxyType({"critical": 9.0, "high": 7.0, "medium": 4.0, "low": 0.1})
LAST = datetime.max.replace(tzinfo=UTC)  # a record may claim to be of the year 9999
NO_KEV = Unknown("there is no catalog here", "outpace advisories update")
NO_DATE = Unknown("the records give no date", "outpace advisories update")
NO_SCORE = Unknown("no score can be computed from its vector")
NOT_SAID = Unknown("the records do not say it (AU in a CVSS 4.0 vector)")


class Circumstances(Struct, frozen=True, kw_only=True):
    """What the conditions ask of one exposure."""

    in_kev: bool | Unknown
    score: float | Unknown
    automatable: bool | Unknown
    starts: Mapping[Since, Start]
    seen_in: Mapping[str, bool] = MappingProxyType({})  # environments of which something is known
    not_seen: Unknown = Unknown("not seen yet", "outpace respond")
    ended: datetime | None = None


def of_vulnerability(
    vulnerability: Vulnerability, coverage: Coverage | None
) -> tuple[bool | Unknown, float | Unknown, bool | Unknown]:
    """In KEV, the score, automatable."""
    has_catalog = coverage is not None and coverage.kev_cutoff is not None
    in_kev = True if vulnerability.exploited is not None else False if has_catalog else NO_KEV
    match vulnerability.severity:
        case Scored(score=score):
            return in_kev, score, _automatable(vulnerability)
        case Unknown() as unknown:
            return in_kev, unknown, _automatable(vulnerability)
        case _:
            return in_kev, NO_SCORE, _automatable(vulnerability)


def _automatable(vulnerability: Vulnerability) -> bool | Unknown:
    """As CVSS 4.0's supplemental metric says; where records disagree, yes."""
    entries = (e for record in vulnerability.records for e in record.affected if e.package == vulnerability.package)
    ratings = [
        *(r for record in vulnerability.records for r in record.severity),
        *(r for e in entries for r in e.severity),
    ]
    said = {part for rating in ratings if rating.type == "CVSS_V4" for part in rating.score.split("/")}
    return True if "AU:Y" in said else False if "AU:N" in said else NOT_SAID


def assess(deadlines: Sequence[Deadline], told: Circumstances, *, now: datetime) -> Assessed:
    """The shortest one that holds, and every one that would end before it."""
    held: list[Due | Waits] = []
    open_ones: list[Undecided] = []
    for deadline in deadlines:
        conditions = tuple(_conditions(deadline, told))
        if any(holds is False for _, holds in conditions):
            continue
        unknown = tuple((what, holds) for what, holds in conditions if isinstance(holds, Unknown))
        match _ends(deadline, told, now):
            case Unknown() as no_start:
                begin = (f"it was {deadline.since}", no_start)
                open_ones.append(Undecided(name=deadline.name, at=None, unknown=(*unknown, begin)))
            case ends if unknown:
                open_ones.append(Undecided(name=deadline.name, at=ends.at, unknown=unknown))
            case ends:
                held.append(ends)
    due = min(held, key=lambda each: (each.at, each.name), default=None)
    sooner = (each for each in open_ones if due is None or each.at is None or each.at < due.at)
    return Assessed(due=due, undecided=tuple(sorted(sooner, key=lambda each: (each.at or now, each.name))))


def _conditions(deadline: Deadline, told: Circumstances) -> Iterator[tuple[str, bool | Unknown]]:
    if deadline.kev is not None:
        yield f"{'' if deadline.kev else 'not '}in KEV", _equal(found=told.in_kev, wanted=deadline.kev)
    if deadline.severity is not None:
        floor = FLOORS[deadline.severity] if isinstance(deadline.severity, str) else deadline.severity
        holds = told.score if isinstance(told.score, Unknown) else told.score >= floor
        yield f"the severity is at least {deadline.severity}", holds
    if deadline.environment is not None:
        yield f"exposed in {deadline.environment}", told.seen_in.get(deadline.environment, told.not_seen)
    if deadline.automatable is not None:
        no = "" if deadline.automatable else "not "
        yield f"{no}automatable", _equal(found=told.automatable, wanted=deadline.automatable)


def _equal(*, found: bool | Unknown, wanted: bool) -> bool | Unknown:
    return found if isinstance(found, Unknown) else found is wanted


def _ends(deadline: Deadline, told: Circumstances, now: datetime) -> Due | Waits | Unknown:
    name, since, within = deadline.name, deadline.since, span(deadline.within)
    match told.starts[since]:
        case NotBegun() as not_begun:
            return Waits(name=name, at=now + within, since=since, within=deadline.within, not_begun=not_begun)
        case Unknown() as unknown:
            return unknown
        case begun:
            return Due(name=name, at=begun + min(within, LAST - begun), since=since, begun=begun, ended=told.ended)
