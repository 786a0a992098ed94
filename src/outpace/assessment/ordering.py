"""In which order steps are taken, and which of them are called a saving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from outpace.assessment.plan import Lever, StageName, StageTime, Step

HALF = 0.5
SERVED: Mapping[StageName, frozenset[Lever]] = MappingProxyType(
    {
        "until the first commit": frozenset({"landing bot"}),
        "on the branch": frozenset({"urgent lane"}),
        "until it landed": frozenset({"landing bot", "urgent lane"}),
        "until a tag": frozenset({"staging", "gates"}),
    }
)
"""What shortens which stage; nobody can act before the advisory."""
ON_TESTS = frozenset[Lever]({"landing bot", "urgent lane"})  # what lands alone


def ordered(steps: Sequence[Step], stages: Sequence[StageTime]) -> tuple[Step, ...]:
    """By days surely saved for the effort, then what is not known, and last what may save nothing.

    Before all of them goes the step for a wait of at least half of the days, where what it saves is not known: else a
    small number would hide a large one that nobody can tell. Tests go right before what rests on them.
    """
    inorder = sorted(steps, key=lambda step: (-_surely(step), -_per_day(step)))
    wait = longest_after(stages)
    first = next((step for step in inorder if wait and step.saves is None and step.lever in SERVED[wait.name]), None)
    if first is not None:
        inorder.remove(first)
        inorder.insert(0, replace(first, because=f"{first.because} {_ahead(inorder)}"))
    return tuple(map(_told, _tests_first(inorder)))


def longest_after(stages: Sequence[StageTime]) -> StageTime | None:
    """The stage after the advisory that holds at least half of what is waited from there on, as it is lately."""
    after = [(_lately(stage), stage) for stage in stages if stage.name in SERVED]
    share, most = max(after, key=lambda each: each[0], default=(0.0, None))
    return most if most is not None and share >= HALF * sum(each for each, _ in after) > 0 else None


def _lately(stage: StageTime) -> float:
    """Its share; of a wait that is over, as much less as its median became."""
    if not stage.is_over or stage.lately is None:
        return stage.share
    return stage.share * (stage.lately.median.value or 0.0) / (stage.median.value or 1.0)


def is_served(stage: StageTime, steps: Sequence[Step]) -> bool:
    return any(step.lever in SERVED[stage.name] for step in steps)


def _ahead(others: Sequence[Step]) -> str:
    first = " and goes first" if others else ""
    return f"It is for the longest wait{first}, although what it saves cannot be estimated."


def _surely(step: Step) -> int:
    return 1 if step.saves is None else 2 if (step.saves.low or 0.0) > 0 else 0


def _per_day(step: Step) -> float:
    return 0.0 if step.saves is None else (step.saves.value or 0.0) / step.effort_days


def _tests_first(steps: list[Step]) -> list[Step]:
    tests = next((step for step in steps if step.lever == "tests"), None)
    resting = next((at for at, step in enumerate(steps) if step.lever in ON_TESTS), None)
    if tests is not None and resting is not None and steps.index(tests) > resting:
        steps.remove(tests)
        steps.insert(resting, tests)
    return steps


def _told(step: Step) -> Step:
    """An interval that reaches 0 is no saving, and is said to be none."""
    if step.saves is None or _surely(step) > 0:
        return step
    low, high = step.saves.low or 0.0, step.saves.high
    bounds = f"from {low:.1f} days an episode on" if high is None else f"{low:.1f} to {high:.1f} days an episode"
    return replace(step, saves=None, why=f"it cannot be told from nothing ({bounds}, simulated)")
