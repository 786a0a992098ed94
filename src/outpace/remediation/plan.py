"""What can be done for each affected pin, and the proposals that do it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.model.change import Move
from outpace.model.exposure import Exposure
from outpace.model.fact import digest_of
from outpace.model.inventory import Component
from outpace.model.package import Package
from outpace.remediation.ports import Pin, Step


class Target(Struct, frozen=True, kw_only=True):
    """An affected pin, with everything that is known against its version."""

    pin: Pin
    exposures: tuple[Exposure, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({exposure.vulnerability.id for exposure in self.exposures}))


class Exception_(Struct, frozen=True, kw_only=True):  # noqa: N801  `Exception` is taken
    """Why a release passes the user's own cool-down, and until when that need be said."""

    package: Package
    version: str
    advisories: tuple[str, ...]
    reason: str
    expires: datetime | None  # None: the cool-down is a date, not a window


class Proposal(Struct, frozen=True, kw_only=True):
    """One commit's worth: the files, what moves in them, and what that fixes."""

    steps: tuple[Step, ...]
    files: tuple[tuple[str, bytes], ...]
    moves: tuple[Move, ...]
    fixes: tuple[str, ...]
    caveats: tuple[str, ...] = ()
    released: tuple[tuple[str, datetime], ...] = ()
    exceptions: tuple[Exception_, ...] = ()
    passing: tuple[Step, ...] = ()  # what moves along past a cool-down

    @property
    def purpose(self) -> tuple[Package, ...]:
        return tuple(sorted({step.pin.package for step in self.steps}))

    @property
    def digest(self) -> str:
        return candidate_digest((step.pin.package.name, step.version) for step in self.steps)


class Fixed(Struct, frozen=True, tag=True, kw_only=True):
    """`proposal` holds the moves; `blocker` says what stood in the way of moving this package alone."""

    version: str | None  # None: the package is not needed any more
    proposal: Proposal
    blocker: str = ""
    caveats: tuple[str, ...] = ()


class Blocked(Struct, frozen=True, tag=True, kw_only=True):
    """Something else must change first."""

    blocker: str
    offer: str = ""


class NoFix(Struct, frozen=True, tag=True, kw_only=True):
    why: str


class PrereleaseOnly(Struct, frozen=True, tag=True, kw_only=True):
    """A decision of the user's: `offer` is the lowest pre-release that is not affected."""

    offer: str


Outcome: TypeAlias = Fixed | Blocked | NoFix | PrereleaseOnly


class Plan(Struct, frozen=True, kw_only=True):
    target: Target
    outcome: Outcome


def pin_of(component: Component) -> Pin:
    return Pin(
        package=component.package,
        version=component.version or component.specifier,
        file=component.file,
        line=component.line,
        marker=component.marker,
    )


def candidate_digest(reached: Iterable[tuple[str, str]]) -> str:
    """Names a candidate by the (package, version) that it is meant to reach, so that a refuted one stays away."""
    return digest_of("candidate", sorted(set(reached)))
