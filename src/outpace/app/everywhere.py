"""One advisory against everything that is on record here: which environments hold an affected release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outpace.matching.groups import groups_of
from outpace.matching.ports import RecordSource
from outpace.matching.releases import judge
from outpace.model.advisory import Coverage, Vulnerability
from outpace.model.fact import Fact
from outpace.model.inventory import Inventory
from outpace.model.observation import NotRunning, Running, Told
from outpace.model.package import Package
from outpace.model.unknown import Unknown
from outpace.store.holdings import Holding, Place
from outpace.stories.kinds import Observed, Retracted, body_of, standing

BATCH = 200
"""Facts that are in memory at once; an inventory may have thousands of components."""


class Facts(Protocol):
    """The part of the store that is folded."""

    def numbered(self, after: int, *kinds: str, limit: int) -> tuple[tuple[int, Fact], ...]: ...


class Holdings(Protocol):
    """The read model."""

    def folded(self) -> int: ...
    def put(self, holdings: Iterable[Holding], *, folded: int) -> None: ...
    def forget(self) -> None: ...
    def versions(self, package: Package) -> Mapping[str, int]: ...
    def places(self, release: int) -> tuple[Place, ...]: ...
    def count(self) -> int: ...


class Held(Struct, frozen=True, kw_only=True):
    """One release, and who holds it; `unknown` where it cannot be said whether it is affected."""

    vulnerability: Vulnerability
    version: str
    places: tuple[Place, ...]
    unknown: Unknown | None = None


class View(Struct, frozen=True, kw_only=True):
    """`known`: whether the advisory data has the id at all. `held` begins with what is affected."""

    advisory: str
    known: bool
    environments: int  # on record, hit or not
    held: tuple[Held, ...]
    coverage: Coverage

    @property
    def affected(self) -> tuple[Held, ...]:
        return tuple(held for held in self.held if held.unknown is None)


def everywhere(advisory: str, *, source: RecordSource, holdings: Holdings, now: datetime) -> View:
    """By any id of the advisory. Only releases of the packages that it names are looked at."""
    ids = source.aliases([advisory])
    records = source.named(sorted(ids))
    packages = sorted({entry.package for record in records for entry in record.affected})
    found = [
        held
        for package in packages
        for group in groups_of(package, source, now)
        if group.vulnerability.ids & ids
        for held in _held(group.vulnerability, holdings)
    ]
    found.sort(key=lambda held: held.unknown is not None)
    return View(
        advisory=advisory,
        known=bool(records),
        environments=holdings.count(),
        held=tuple(found),
        coverage=source.coverage(),
    )


def _held(vulnerability: Vulnerability, holdings: Holdings) -> Iterable[Held]:
    releases = holdings.versions(vulnerability.package)
    judged = judge(vulnerability, releases)
    rows: list[tuple[str, Unknown | None]] = [(version, None) for version in judged.affected]
    for version, unknown in (*rows, *judged.unknown):
        places = holdings.places(releases[version])
        if places:
            yield Held(vulnerability=vulnerability, version=version, places=places, unknown=unknown)


def fold(facts: Facts, holdings: Holdings) -> int:
    """Takes what was observed since the last time into the read model; how many facts that were.

    Where something was taken back, everything is folded anew: what the wrong inventory had replaced is in the facts.
    """
    if any(fact.kind == Retracted.KIND for _, fact in facts.numbered(holdings.folded(), Retracted.KIND, limit=1)):
        holdings.forget()
    taken_back = tuple(fact for _, fact in facts.numbered(0, Retracted.KIND, limit=1_000_000))
    count, after = 0, holdings.folded()
    while batch := facts.numbered(after, Observed.KIND, Retracted.KIND, limit=BATCH):
        after = batch[-1][0]
        holdings.put(_holdings([fact for _, fact in batch], taken_back), folded=after)
        count += len(batch)
    return count


def _holdings(batch: Sequence[Fact], taken_back: Sequence[Fact]) -> Iterable[Holding]:
    for fact in standing((*batch, *taken_back)):
        body = body_of(fact)
        if not isinstance(body, Observed):
            continue
        seen = body.observation
        inventory = _inventory(body)
        if inventory is not None:
            releases = tuple((each.package, each.version or "") for each in inventory.components)
            yield Holding(subject=fact.subject, environment=seen.environment, at=seen.at, releases=releases)


def _inventory(body: Observed) -> Inventory | None:
    """None where nothing ran, or nothing could be read: what was last seen there stays on record."""
    match body.observation.seen:
        case Running(inventory=Inventory() as inventory) | Told(inventory=Inventory() as inventory):
            return inventory
        case Running() | Told() | NotRunning():
            return None
