"""An inventory meets the advisory data: what is affected, and of what it cannot be said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias

from outpace.ecosystems.osv import AffectedBy, Evaluation, NotAffected, evaluate, evaluate_specifier, fix_above, fix_of
from outpace.ecosystems.pypi.sources import is_archive
from outpace.matching.groups import Group, groups_of
from outpace.matching.ports import AdvisorySource
from outpace.model.advisory import Affected, Fix, Vulnerability
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import (
    Component,
    DirectUrl,
    Editable,
    Git,
    Inventory,
    LocalPath,
    OtherIndex,
    PublicIndex,
    Workspace,
)
from outpace.model.package import Package
from outpace.model.unknown import Unknown

EVERY_VERSION = "which version it is cannot be told, and every version is affected"
ELSEWHERE = Unknown(
    "it does not come from the package's own index, and the advisory speaks of what was released there",
    "whether that code holds the fix",
)

How: TypeAlias = Literal["pinned", "unpinned", "elsewhere"]


def match(inventory: Inventory, source: AdvisorySource, *, now: datetime) -> Matched:
    """Every component against every live vulnerability of its package, in the order of the inventory."""
    known: dict[Package, tuple[Group, ...]] = {}
    exposures: list[Exposure] = []
    doubts: list[Doubt] = []
    for component in inventory.components:
        package = component.package
        if package not in known:
            known[package] = groups_of(package, source, now)
        for group in known[package]:
            match judged(component, group):
                case Exposure() as exposure:
                    exposures.append(exposure)
                case Doubt() as doubt:
                    doubts.append(doubt)
                case None:
                    pass
    return Matched(inventory=inventory, exposures=tuple(exposures), doubts=tuple(doubts), coverage=source.coverage())


def judged(component: Component, group: Group) -> Exposure | Doubt | None:
    """One component against one vulnerability of its package; None where it is not affected."""
    about = group.vulnerability
    match _evaluated(component, group):
        case AffectedBy(caveats):
            return Exposure(component=component, vulnerability=about, fixed=_fix(component, group), caveats=caveats)
        case Unknown() as unknown:
            return Doubt(component=component, vulnerability=about, unknown=unknown)
        case NotAffected():
            return None


def judge(package: Package, version: str, how: How, group: Group) -> Evaluation:
    """What one pin of a lock file means, from the public index or from elsewhere; agrees with `judged`.

    `version` is the specifier where nothing is pinned. Raises ValueError for a group that is not the package's.
    """
    if group.vulnerability.package != package:
        raise ValueError(f"{group.vulnerability.id} is judged of {group.vulnerability.package}, not of {package}")
    match how:
        case "pinned":
            return _with_disagreement(version, group)
        case "unpinned":
            return evaluate_specifier(version, group.entries)
        case "elsewhere":
            return ELSEWHERE


def is_affected(version: str, vulnerability: Vulnerability) -> Evaluation:
    """For a release of the package on its index; how a candidate for a fix is judged."""
    return evaluate(version, entries_of(vulnerability))


def entries_of(vulnerability: Vulnerability) -> tuple[Affected, ...]:
    """What the live records say of the package: entries of other packages and ecosystems do not count."""
    return tuple(
        entry for record in vulnerability.records for entry in record.affected if entry.package == vulnerability.package
    )


def _evaluated(component: Component, group: Group) -> Evaluation:
    """An advisory speaks of the release on the public index; for other code its answer is worth less."""
    origin = component.origin
    match origin:
        case Workspace(path) | Editable(path):
            return Unknown(
                f"it is the project's own code ({path}); the advisory speaks of the published package of this name",
                "whether this project is that package",
            )
        case Git(url, revision):
            told = f"{url} at {revision[:12] or 'no named revision'}"
            return Unknown(
                f"it comes from a commit ({told}), which proves nothing about the release of that version",
                "whether that commit holds the fix",
            )
        case LocalPath(path) if not is_archive(path):
            return Unknown(f"it comes from the directory {path}, not from a release", "whether that code holds the fix")
        case _:
            return _with_origin(_by_version(component, group), _caveats(component))


def _by_version(component: Component, group: Group) -> Evaluation:
    if component.version is not None:
        answer = judge(component.package, component.version, "pinned", group)
        return component.doubt if component.doubt is not None and isinstance(answer, AffectedBy) else answer
    if isinstance(component.origin, DirectUrl | LocalPath):
        return Unknown("the archive's name tells no version", "reading the installed environment")
    answer = judge(component.package, component.specifier, "unpinned", group)
    if component.doubt is None:
        return answer
    return component.doubt if isinstance(answer, Unknown) else AffectedBy((EVERY_VERSION,))


def _with_disagreement(version: str, group: Group) -> Evaluation:
    answer = evaluate(version, group.entries)
    if not isinstance(answer, AffectedBy) or len(group.by_record) < 2:
        return answer
    denying = [name for name, entries in group.by_record if isinstance(evaluate(version, entries), NotAffected)]
    if not denying:
        return answer
    return AffectedBy((*answer.caveats, f"the records disagree: by {', '.join(denying)} it is not affected"))


def _with_origin(answer: Evaluation, caveats: tuple[str, ...]) -> Evaluation:
    return AffectedBy((*answer.caveats, *caveats)) if isinstance(answer, AffectedBy) else answer


def _caveats(component: Component) -> tuple[str, ...]:
    match component.origin:
        case OtherIndex(url):
            return (f"it comes from another index, {url}: a mirror, or a different package of this name",)
        case PublicIndex(beside) if beside:
            return (f"it may come from {' or '.join(beside)} instead, and be a different package of this name",)
        case DirectUrl(url):
            return (f"it comes from {url}: taken for the release that its name says",)
        case LocalPath(path):
            return (f"it comes from {path}: taken for the release that its name says",)
        case _:
            return ()


def _fix(component: Component, group: Group) -> Fix:
    if component.version is not None:
        return fix_of(component.version, group.entries)
    return fix_above(component.specifier, group.entries)


def vulnerabilities(exposures: Iterable[Exposure]) -> tuple[Vulnerability, ...]:
    """Distinct by package and id, in order."""
    found = {(each.vulnerability.package, each.vulnerability.id): each.vulnerability for each in exposures}
    return tuple(found.values())
