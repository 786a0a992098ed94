"""All signals of one repository."""

from __future__ import annotations

from outpace.assessment.evidence import Evidence, Question
from outpace.assessment.signals import ceremony, effects, outcomes, rhythm
from outpace.assessment.signals.material import Material, Read, Signs

ALL: tuple[Read, ...] = (
    outcomes.latency,
    outcomes.latency_lately,
    outcomes.latency_trend,
    outcomes.immune_share,
    outcomes.open_with_fix,
    outcomes.without_dates,
    effects.bot_effect,
    effects.scanner_effect,
    rhythm.activity,
    effects.bot_silence,
    rhythm.first_commit_wait,
    rhythm.release_cadence,
    rhythm.integration_days,
    rhythm.batch_size,
    rhythm.branch_age,
    rhythm.revert_rate,
    ceremony.ci,
    ceremony.tests_in_ci,
    ceremony.scans_in_ci,
    ceremony.waved_through,
    ceremony.coverage_gate,
    ceremony.deployment,
    ceremony.bots,
    ceremony.pinned_actions,
    ceremony.owners,
    ceremony.ci_changed,
)


def read(material: Material) -> Signs:
    """Each signal is evidence, or a question where it could not be seen."""
    told = [each for signal in ALL if (each := signal(material)) is not None]
    return Signs(
        evidence=tuple(each for each in told if isinstance(each, Evidence)),
        questions=tuple(each for each in told if isinstance(each, Question)),
        episodes=len(material.recent),
        began=material.history.since,
    )
