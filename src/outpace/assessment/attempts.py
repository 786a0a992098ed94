"""How it came so: earlier attempts at adoption, with the outcome before and after each; and changes after upheavals."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.evidence import Where
from outpace.statistics.curves import Estimate

Sort: TypeAlias = Literal["ci", "bot", "coverage", "scanner", "deploy", "environment", "lock", "tests", "gate"]


class Outcome(Struct, frozen=True, kw_only=True):
    """Of the episodes that opened in one span of time. Where there are fewer than five, the median is not given."""

    since: datetime | None
    until: datetime | None
    episodes: int
    median: Estimate | None

    def holds(self, opened: datetime) -> bool:
        """Whether one that opened then is among them."""
        return self.since is not None and self.until is not None and self.since <= opened < self.until


class Attempt(Struct, frozen=True, kw_only=True):
    """A tool or a practice that came, changed and perhaps went. No cause is claimed."""

    sort: Sort
    name: str  # "GitHub Actions", "Dependabot"
    introduced: datetime
    began: Literal["seen", "before"] = "seen"  # before: it was there where a shallow clone begins
    last_changed: datetime
    abandoned: datetime | None = None  # removed, or silent for longer than a year while work went on
    how: Literal["in use", "removed", "replaced", "silent"]
    changes: int = 0
    landings: tuple[str, ...] = ()  # of the changes; none of a lock file, whose versions are counted
    where: tuple[Where, ...] = ()
    before: Outcome | None = None
    after: Outcome | None = None


class Upheaval(Struct, frozen=True, kw_only=True):
    """A revert or a hotfix, and what changes were like around it: files a change, changes a week."""

    at: datetime
    commit: str
    said: Literal["revert", "hotfix"]
    files_before: float | None
    files_after: float | None
    weekly_before: float | None
    weekly_after: float | None
    weeks_until_back: float | None = None  # None: it did not change, or is not back


class Untangled(Struct, frozen=True, kw_only=True):
    """`fear` is one sentence: whether changes became larger and rarer after upheavals, with counts."""

    attempts: tuple[Attempt, ...] = ()
    upheavals: tuple[Upheaval, ...] = ()
    fear: str = ""
