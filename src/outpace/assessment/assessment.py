"""One repository, assessed: where the hours go, why, and what to change first."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from outpace.assessment.attackers import AttackCurve
from outpace.assessment.attempts import Untangled
from outpace.assessment.chronicle import Horizon
from outpace.assessment.claims import Claim
from outpace.assessment.episodes import History
from outpace.assessment.evidence import Count, Question
from outpace.assessment.gates import AssessedGate
from outpace.assessment.paths import Adoption
from outpace.assessment.plan import Plan
from outpace.model.advisory import Coverage
from outpace.statistics.curves import Curve, Estimate


class Latency(Struct, frozen=True, kw_only=True):
    """How long. Curves are of episodes; None: there is none to draw."""

    from_published: Curve | None = None  # advisory published until it landed; what was adopted, from its adoption
    from_released: Curve | None = None  # the fix was released until it landed
    recent: Curve | None = None  # the last 24 episodes
    recent_count: int = 0
    immune: int = 0
    reactive: int = 0
    adopted: int = 0
    open: int = 0
    unpinned: int = 0  # may be open on the day of the assessment: nobody can tell
    unknown: int = 0
    within: tuple[tuple[int, Estimate], ...] = ()  # share landed within 1, 3, 7, 14, 30, 90 days

    @property
    def immune_share(self) -> float | None:
        """Of the advisories that met a version here on their day; what was adopted later met none."""
        met = self.immune + self.reactive
        return self.immune / met if met else None


class DeadlineMet(Struct, frozen=True, kw_only=True):
    """One declared deadline over the episodes of the past. `unknown` could not be decided."""

    name: str
    within: str
    since: str
    met: int
    missed: int
    unknown: int
    running: int = 0  # open, and its time is not over
    why_unknown: str = ""
    counts: tuple[Count, ...] = ()  # one for each answer that there is


class Assessment(Struct, frozen=True, kw_only=True):
    """`asked` is the day of the question, where the clone ends long before it and it is told as of its end, `at`."""

    name: str
    root: str
    at: datetime
    coverage: Coverage | None
    horizon: Horizon
    history: History
    latency: Latency
    attackers: AttackCurve
    path: Adoption
    untangled: Untangled
    claims: tuple[Claim, ...] = ()
    gates: tuple[AssessedGate, ...] = ()
    deadlines: tuple[DeadlineMet, ...] = ()
    plan: Plan
    questions: tuple[Question, ...] = ()  # everything that could not be seen
    asked: datetime | None = None
    kind: Literal["repository", "fleet"] = "repository"
    repositories: int = 1

    @property
    def lost_days(self) -> float:
        """Exposure-days of all episodes."""
        return sum(episode.exposed_days for episode in self.history.episodes)
