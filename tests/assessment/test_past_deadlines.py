"""Declared deadlines over a history: what was met, what was missed, and what a history cannot tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from outpace.assessment.assessment import DeadlineMet
from outpace.assessment.deadlines import NO_DATE, NO_KEV
from outpace.assessment.episodes import Episode, History, Stages
from outpace.assessment.evidence import Count, Where
from outpace.assessment.past_deadlines import (
    LOST,
    NO_AUTOMATABLE,
    NO_ENVIRONMENT,
    NO_SCORE,
    NOT_KNOWN,
    NOT_MATCHED,
    Answer,
    answer,
    deadlines_met,
)
from outpace.model.deadline import Deadline
from outpace.model.package import Package

AT = datetime(2026, 8, 1, tzinfo=UTC)


def episode(days: float, **changed: object) -> Episode:
    """Open for that long, and fixed on the day of the assessment."""
    opened = AT - timedelta(days=days)
    fixed = Episode(
        package=Package("PyPI", "django"),
        ids=("PYSEC-1",),
        state="fixed",
        entry="reactive",
        opened=opened,
        closed=AT,
        days=days,
        exposed_days=days,
        score=7.5,
        exploited=False,
        stages=Stages(published=opened),
    )
    return replace(fixed, **changed)


def due(within: str = "14 days", **conditions: object) -> Deadline:
    return replace(Deadline(name="due", within=within, since="published"), **conditions)


ADOPTED = {"entry": "adopted", "stages": Stages(published=AT - timedelta(days=400))}


@pytest.mark.parametrize(
    ("deadline", "told", "expected"),
    [
        pytest.param(due(), episode(13), "met", id="in time"),
        pytest.param(due(), episode(14), "met", id="on the day"),
        pytest.param(due(), episode(15), "missed", id="late"),
        pytest.param(due(), episode(3, state="removed"), "met", id="removed in time"),
        pytest.param(due(), episode(3, state="open", closed=None), "running", id="open, in time"),
        pytest.param(due(), episode(15, state="open", closed=None), "missed", id="open, too late"),
        pytest.param(due(), episode(5, state="unpinned", closed=None), LOST, id="lost before its time was over"),
        pytest.param(due(), episode(20, state="unknown", closed=None), "missed", id="lost when it was late already"),
        pytest.param(due(), episode(5, **ADOPTED), "missed", id="adopted when it was late already"),
        pytest.param(due(), episode(5, entry="adopted", stages=Stages()), NO_DATE, id="adopted, no date"),
        pytest.param(due(), episode(5, stages=Stages()), "met", id="reactive: open since it was published"),
        pytest.param(due(), episode(5, stages=Stages(), began="before"), NO_DATE, id="its beginning not seen"),
        pytest.param(due(kev=True), episode(13), "not meant", id="not in the catalog"),
        pytest.param(due(kev=True), episode(13, exploited=True), "met", id="in the catalog"),
        pytest.param(due(kev=True), episode(13, exploited=None), NO_KEV, id="no catalog"),
        pytest.param(due(severity="high"), episode(13), "met", id="severe enough"),
        pytest.param(due(severity="critical"), episode(13), "not meant", id="not severe enough"),
        pytest.param(due(severity=5.0), episode(13, score=None), NO_SCORE, id="no score"),
        pytest.param(due(environment="production"), episode(13), NO_ENVIRONMENT, id="an environment"),
        pytest.param(due(automatable=True), episode(13), NO_AUTOMATABLE, id="automatable"),
        pytest.param(due(since="known"), episode(13), NOT_KNOWN, id="since it was known"),
        pytest.param(due(since="matched"), episode(13), NOT_MATCHED, id="since it was matched"),
        pytest.param(due(since="known", kev=True), episode(13), "not meant", id="a condition that fails decides"),
    ],
)
def test_a_deadline_over_one_episode_is_decided_only_by_what_history_tells(
    deadline: Deadline, told: Episode, expected: Answer
) -> None:
    assert answer(deadline, told, at=AT) == expected


def found(answered: str, count: int = 1) -> Count:
    return Count(says=answered, of=(Where(kind="advisory", name="PYSEC-1"),) * count)


def test_every_deadline_counts_and_names_the_episodes_it_is_meant_for() -> None:
    history = History(
        episodes=(
            episode(3),
            episode(13, score=None),
            episode(13, state="unpinned", score=9.8),
            episode(40),
            episode(2, state="open"),
            episode(3, score=2.0),
        )
    )
    severe, known = due(severity="high", name="severe"), due(since="known", name="known")
    assert deadlines_met((severe, known), history, at=AT) == (
        DeadlineMet(
            name="severe",
            within="14 days",
            since="published",
            met=1,
            missed=1,
            unknown=2,
            running=1,
            why_unknown=f"{LOST.why}: 1; {NO_SCORE.why}: 1",
            counts=(found("met"), found("unknown", 2), found("missed"), found("running")),
        ),
        DeadlineMet(
            name="known",
            within="14 days",
            since="known",
            met=0,
            missed=0,
            unknown=6,
            why_unknown='a history does not tell when somebody here knew (from = "published" can be counted)',
            counts=(found("unknown", 6),),
        ),
    )


def test_without_episodes_nothing_was_met_or_missed() -> None:
    empty = DeadlineMet(name="due", within="14 days", since="published", met=0, missed=0, unknown=0)
    assert deadlines_met((due(),), History(), at=AT) == (empty,)
