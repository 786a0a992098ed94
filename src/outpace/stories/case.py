"""One vulnerability on its way out of one application: what is known of it right now."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.delivery.land import LandAction, Withhold
from outpace.model.advisory import Vulnerability
from outpace.model.change import Change
from outpace.model.exposure import Exposure
from outpace.model.proof import Proof, Refuted
from outpace.model.stopgap import Stopgap


class Absent(Struct, frozen=True, tag=True):
    """What runs there no longer matches; `how` says what that rests on."""

    how: str


class Present(Struct, frozen=True, tag=True):
    """The vulnerable version runs there."""

    found: str


class Unseen(Struct, frozen=True, tag=True):
    """It cannot be told yet."""

    why: str
    would_settle: str = ""


class OutOfSight(Struct, frozen=True, tag=True):
    """It was verified there, which stays what it was, and cannot be seen since then."""

    why: str
    would_settle: str
    since: datetime


Sight: TypeAlias = Absent | Present | Unseen | OutOfSight


def out_of_sight(environment: str, why: str) -> str:
    """For what somebody has to look: the same words wherever it is said."""
    return f"you to look at {environment}: what was verified there cannot be seen: {why}"


class Place(Struct, frozen=True, kw_only=True):
    """One environment, as far as this vulnerability is concerned."""

    environment: str
    sight: Sight
    deployed: str = ""  # the revision that was last given to the deploy command, or told
    deployed_at: datetime | None = None
    rests_on: tuple[str, ...] = ()  # keys of what was told, where that is all that is known of it
    relapsed_at: datetime | None = None  # since when what had been verified there no longer holds


class Shielding(Struct, frozen=True, kw_only=True):
    """A declared stopgap. `spent`: it was put up since this began, so that one which ended is not put up again."""

    stopgap: Stopgap
    stands: bool
    spent: bool
    until: datetime | None = None  # as it was put up


class Tried(Struct, frozen=True, kw_only=True):
    """A change that was proposed for the locks as they are, and what was said of it."""

    change: Change
    proof: Proof | None = None
    due: LandAction | None = None  # what would bring it to where the pipeline takes over
    waits_since: datetime | None = None  # since when it lies there

    @property
    def refuted(self) -> Refuted | None:
        if self.proof is None or not isinstance(self.proof.conclusion, Refuted):
            return None
        return self.proof.conclusion


class Case(Struct, frozen=True, kw_only=True):
    """`exposures` are those in the locks at the tip of the deploy branch; none: the tip is not exposed."""

    vulnerability: Vulnerability
    exposures: tuple[Exposure, ...] = ()
    tried: tuple[Tried, ...] = ()  # oldest first
    blocked: str = ""  # why nothing can be proposed for the locks as they are
    blocked_at: datetime | None = None
    doubt: str = ""  # why it cannot be said whether the tip is exposed; empty: it can
    settled_at: datetime | None = None  # since when the deploy branch is as it is: it holds the fix, or is in doubt
    withheld: str = ""  # why the tip may not be deployed by itself; empty: it may
    places: tuple[Place, ...] = ()
    shielding: Shielding | None = None

    @property
    def current(self) -> Tried | None:
        """The change that stands: the latest that is not refuted, and whose branch nobody else took if there is one.
        Two clones may have made it, each in its own commit."""
        standing = [tried for tried in reversed(self.tried) if tried.refuted is None]
        free = (tried for tried in standing if not isinstance(tried.due, Withhold))
        return next(free, standing[0] if standing else None)
