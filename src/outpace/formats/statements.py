"""What may be said of an exposure in the words of VEX: no more than a match knows.

*Affected* is an exposure, *under investigation* is what is unknown. *Not affected* is never said of what merely did not
match, and *fixed* needs a verification of what is running, which a match is not.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from outpace.formats.advice import MATCHED_ONLY, action, distinct, pin
from outpace.model.advisory import Vulnerability
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component


class Status(StrEnum):
    AFFECTED = "affected"
    UNDER_INVESTIGATION = "under_investigation"


class Statement(Struct, frozen=True, kw_only=True):
    """One status of one vulnerability for every component of which the same is said."""

    vulnerability: Vulnerability
    status: Status
    components: tuple[Component, ...]
    action: str
    notes: str


def statements(matched: Matched) -> tuple[Statement, ...]:
    """In the order of the match; components of which the same is said share one."""
    together: dict[tuple[str, str, Status, str, str], list[tuple[Vulnerability, Component]]] = {}
    for each in (*matched.exposures, *matched.doubts):
        found = each.vulnerability
        status, told, notes = _said(each)
        key = (found.id, found.package.name, status, told, notes)
        together.setdefault(key, []).append((found, each.component))
    return tuple(
        Statement(
            vulnerability=pairs[0][0],
            status=status,
            components=tuple(dict.fromkeys(component for _, component in pairs)),
            action=told,
            notes=notes,
        )
        for (_, _, status, told, notes), pairs in together.items()
    )


def _said(each: Exposure | Doubt) -> tuple[Status, str, str]:
    match each:
        case Exposure():
            unpinned = f"{pin(each.component)}: no allowed version is unaffected." if not each.component.version else ""
            notes = distinct((unpinned, *(f"{caveat[:1].upper()}{caveat[1:]}." for caveat in each.caveats)))
            return Status.AFFECTED, action(each), " ".join((*notes, MATCHED_ONLY))
        case Doubt(unknown=unknown):
            settle = f" What would settle it: {unknown.would_settle}." if unknown.would_settle else ""
            return Status.UNDER_INVESTIGATION, "", f"Unknown: {unknown.why}.{settle}"
