"""Records that are aliases of one another, united into one vulnerability of one package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain

from msgspec import Struct

from outpace.matching.cvss import severity_of
from outpace.matching.ports import AdvisorySource
from outpace.model.advisory import Advisory, Affected, Rating, Vulnerability
from outpace.model.package import Package

NEVER = datetime.min.replace(tzinfo=UTC)
PREFERRED = ("PYSEC-", "GHSA-", "CVE-")


class Group(Struct, frozen=True, kw_only=True):
    """A vulnerability, and what its live records say of the package."""

    vulnerability: Vulnerability
    by_record: tuple[tuple[str, tuple[Affected, ...]], ...]

    @property
    def entries(self) -> tuple[Affected, ...]:
        return tuple(chain.from_iterable(entries for _, entries in self.by_record))


def groups_of(package: Package, source: AdvisorySource, now: datetime) -> tuple[Group, ...]:
    """One for each set of aliases that has a live record about the package, by id."""
    found = (_group(package, records, source, now) for records in united(source.about(package)))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.vulnerability.id))


def united(records: Iterable[Advisory]) -> tuple[tuple[Advisory, ...], ...]:
    """Records that share an id or an alias, in any number of steps, in one set (union-find)."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while (above := parent.setdefault(name, name)) != name:
            parent[name] = parent[above]
            name = above
        return name

    every = _newest(records)
    for record in every:
        for alias in record.aliases:
            parent[root(alias)] = root(record.id)
    sets: dict[str, list[Advisory]] = {}
    for record in every:
        sets.setdefault(root(record.id), []).append(record)
    return tuple(tuple(sorted(one, key=lambda record: record.id)) for one in sets.values())


def _newest(records: Iterable[Advisory]) -> list[Advisory]:
    """One record for each id: the one that was modified last, whichever came first."""
    found: dict[str, Advisory] = {}
    for record in records:
        other = found.get(record.id)
        if other is None or (record.modified or NEVER) >= (other.modified or NEVER):
            found[record.id] = record
    return list(found.values())


def is_withdrawn(record: Advisory, now: datetime) -> bool:
    """A time to come has not come."""
    return record.withdrawn is not None and record.withdrawn <= now


def preference(name: str) -> tuple[int, str]:
    """PYSEC before GHSA before CVE before others."""
    rank = next((at for at, prefix in enumerate(PREFERRED) if name.startswith(prefix)), len(PREFERRED))
    return rank, name


def _group(package: Package, records: Sequence[Advisory], source: AdvisorySource, now: datetime) -> Group | None:
    """A withdrawn record is no reason; it says nothing about its aliases, whose own records may live."""
    live = [record for record in records if not is_withdrawn(record, now)]
    about = [(record, tuple(entry for entry in record.affected if entry.package == package)) for record in live]
    speaking = [(record, entries) for record, entries in about if entries]
    if not speaking:
        return None
    shown = min((record.id for record, _ in speaking), key=preference)
    ids = {record.id for record in records}.union(*(record.aliases for record in records))
    published = [record.published for record, _ in speaking if record.published is not None]
    vulnerability = Vulnerability(
        id=shown,
        package=package,
        aliases=tuple(sorted(ids - {shown})),
        records=tuple(record for record, _ in speaking),
        summary=next((record.summary for record, _ in speaking if record.summary), ""),
        severity=severity_of(_ratings(speaking)),
        published=min(published, default=None),
        exploited=source.exploited(sorted(ids)),
    )
    return Group(vulnerability=vulnerability, by_record=tuple((record.id, entries) for record, entries in speaking))


def _ratings(speaking: Iterable[tuple[Advisory, tuple[Affected, ...]]]) -> list[Rating]:
    """An entry's own rating and the record's; ratings that are no CVSS vector are left out."""
    every = [
        rating
        for record, entries in speaking
        for rating in (*record.severity, *chain.from_iterable(entry.severity for entry in entries))
    ]
    return [rating for rating in every if rating.type.startswith("CVSS_")]
