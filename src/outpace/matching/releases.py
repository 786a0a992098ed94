"""One vulnerability against the releases of its package: which of them are affected, and of which it cannot be said."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from outpace.ecosystems.osv import AffectedBy, NotAffected
from outpace.matching.match import is_affected
from outpace.model.advisory import Vulnerability
from outpace.model.unknown import Unknown

NO_VERSION = Unknown("it was seen without a version", "an inventory with versions")


class Judged(Struct, frozen=True, kw_only=True):
    """Each release in the order in which it was asked for; those that are not affected are left out."""

    affected: tuple[str, ...]
    unknown: tuple[tuple[str, Unknown], ...]


def judge(vulnerability: Vulnerability, versions: Iterable[str]) -> Judged:
    """An empty version is one that nobody could tell."""
    affected: list[str] = []
    unknown: list[tuple[str, Unknown]] = []
    for version in versions:
        match is_affected(version, vulnerability) if version else NO_VERSION:
            case AffectedBy():
                affected.append(version)
            case Unknown() as why:
                unknown.append((version, why))
            case NotAffected():
                pass
    return Judged(affected=tuple(affected), unknown=tuple(unknown))
