"""When what is exposed is due: the declared deadlines, over the advisories and the facts that are here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from outpace.assessment.deadlines import Circumstances, Start, assess, of_vulnerability
from outpace.matching.groups import groups_of
from outpace.matching.ports import AdvisorySource
from outpace.model.advisory import Coverage, Vulnerability
from outpace.model.deadline import Assessed, Deadline, Due, NotBegun, Since
from outpace.model.errors import NoAdvisories
from outpace.model.exposure import Matched
from outpace.model.fact import Fact
from outpace.model.milestone import Kind
from outpace.model.package import Package
from outpace.model.unknown import Unknown
from outpace.stories.kinds import Closed, MatchedFact, Reopened, Verified, body_of, standing
from outpace.stories.milestones import Chronicle, chronicles

NOT_YET = NotBegun("nothing of it is on record here", "outpace respond")
OVER = NotBegun("its clock here is over", "outpace respond")
NO_MATCH = Unknown("no match of it is on record", "outpace respond")
NO_RECORD = Unknown("the advisory data here has no record of it", "outpace advisories update")
NO_DATE = Unknown("the records give no date", "outpace advisories update")


class Record(Struct, frozen=True, kw_only=True):
    """What the facts of one application say."""

    chronicles: tuple[Chronicle, ...] = ()
    seen: tuple[tuple[frozenset[str], str, bool], ...] = ()  # ids, environment, whether it is exposed there
    closed: tuple[tuple[frozenset[str], datetime], ...] = ()

    def of(self, ids: frozenset[str]) -> Chronicle | None:
        return next((each for each in self.chronicles if each.ids & ids), None)

    def seen_in(self, ids: frozenset[str]) -> dict[str, bool]:
        """The environments where it was ever exposed, and those where only its absence was seen."""
        found: dict[str, bool] = {}
        for names, environment, is_exposed in self.seen:
            if names & ids:
                found[environment] = is_exposed or found.get(environment, False)
        return found

    def ended(self, chronicle: Chronicle) -> datetime | None:
        """When the last episode was over, where it is."""
        episode = chronicle.last
        verified = [m.at for m in episode.milestones if m.kind is Kind.VERIFIED]
        closed = [at for names, at in self.closed if names & chronicle.ids] if episode.closed is not None else []
        return min(verified, default=None) or max(closed, default=None)


def record_of(facts: Iterable[Fact], environments: Collection[str] = ()) -> Record:
    known = standing(facts)
    seen: list[tuple[frozenset[str], str, bool]] = []
    closed: list[tuple[frozenset[str], datetime]] = []
    for fact in known:
        match body_of(fact):
            case MatchedFact(vulnerabilities=ids, environment=name) | Reopened(vulnerabilities=ids, environment=name):
                seen += [(frozenset(ids), name, True)] if name else []
            case Verified(vulnerabilities=ids, environment=name):
                seen += [(frozenset(ids), name, False)] if name else []
            case Closed(vulnerabilities=ids):
                closed.append((frozenset(ids), fact.at))
            case _:
                pass
    return Record(chronicles=chronicles(known, environments), seen=tuple(seen), closed=tuple(closed))


def of_match(
    matched: Matched, deadlines: Sequence[Deadline], record: Record | Unknown, *, now: datetime
) -> dict[tuple[str, Package], Assessed]:
    """By id and package, empty where none is declared. `record` is unknown where it is open which one counts."""
    if not deadlines:
        return {}
    found = {(each.vulnerability.id, each.vulnerability.package): each.vulnerability for each in matched.exposures}
    return {key: _of_exposure(each, matched.coverage, deadlines, record, now) for key, each in found.items()}


def _of_exposure(
    found: Vulnerability,
    coverage: Coverage | None,
    deadlines: Sequence[Deadline],
    record: Record | Unknown,
    now: datetime,
) -> Assessed:
    in_kev, score, automatable = of_vulnerability(found, coverage)
    starts: dict[Since, Start] = {"published": found.published or NO_DATE}
    told = Circumstances(in_kev=in_kev, score=score, automatable=automatable, starts=starts)
    if isinstance(record, Unknown):
        told = structs.replace(told, starts={**starts, "known": record, "matched": record}, not_seen=record)
        return assess(deadlines, told, now=now)
    chronicle = record.of(found.ids)
    is_over = chronicle is not None and record.ended(chronicle) is not None
    here = _starts(chronicle)
    starts |= {"known": OVER, "matched": OVER} if is_over else {"known": here["known"], "matched": here["matched"]}
    told = structs.replace(told, starts=starts, seen_in=record.seen_in(found.ids))
    return assess(deadlines, told, now=now)


def _starts(chronicle: Chronicle | None) -> Mapping[Since, Start]:
    """Where nobody recorded when it was known here, it was at the latest by its match."""
    last = None if chronicle is None else chronicle.last
    found: dict[Kind, datetime] = {}
    for milestone in () if last is None else (*last.standing, *last.milestones):
        found[milestone.kind] = min(milestone.at, found.get(milestone.kind, milestone.at))
    matched = found.get(Kind.MATCHED, NOT_YET)
    return {
        "published": found.get(Kind.ADVISORY_PUBLISHED, NO_DATE),
        "known": found.get(Kind.KNOWN, matched),
        "matched": matched,
    }


def of_chronicle(
    chronicle: Chronicle, deadlines: Sequence[Deadline], record: Record, source: AdvisorySource, *, now: datetime
) -> Assessed:
    """On the clock; what the records say is asked of the advisory data that is here."""
    starts = dict(_starts(chronicle))
    match _recorded(chronicle, source, now):
        case Unknown() as unknown:
            in_kev = score = automatable = unknown
        case (vulnerability, coverage):
            in_kev, score, automatable = of_vulnerability(vulnerability, coverage)
            starts["published"] = vulnerability.published or starts["published"]
    ended = record.ended(chronicle)
    told = Circumstances(
        in_kev=in_kev,
        score=score,
        automatable=automatable,
        starts=starts,
        seen_in=record.seen_in(chronicle.ids),
        ended=ended,
    )
    found = assess(deadlines, told, now=now)
    waits = not isinstance(found.due, Due)
    return structs.replace(found, due=None) if waits and ended is not None else found


def _recorded(chronicle: Chronicle, source: AdvisorySource, now: datetime) -> tuple[Vulnerability, Coverage] | Unknown:
    packages = dict.fromkeys(package for package, _ in chronicle.components)
    if not packages:
        return NO_MATCH
    try:
        groups = (group.vulnerability for package in packages for group in groups_of(package, source, now))
        found = next((each for each in groups if each.ids & chronicle.ids), None)
        return NO_RECORD if found is None else (found, source.coverage())
    except NoAdvisories as error:
        return Unknown(error.message, error.hint)
