"""Which path a repository is on, decided by rules over its signals; what was not seen never makes it surer.

A verdict needs evidence that speaks for it, and no evidence against another. Each rule asks for evidence that is
there, so that less data can only take verdicts away; the one with most outcomes on its side is given, and its
confidence is how many they are. Whatever contradicts it is shown beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from outpace.assessment.attempts import Untangled
from outpace.assessment.chronicle import Chronicle, Horizon
from outpace.assessment.episodes import History
from outpace.assessment.evidence import Evidence, Path, Question
from outpace.assessment.paths import Adoption, Confidence, Stalled, TrueAdoption, UnknownPath, WateredDown
from outpace.assessment.signals.limits import DEFAULT, Limits
from outpace.assessment.signals.material import Material, Signs
from outpace.assessment.signals.reading import read
from outpace.model.words import counted
from outpace.pipelines.surveyed import Survey

YOUNG = timedelta(days=365)  # a path is a direction, and a year is the shortest in which one was seen here
OUTCOMES: dict[Path, frozenset[str]] = {
    "true": frozenset({"latency", "immune-share", "bot-effect", "open-with-fix"}),
    "watered-down": frozenset({"latency", "immune-share", "bot-effect", "open-with-fix"}),
    "stalled": frozenset({"open-with-fix", "immune-share", "activity", "bot-silence"}),
}
BEGUN = frozenset({"ci", "bot", "tests-in-ci", "scans-in-ci", "deployment", "ci-changed", "bot-effect", "bot-silence"})
SILENCES = frozenset({"activity", "bot-silence"})
CAREFUL: tuple[Path, ...] = ("stalled", "watered-down", "true")  # of equally founded ones the one that asks for most
STRENGTHS = ("outcome", "practice", "ceremony")
Speaking: TypeAlias = Callable[[str], bool]


class Found(Struct, frozen=True, kw_only=True):
    """The slugs of what is there, and of what speaks for each path."""

    there: frozenset[str]
    speaks: dict[Path, frozenset[str]]
    practices: dict[Path, int]


def path_of(
    chronicle: Chronicle,
    history: History,
    survey: Survey | None,
    untangled: Untangled,
    *,
    at: datetime,
    data_until: datetime | None = None,
    limits: Limits = DEFAULT,
) -> Adoption:
    """Signals and decision in one. `data_until` is the cut-off of the advisory data."""
    material = Material(
        chronicle=chronicle,
        history=history,
        survey=survey,
        untangled=untangled,
        at=at,
        data_until=data_until,
        limits=limits,
    )
    return decide(read(material), chronicle.horizon, at=at, limits=limits)


def decide(signs: Signs, horizon: Horizon, *, at: datetime, limits: Limits = DEFAULT) -> Adoption:
    """Total: every input has an answer, and the order of the evidence does not matter."""
    evidence = tuple(sorted(signs.evidence, key=_weight))
    questions = tuple(sorted(signs.questions, key=lambda q: (q.what, q.why, q.would_settle)))
    unseen = _too_little(signs, horizon, limits)
    if unseen is not None:
        return UnknownPath(why=unseen.why, evidence=evidence, questions=(unseen, *questions))
    found = _found(evidence)
    eligible: list[Path] = [path for path in CAREFUL if RULES[path](found)]
    if not eligible:
        between = _between(found)
        return UnknownPath(why=between.why, evidence=evidence, questions=(between, *questions))
    questions = (*questions, *_silence(found))
    path = max(eligible, key=lambda p: (len(found.speaks[p] & OUTCOMES[p]), -CAREFUL.index(p)))
    sure = _confidence(len(found.speaks[path] & OUTCOMES[path]), firm=_firm(signs, at, limits))
    return _verdict(path, evidence, sure, questions)


def _weight(evidence: Evidence) -> tuple[int, bool, str, str, str, str, str]:
    """Outcomes first, then what speaks for a path; the rest only makes the order always the same."""
    strength, silent = STRENGTHS.index(evidence.strength), evidence.speaks_for is None
    rest = (str(evidence.speaks_for), evidence.says, evidence.misreading, repr(evidence.where))
    return strength, silent, evidence.signal, *rest


def _too_little(signs: Signs, horizon: Horizon, limits: Limits) -> Question | None:
    """What no verdict stands without: a history that is not cut, with lock files and advisories that met them."""
    what = "which path this repository is on"
    if horizon.shallow:
        return Question(
            what=what,
            why=f"the clone is shallow: its history is cut after {counted(horizon.landings, 'change')}",
            would_settle="git fetch --unshallow",
        )
    if signs.began is None:
        return Question(
            what=what,
            why="no lock file that counts was ever on the default branch, so that no outcome can be read",
            would_settle="a lock file, or an inventory of what is deployed",
        )
    if signs.episodes < limits.fewest:
        return Question(
            what=what,
            why=f"{counted(signs.episodes, 'exposure')} began with an advisory; below {limits.fewest} no median is "
            "enclosed",
            would_settle="more history, or more recent advisory data",
        )
    return None


def _found(evidence: Sequence[Evidence]) -> Found:
    return Found(
        there=frozenset(e.signal for e in evidence),
        speaks={p: frozenset(e.signal for e in evidence if e.speaks_for == p) for p in CAREFUL},
        practices={
            p: len({e.signal for e in evidence if e.speaks_for == p and e.strength == "practice"}) for p in CAREFUL
        },
    )


def _is_true(found: Found) -> bool:
    """Outcomes alone make it true: fast, and a second outcome says the same."""
    return "latency" in found.speaks["true"] and len(found.speaks["true"] & OUTCOMES["true"]) > 1


def _is_watered_down(found: Found) -> bool:
    """Something was begun, and the outcome is slow, did not follow, or two practices and an outcome say so."""
    if not found.there & BEGUN:
        return False
    speaks = found.speaks["watered-down"]
    outcomes = len(speaks & OUTCOMES["watered-down"])
    return bool(speaks & {"latency", "bot-effect"}) or bool(outcomes and found.practices["watered-down"] > 1)


def _is_stalled(found: Found) -> bool:
    """Something was begun, went silent, and what is open with a fix grew meanwhile."""
    speaks = found.speaks["stalled"]
    return bool(found.there & BEGUN) and bool(speaks & SILENCES) and "open-with-fix" in speaks


RULES: dict[Path, Callable[[Found], bool]] = {
    "stalled": _is_stalled,
    "watered-down": _is_watered_down,
    "true": _is_true,
}


def _between(found: Found) -> Question:
    if not found.there & BEGUN:
        return Question(
            what="whether adoption was begun",
            why="neither CI nor an update bot is in the repository: none of the three paths begins there",
            would_settle="the name of the service that builds it",
        )
    spoken = ((path, sorted(found.speaks[path] & OUTCOMES[path])) for path in CAREFUL)
    says = "; ".join(f"for {path}: {', '.join(slugs)}" for path, slugs in spoken if slugs) or "none speaks for one"
    return Question(
        what="which of the three paths it is",
        why=f"the outcomes lie between the paths ({says})",
        would_settle="another half year, or thresholds of your own",
    )


def _silence(found: Found) -> tuple[Question, ...]:
    """Git does not tell why nothing lands."""
    if "activity" not in found.speaks["stalled"]:
        return ()
    return (
        Question(
            what="whether this repository was finished, archived or moved",
            why="nothing by people landed for a year",
            would_settle="word of those who own it",
        ),
    )


def _firm(signs: Signs, at: datetime, limits: Limits) -> bool:
    return signs.episodes >= limits.firm and signs.began is not None and at - signs.began >= YOUNG


def _confidence(outcomes: int, *, firm: bool) -> Confidence:
    """By how many outcomes say the same; few episodes and a young history never give more than low."""
    if not firm or outcomes < 2:
        return "low"
    return "high" if outcomes > 3 else "medium"


def _verdict(path: Path, evidence: tuple[Evidence, ...], sure: Confidence, questions: tuple[Question, ...]) -> Adoption:
    match path:
        case "true":
            return TrueAdoption(evidence=evidence, confidence=sure, questions=questions)
        case "watered-down":
            return WateredDown(evidence=evidence, confidence=sure, questions=questions)
        case "stalled":
            return Stalled(evidence=evidence, confidence=sure, questions=questions)
