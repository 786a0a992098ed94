"""Advisory data in memory. Passes the contract of `matching.ports.RecordSource`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from outpace.ecosystems import osv
from outpace.matching.groups import united
from outpace.model.advisory import Advisory, Coverage, Exploitation
from outpace.model.package import PYPI, Package


class Advisories:
    """Holds records as OSV publishes them, and which CVEs are known to be exploited."""

    def __init__(self, records: Iterable[Mapping[str, Any]], exploited: Mapping[str, date] | None = None) -> None:
        self._records = [osv.decode(json.dumps(record).encode()) for record in records]
        self._exploited = dict(exploited or {})

    def about(self, package: Package) -> tuple[Advisory, ...]:
        named = [record for record in self._records if any(entry.package == package for entry in record.affected)]
        return tuple(sorted(named, key=lambda record: record.id))

    def aliases(self, ids: Iterable[str]) -> frozenset[str]:
        found = set(ids)
        for group in united(self._records):
            names = {name for record in group for name in (record.id, *record.aliases)}
            found |= names if names & found else set()
        return frozenset(found)

    def named(self, ids: Iterable[str]) -> tuple[Advisory, ...]:
        by_id = {record.id: record for record in self._records}
        return tuple(by_id[name] for name in ids if name in by_id)

    def exploited(self, ids: Iterable[str]) -> Exploitation | None:
        names = self.aliases(ids)
        found = [Exploitation(cve=name, added=self._exploited[name]) for name in names if name in self._exploited]
        return min(found, key=lambda entry: (entry.added, entry.cve), default=None)

    def coverage(self) -> Coverage:
        return self._coverage(PYPI)

    def coverages(self) -> tuple[Coverage, ...]:
        return tuple(map(self._coverage, self._ecosystems))

    def covers(self, ecosystem: str) -> bool:
        return ecosystem in self._ecosystems

    @property
    def _ecosystems(self) -> tuple[str, ...]:
        """PyPI in any case, so that a test need not hold a record to ask."""
        named = {entry.package.ecosystem for record in self._records for entry in record.affected}
        return (PYPI, *sorted(named - {PYPI}))

    def _coverage(self, ecosystem: str) -> Coverage:
        about = [each for each in self._records if any(a.package.ecosystem == ecosystem for a in each.affected)]
        modified = [each.modified for each in about if each.modified is not None]
        return Coverage(
            source="memory",
            ecosystem=ecosystem,
            records=len(about),
            cutoff=max(modified, default=None),
            fetched=datetime(2024, 6, 1, tzinfo=UTC),
            kev_cutoff=date(2024, 6, 1) if self._exploited else None,
        )


def record(name: str, package: str, *events: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """An OSV record about one PyPI package; `versions`, `ranges` and `ecosystem` go into its entry."""
    ecosystem = more.pop("ecosystem", PYPI)
    entry: dict[str, Any] = {"package": {"ecosystem": ecosystem, "name": package}}
    ranges: Sequence[Any] = more.pop("ranges", [{"type": "ECOSYSTEM", "events": list(events)}] if events else [])
    if ranges:
        entry["ranges"] = ranges
    if "versions" in more:
        entry["versions"] = more.pop("versions")
    return {
        "id": name,
        "published": "2024-02-01T00:00:00Z",
        "modified": "2024-02-02T00:00:00Z",
        "affected": [entry],
        **more,
    }
