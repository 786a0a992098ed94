"""What earlier assessments of a repository measured: facts, so that a plan remembers where it began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from outpace.assessment.assessment import Assessment
from outpace.assessment.plan import Baseline
from outpace.assessment.suite_strength import SuiteStrength
from outpace.model.fact import Fact
from outpace.stories.kinds import Assessed, TestsTried, body_of, fact_of, subject_of

SETTLED = timedelta(days=30)
"""A plan is compared with the newest assessment that is so old; until there is one, with the first of all."""


class Facts(Protocol):
    def of(self, subject: str, *kinds: str) -> tuple[Fact, ...]: ...
    def add(self, facts: Sequence[Fact]) -> int: ...


class Baselines:
    """Of one repository; `roots` are the commits that its history began with. Implements `app.assess.Memory`."""

    def __init__(self, facts: Facts, roots: Sequence[str]) -> None:
        self._facts = facts
        self._subject = subject_of(roots, ".", "assessment")

    def baseline(self, at: datetime) -> Baseline | None:
        bodies = (body_of(fact) for fact in self._facts.of(self._subject, Assessed.KIND) if fact.at < at)
        earlier = [each.baseline for each in bodies if isinstance(each, Assessed) and each.baseline.at < at.date()]
        settled = [each for each in earlier if at.date() - each.at >= SETTLED]
        return (
            max(settled, key=lambda each: each.at) if settled else min(earlier, key=lambda each: each.at, default=None)
        )

    def strength(self, at: datetime) -> SuiteStrength | None:
        """The last that was told of the tests by then."""
        told = [(fact.at, body_of(fact)) for fact in self._facts.of(self._subject, TestsTried.KIND) if fact.at <= at]
        known = [(when, body.strength) for when, body in told if isinstance(body, TestsTried)]
        return max(known, key=lambda each: each[0])[1] if known else None

    def keep_strength(self, told: SuiteStrength) -> None:
        """Of one revision the last one of a day."""
        inputs = (told.commit, told.at.date().isoformat(), told.sampled_of, told.judged)
        body = TestsTried(strength=told)
        self._facts.add([fact_of(self._subject, body, at=told.at, source="test mutants", inputs=inputs)])

    def keep(self, assessment: Assessment) -> None:
        """The first of a day stays; of a shallow clone nothing is kept, since its history is another."""
        horizon = assessment.horizon
        if horizon.shallow or self._has_kept(horizon.branch, assessment.at):
            return
        from outpace.assessment.planning import baseline_of

        body = Assessed(tip=horizon.tip, branch=horizon.branch, baseline=baseline_of(assessment))
        day = assessment.at.date().isoformat()
        inputs = (horizon.branch, day)
        self._facts.add([fact_of(self._subject, body, at=assessment.at, source="assess", inputs=inputs)])

    def _has_kept(self, branch: str, at: datetime) -> bool:
        bodies = (body_of(fact) for fact in self._facts.of(self._subject, Assessed.KIND) if fact.at.date() == at.date())
        return any(isinstance(each, Assessed) and each.branch == branch for each in bodies)
