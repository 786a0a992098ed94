"""By when an exposure is to be gone: what the user declares, and what it comes to."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct, field

from outpace.model.unknown import Unknown

Since: TypeAlias = Literal["published", "known", "matched"]
AtLeast: TypeAlias = Literal["critical", "high", "medium", "low"]


class Deadline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[deadlines]]` of outpace.toml. It is for the exposures that meet every condition that is given."""

    name: str
    within: str  # "36 hours", "3 days", "2 weeks"
    since: Since = field(name="from", default="known")
    kev: bool | None = None  # in CISA's catalog of what is exploited, or not
    severity: float | AtLeast | None = None  # a CVSS score, or the word for one, at least
    environment: str | None = None  # seen exposed there
    automatable: bool | None = None  # as the records say: AU of CVSS 4.0


class NotBegun(Struct, frozen=True, tag=True):
    """What it counts from has not happened."""

    why: str
    would_begin: str = ""


class Due(Struct, frozen=True, kw_only=True, tag=True):
    """Every condition holds. `ended` is when the exposure was over, where it is."""

    name: str
    at: datetime
    since: Since
    begun: datetime
    ended: datetime | None = None


class Waits(Struct, frozen=True, kw_only=True, tag=True):
    """Every condition holds, and the time has not begun to run; `at` is what is due if it began now."""

    name: str
    at: datetime
    since: Since
    within: str
    not_begun: NotBegun


class Undecided(Struct, frozen=True, kw_only=True, tag=True):
    """It would be due, sooner than what is, if what is unknown held. `at` is None where its begin is unknown."""

    name: str
    at: datetime | None
    unknown: tuple[tuple[str, Unknown], ...]  # each with what would have to hold


class Assessed(Struct, frozen=True, kw_only=True):
    """The declared deadlines, met by one exposure."""

    due: Due | Waits | None = None
    undecided: tuple[Undecided, ...] = ()
