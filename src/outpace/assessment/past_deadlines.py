"""Declared deadlines over the episodes of the past: met, missed, still running, or not to be decided from history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from outpace.assessment.assessment import DeadlineMet
from outpace.assessment.counting import of_episodes
from outpace.assessment.deadlines import NO_DATE, NO_KEV, Circumstances, assess
from outpace.assessment.episodes import Episode, History
from outpace.assessment.moments import after
from outpace.model.deadline import Deadline, Due
from outpace.model.unknown import Unknown

Answer: TypeAlias = Literal["met", "missed", "running", "not meant"] | Unknown
NOT_KNOWN = Unknown("a history does not tell when somebody here knew", 'from = "published" can be counted')
NOT_MATCHED = Unknown("a history does not tell when it was matched", 'from = "published" can be counted')
NO_ENVIRONMENT = Unknown("a history does not tell what ran where", "a deadline without an environment")
NO_AUTOMATABLE = Unknown("the history keeps no CVSS vector", "a deadline without automatable")
NO_SCORE = Unknown("no score is on record")
LOST = Unknown("it could not be followed until its time was over")


def deadlines_met(deadlines: Sequence[Deadline], history: History, *, at: datetime) -> tuple[DeadlineMet, ...]:
    """Each by itself, over the episodes that it is meant for; in KEV is what is there today."""
    return tuple(_over(deadline, history.episodes, at) for deadline in deadlines)


def answer(deadline: Deadline, episode: Episode, *, at: datetime) -> Answer:
    assessed = assess((deadline,), _told(episode), now=at)
    for undecided in assessed.undecided:
        return undecided.unknown[0][1]
    if not isinstance(assessed.due, Due):
        return "not meant"
    due, until = assessed.due.at, after(episode.opened, timedelta(days=episode.days))
    match episode.state:
        case "fixed" | "removed":
            return "met" if (episode.closed or until) <= due else "missed"
        case "open":
            return "missed" if due < at else "running"
        case "unpinned" | "unknown":
            return "missed" if due <= until else LOST


def _over(deadline: Deadline, episodes: Sequence[Episode], at: datetime) -> DeadlineMet:
    told = [(episode, answer(deadline, episode, at=at)) for episode in episodes if episode.opened <= at]
    unknown = Counter(each for _, each in told if isinstance(each, Unknown))
    by_answer: dict[str, list[Episode]] = {}
    for episode, each in told:
        by_answer.setdefault("unknown" if isinstance(each, Unknown) else each, []).append(episode)
    return DeadlineMet(
        name=deadline.name,
        within=deadline.within,
        since=deadline.since,
        met=len(by_answer.get("met", ())),
        missed=len(by_answer.get("missed", ())),
        unknown=unknown.total(),
        running=len(by_answer.get("running", ())),
        why_unknown="; ".join(_reasons(unknown)),
        counts=tuple(of_episodes(name, of) for name, of in by_answer.items() if name != "not meant"),
    )


def _reasons(unknown: Counter[Unknown]) -> Iterator[str]:
    for each, count in sorted(unknown.items(), key=lambda pair: (-pair[1], pair[0].why)):
        settled = f" ({each.would_settle})" if each.would_settle else ""
        yield f"{each.why}{settled}: {count}" if len(unknown) > 1 else f"{each.why}{settled}"


def _told(episode: Episode) -> Circumstances:
    of_reactive = episode.opened if episode.entry == "reactive" and episode.began == "seen" else NO_DATE
    return Circumstances(
        in_kev=NO_KEV if episode.exploited is None else episode.exploited,
        score=NO_SCORE if episode.score is None else episode.score,
        automatable=NO_AUTOMATABLE,
        starts={"published": episode.stages.published or of_reactive, "known": NOT_KNOWN, "matched": NOT_MATCHED},
        not_seen=NO_ENVIRONMENT,
    )
