"""What is exposed here, the most urgent first: what matches now, and where the story of each stands."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.app.clock import Clock, Timed
from outpace.model.advisory import Scored, Vulnerability
from outpace.model.deadline import Due
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.unknown import Unknown

State: TypeAlias = Literal["open", "unknown", "closed"]


class Urgent(Struct, frozen=True, kw_only=True):
    """One vulnerability: how it is met now, and what is on record of it."""

    id: str
    exposures: tuple[Exposure, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    timed: Timed | None = None  # None: no story of it was begun

    @property
    def state(self) -> State:
        """On record as open, and matched by nothing that can be read: that is unknown, and no relief."""
        if self.exposures:
            return "open"
        if self.timed is not None and self.timed.is_open:
            return "unknown" if isinstance(self.timed.unmatched, Unknown) else "open"
        return "unknown" if self.doubts else "closed"

    @property
    def vulnerability(self) -> Vulnerability | None:
        """As its records describe it; None where none matches now."""
        met = (*self.exposures, *self.doubts)
        return met[0].vulnerability if met else None

    @property
    def due(self) -> datetime | None:
        due = self.timed.due.due if self.timed is not None and self.timed.due is not None else None
        return due.at if isinstance(due, Due) else None

    @property
    def order(self) -> tuple[bool, bool, float, float, str]:
        """Exploited ones first, then by deadline, then by severity."""
        about = self.vulnerability
        score = about.severity.score if about is not None and isinstance(about.severity, Scored) else 0.0
        due = self.due
        return (
            about is None or about.exploited is None,
            due is None,
            due.timestamp() if due is not None else 0.0,
            -score,
            self.id,
        )


def urgent(matched: Matched, clock: Clock) -> tuple[Urgent, ...]:
    """Of an application: what its locks hold, and every exposure on record."""
    told = list(clock.exposures)
    found: list[Urgent] = []
    met = (*matched.exposures, *matched.doubts)
    for name in dict.fromkeys(each.vulnerability.id for each in met):
        ids = frozenset[str]().union(*(each.vulnerability.ids for each in met if each.vulnerability.id == name))
        timed = next((each for each in told if ids & {each.id, *each.aliases}), None)
        found.append(
            Urgent(
                id=name,
                exposures=tuple(each for each in matched.exposures if each.vulnerability.id == name),
                doubts=tuple(each for each in matched.doubts if each.vulnerability.id == name),
                timed=timed,
            )
        )
    joined = {each.timed.id for each in found if each.timed is not None}
    found += [Urgent(id=each.id, timed=each) for each in told if each.id not in joined]
    return tuple(sorted(found, key=lambda each: each.order))
