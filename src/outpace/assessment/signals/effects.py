"""Signals of what was different after a tool came, and of tools that went silent; no cause is claimed."""

from __future__ import annotations

from collections.abc import Callable

from outpace.assessment.attempts import Attempt, Outcome
from outpace.assessment.counting import of_episodes
from outpace.assessment.evidence import Count, Evidence, Path, Question
from outpace.assessment.signals.limits import Limits
from outpace.assessment.signals.material import Material, Signal, half_landed
from outpace.assessment.tool_names import DEPENDENCY_SCANNERS, UPDATERS
from outpace.model.words import counted


def bot_effect(material: Material) -> Signal | None:
    """Of the first update bot that has enough on either side: what was before a later one is its predecessor's."""
    return _effect(material, "bot-effect", lambda a: a.sort == "bot" and a.name in UPDATERS, flat="watered-down")


def scanner_effect(material: Material) -> Signal | None:
    """A scanner lands nothing, so that no effect speaks for no path."""
    return _effect(
        material, "scanner-effect", lambda a: a.sort == "scanner" and a.name in DEPENDENCY_SCANNERS, flat=None
    )


def _effect(material: Material, slug: str, wanted: Callable[[Attempt], bool], *, flat: Path | None) -> Signal | None:
    limits = material.limits
    came = sorted(filter(wanted, material.untangled.attempts), key=lambda a: (a.introduced, a.name))
    if not came:
        return None
    first = next((each for each in came if _is_enough(each, limits)), came[0])
    before, after = first.before, first.after
    if before is None or after is None or not _is_enough(first, limits):
        return Question(
            what=f"what was different after {first.name} came",
            why=f"{_told(before)} before its introduction on {first.introduced:%Y-%m-%d}, {_told(after)} after it",
            would_settle="lock files from before, or more time",
        )
    return Evidence(
        signal=slug,
        says=f"Since {first.name} came on {first.introduced:%Y-%m-%d}, of {after.episodes} exposures "
        f"{half_landed(after.median)}; of {before.episodes} before, {half_landed(before.median)}.",
        speaks_for=_difference(before, after, limits, flat)
        if material.at - first.introduced >= limits.settled
        else None,
        strength="outcome",
        misreading="Other things changed at the same time: no cause is claimed. A bot that is configured may not be "
        "allowed to land.",
        where=first.where,
        counts=(
            _count(material, f"{after.episodes} exposures", after),
            _count(material, f"{before.episodes} before", before),
        ),
    )


def _count(material: Material, says: str, outcome: Outcome) -> Count:
    return of_episodes(says, (e for e in material.reactive if outcome.holds(e.opened)))


def _is_enough(attempt: Attempt, limits: Limits) -> bool:
    sides = (attempt.before, attempt.after)
    return all(side is not None and side.episodes >= limits.fewest_after for side in sides)


def _told(outcome: Outcome | None) -> str:
    return "nothing" if outcome is None else counted(outcome.episodes, "exposure")


def _difference(before: Outcome, after: Outcome, limits: Limits, flat: Path | None) -> Path | None:
    """Better where the new interval lies below the old median; flat where it lies above it, and is not fast."""
    then, now = before.median, after.median
    if then is None or now is None:
        return None
    if then.value is None:
        return "true" if now.high is not None else None
    if now.high is not None and now.high <= then.value:
        return "true"
    is_slow = now.value is None or now.value > limits.fast_days
    return flat if is_slow and now.low is not None and now.low >= then.value else None


def bot_silence(material: Material) -> Signal | None:
    silent = [a for a in material.untangled.attempts if a.sort == "bot" and a.how == "silent" and a.abandoned]
    if not silent:
        return None
    last = max(silent, key=lambda a: (a.abandoned or a.introduced, a.name))
    return Evidence(
        signal="bot-silence",
        says=f"{last.name} is configured, and no program's change has landed since {last.abandoned:%Y-%m-%d}, "
        "while people's changes did.",
        speaks_for="stalled",
        strength="practice",
        misreading="Somebody may land the bot's changes under a person's name, or another program may have taken over.",
        where=last.where,
    )
