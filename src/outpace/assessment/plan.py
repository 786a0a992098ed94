"""What to change first: steps of modernization, ordered by exposure-days saved for the effort."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.evidence import Count, Where
from outpace.statistics.curves import Estimate

Modernization: TypeAlias = Literal["complete", "restart", "transform", "keep", "unknown"]
StageName: TypeAlias = Literal[
    "before anybody knew", "until the first commit", "on the branch", "until it landed", "until a tag"
]
Lever: TypeAlias = Literal["tests", "lock file", "landing bot", "urgent lane", "staging", "scanning", "gates", "legacy"]


class Lately(Struct, frozen=True, kw_only=True):
    """The same wait in the last year that was seen: of fixes, or of all that tags held, one median for each tag."""

    median: Estimate
    count: int
    of: Literal["fixes", "tags"]
    since: date


class StageTime(Struct, frozen=True, kw_only=True):
    """One stage of the wait, as measured; `total` is of `count` fixes, `share` of the waiting days of a mean one.

    `of` is an advisory of each of them. `draws`: so many landings or tags they share; None: each has its own.
    """

    name: StageName
    median: Estimate
    total: float
    share: float
    count: int
    of: tuple[Where, ...] = ()
    draws: int | None = None
    landed: tuple[date, date] | None = None  # the first and the last of them
    lately: Lately | None = None

    @property
    def is_over(self) -> bool:
        """Lately it is surely shorter, and not half as long: whoever aims at it aims at the past."""
        if self.lately is None or self.median.value is None:
            return False
        now = self.lately.median
        if now.value is None or now.high is None:
            return False
        return now.value <= self.median.value / 2 and now.high < self.median.value


class Step(Struct, frozen=True, kw_only=True):
    """`saves` are exposure-days an episode; None: what was measured does not tell. `why` says how, or why not."""

    lever: Lever
    says: str  # what to do, one sentence
    because: str  # the evidence, one sentence with its numbers
    saves: Estimate | None
    effort_days: float
    why: str = ""
    proof: str = ""  # what would prove that it worked
    measured_again: date | None = None
    counts: tuple[Count, ...] = ()  # in the order in which `because` has them


class Planned(Struct, frozen=True, kw_only=True):
    """A step as it was planned first: what would prove that it worked, measured how, and when again.

    `stage` None: no history tells it. `median` is that of the stage then, in days.
    """

    lever: Lever
    proof: str
    since: date
    measured_again: date | None = None
    stage: StageName | None = None
    median: float | None = None


class Baseline(Struct, frozen=True, kw_only=True):
    """What an earlier assessment measured and planned."""

    at: date
    median: float | None
    exposure_days: float | None
    immune_share: float | None
    open: int
    steps: tuple[Lever, ...] = ()
    planned: tuple[Planned, ...] = ()  # none in what was kept before steps were remembered so


class Compared(Struct, frozen=True, kw_only=True):
    """One measure then and now."""

    measure: str
    then: float | None
    now: float | None


class Plan(Struct, frozen=True, kw_only=True):
    """`because` says why this kind of modernization."""

    modernization: Modernization
    because: str
    stages: tuple[StageTime, ...] = ()
    steps: tuple[Step, ...] = ()
    longest: str = ""  # the longest wait, in a sentence
    baseline: Baseline | None = None
    compared: tuple[Compared, ...] = ()
