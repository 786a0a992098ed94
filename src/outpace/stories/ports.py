"""What the loop needs from the world, and the hands it acts with."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from outpace.delivery.land import CreateBranch, OpenPullRequest, Push, Refs
from outpace.model.application import Environment
from outpace.model.change import Change
from outpace.model.exposure import Exposure, Matched
from outpace.model.inventory import Inventory
from outpace.model.observation import Observation
from outpace.model.package import Package
from outpace.model.probe import Probe, ProbeResult
from outpace.model.proof import Proof
from outpace.model.stopgap import Stopgap
from outpace.stories.kinds import RolledOut

LandingStep: TypeAlias = CreateBranch | Push | OpenPullRequest


class Blocked(Struct, frozen=True, kw_only=True):
    """Nothing can be proposed for this package, and why."""

    package: Package
    vulnerabilities: tuple[str, ...]
    reason: str


class Exempted(Struct, frozen=True, kw_only=True):
    """A version that the project's cool-down hides and that was let through, until a day."""

    package: Package
    version: str
    vulnerabilities: tuple[str, ...]
    reason: str
    expires: datetime


class Proposal(Struct, frozen=True, kw_only=True):
    """One change that fixes all that was asked together, or several."""

    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    exempted: tuple[Exempted, ...] = ()


class Delivered(Struct, frozen=True, kw_only=True):
    """It was deployed. `rollout`: how far it came at the edge, where that is what deploys."""

    at: datetime
    rollout: RolledOut | None = None


class TakenBack(Struct, frozen=True, kw_only=True):
    """The edge rolled it out, and back; or did not begin."""

    rollout: RolledOut


class World(Protocol):
    """Looking changes nothing."""

    def tip(self) -> str:
        """The commit that the deploy branch points at."""
        ...

    def committed(self, revision: str) -> datetime: ...
    def has(self, revision: str) -> bool:
        """Whether the commit is in this clone: what a fact names may be another clone's, or pruned. What takes a
        revision takes one that is here."""
        ...

    def matched(self, revision: str) -> Matched:
        """The deployed locks of a revision, against the advisories."""
        ...

    def rematch(self, inventory: Inventory) -> Matched: ...
    def has_record(self, ids: frozenset[str]) -> bool:
        """Whether the advisory data has any record, withdrawn ones too, under one of these ids."""
        ...

    def locks(self, revision: str) -> str:
        """A digest of the deployed locks and what belongs to them; equal digests: the same change still applies."""
        ...

    def contains(self, revision: str, change: Change) -> bool:
        """Whether both commits are here, and the change's is in the history of the revision."""
        ...

    def refs(self, change: Change) -> Refs: ...
    def stands(self, stopgap: Stopgap) -> bool:
        """Whether it blocks requests now."""
        ...

    def observe(self, environment: Environment, last: Observation | None) -> Observation: ...
    def probe(self, environment: Environment, probe: Probe) -> ProbeResult: ...


class Hands(Protocol):
    """Each act looks before it acts and may be repeated."""

    def propose(self, exposures: tuple[Exposure, ...], excluding: tuple[Change, ...]) -> Proposal: ...
    def prove(self, change: Change, first: tuple[str, ...]) -> Proof:
        """`first` are tests that refuted a candidate before this one, the cheapest way to refute the next."""
        ...

    def land(self, step: LandingStep) -> None: ...
    def shield(self, stopgap: Stopgap, why: str) -> datetime:
        """Until when it stands."""
        ...

    def unshield(self, stopgap: Stopgap) -> None: ...
    def deployed(self, tip: str) -> datetime | None:
        """When the deploy command last ended well, if it was given this revision, whether or not a run lived on to
        say so."""
        ...

    def deploy(self, tip: str) -> Delivered | TakenBack: ...
