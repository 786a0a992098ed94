"""Points on the clock of one exposure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """In the order in which they are expected."""

    FIX_RELEASED = "fix_released"
    ADVISORY_PUBLISHED = "advisory_published"
    KNOWN = "known"
    MATCHED = "matched"
    PROPOSED = "proposed"
    PROVED = "proved"
    LANDED = "landed"
    DEPLOYED = "deployed"
    STAGED = "staged"
    FIRST_TRAFFIC = "first_traffic"
    PROMOTED = "promoted"
    VERIFIED = "verified"
    SETTLED = "settled"


OF_THE_EDGE = (Kind.STAGED, Kind.FIRST_TRAFFIC, Kind.PROMOTED, Kind.SETTLED)
"""Where Outpace deploys by itself; they stand for DEPLOYED, which is what another pipeline does."""


class Milestone(Struct, frozen=True, kw_only=True):
    """`source` says who saw it: a record, the index, git, Outpace, or who told it."""

    kind: Kind
    at: datetime
    source: str
    detail: str = ""
