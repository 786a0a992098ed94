"""Explain an advisory: what it is, why the versions here are affected or not, and what would change the answer."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.matching.groups import Group, groups_of, is_withdrawn
from outpace.matching.match import judged
from outpace.matching.ports import RecordSource
from outpace.matching.reasons import hits, spans_in_words, speaking
from outpace.model.advisory import Advisory, Coverage, Vulnerability
from outpace.model.exposure import Doubt, Exposure
from outpace.model.inventory import Component, Inventory
from outpace.model.package import Package


class Said(Struct, frozen=True, kw_only=True):
    """What one record calls affected of one package."""

    record: str
    affected: tuple[str, ...]
    withdrawn: datetime | None = None


class Affects(Struct, frozen=True, tag=True, kw_only=True):
    """`why` names the ranges and lists that hold the version."""

    exposure: Exposure
    why: tuple[str, ...]


class MayAffect(Struct, frozen=True, tag=True, kw_only=True):
    doubt: Doubt


class Spares(Struct, frozen=True, tag=True, kw_only=True):
    """No live record holds this version."""

    component: Component


Here: TypeAlias = Affects | MayAffect | Spares


class About(Struct, frozen=True, kw_only=True):
    """One package that the advisory speaks of. Without a vulnerability every record about it is withdrawn."""

    package: Package
    vulnerability: Vulnerability | None
    said: tuple[Said, ...]
    fixed: tuple[str, ...]
    here: tuple[Here, ...]


class View(Struct, frozen=True, kw_only=True):
    """`records` is empty where the data has no such id; `looked` says whether there was anything here to look at."""

    asked: str
    records: tuple[Advisory, ...]
    about: tuple[About, ...]
    looked: bool
    coverage: Coverage


def explain(advisory: str, *, source: RecordSource, inventory: Inventory | None, now: datetime) -> View:
    """By any id of the advisory, in any case."""
    ids = frozenset[str]().union(*(source.aliases([each]) for each in _spellings(advisory)))
    records = source.named(sorted(ids))
    packages = sorted({entry.package for record in records for entry in record.affected})
    every = tuple(_about(package, records, ids, source, inventory, now) for package in packages)
    return View(
        asked=advisory,
        records=records,
        about=every,
        looked=inventory is not None and bool(inventory.files or inventory.components),
        coverage=source.coverage(),
    )


def _spellings(advisory: str) -> tuple[str, ...]:
    """GitHub writes the letters of its ids small, everybody else large."""
    prefix, dash, rest = advisory.partition("-")
    return tuple(dict.fromkeys((advisory, advisory.upper(), f"{prefix.upper()}{dash}{rest.lower()}")))


def _about(
    package: Package,
    records: tuple[Advisory, ...],
    ids: frozenset[str],
    source: RecordSource,
    inventory: Inventory | None,
    now: datetime,
) -> About:
    group = next((each for each in groups_of(package, source, now) if ids & each.vulnerability.ids), None)
    said = tuple(
        Said(
            record=record.id,
            affected=spans_in_words(entry),
            withdrawn=record.withdrawn if is_withdrawn(record, now) else None,
        )
        for record, entry in speaking(records, package)
    )
    components = tuple(each for each in inventory.components if each.package == package) if inventory else ()
    return About(
        package=package,
        vulnerability=group.vulnerability if group else None,
        said=said,
        fixed=_fixed(group),
        here=tuple(_here(component, group) for component in components),
    )


def _fixed(group: Group | None) -> tuple[str, ...]:
    entries = group.entries if group else ()
    events = (event for entry in entries for one in entry.ranges if one.type != "GIT" for event in one.events)
    return tuple(dict.fromkeys(event.fixed for event in events if event.fixed is not None))


def _here(component: Component, group: Group | None) -> Here:
    match judged(component, group) if group is not None else None:
        case Exposure(vulnerability=about) as exposure:
            return Affects(exposure=exposure, why=hits(component.version or "", about.records, about.package))
        case Doubt() as doubt:
            return MayAffect(doubt=doubt)
        case None:
            return Spares(component=component)
