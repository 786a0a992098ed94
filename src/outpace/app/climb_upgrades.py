"""Code for an upgrade climbs its ladder: its own rungs, then the proof of the upgrade with that code on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from outpace.app.climb import Climbed, Rungs
from outpace.app.climb_runs import Tree
from outpace.app.climb_trial import missed_by_tests
from outpace.model.application import Application
from outpace.model.proof import Check, CheckUndecided, Proof, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.proving.decide import refuted_already
from outpace.proving.ladder import capabilities, exercised, parses, rungs, shape
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.patch import Patch
from outpace.proving.ports import Built, Environments
from outpace.proving.tasks import Task
from outpace.testing.ports import Inside

OF_THE_UPGRADE = tuple(name for name in rungs.UPGRADE_EXPLAINED if name not in rungs.EXPLAINED)


class UpgradeGround(Struct, frozen=True, kw_only=True):
    """`proof()` is of the upgrade with the change on top, against what was before it; `tested` are those files."""

    application: Application
    proof: Callable[[], Proof]
    environments: Environments
    place: Callable[[Built, Path, Application], Inside]
    tested: Path
    words: tuple[str, ...]
    own: Own = lambda _: None
    report: Callable[[str], None] = lambda _: None


class ClimbedUpgrade(Struct, frozen=True, kw_only=True):
    climbed: Climbed
    proof: Proof | None = None  # None: refuted before it was asked for


def climb_upgrade(task: Task, patch: Patch, ground: UpgradeGround) -> ClimbedUpgrade:
    """Of a task of kind upgrade."""
    known = Rungs()
    granted = frozenset(task.granted)
    known.check(rungs.SHAPE, lambda: shape.judge(patch, task.limits))
    known.check(rungs.PARSES, lambda: parses.judge(patch))
    known.check(rungs.CAPABILITIES, lambda: capabilities.judge(patch, ground.own, granted=granted))
    refuted = refuted_already(known.checks)
    proof = None if refuted else ground.proof()
    known.checks += _skipped() if proof is None else proof.checks
    known.check(rungs.EXERCISED, lambda: _exercised(patch, ground))
    return ClimbedUpgrade(climbed=known.climbed(rungs.UPGRADE_TELLING), proof=proof)


def _skipped() -> Iterator[Check]:
    return (Check(name=name, result=Skipped("refuted already"), by="outpace") for name in OF_THE_UPGRADE)


def _exercised(patch: Patch, ground: UpgradeGround) -> Result:
    """By the suite, in the environment of the upgrade."""
    if not exercised.wanted(patch):
        return exercised.judge(patch, None)
    built = ground.environments.build(ground.tested, ground.application)
    if isinstance(built, Unknown):
        return CheckUndecided(f"no environment to run it in: {built.why}", built.would_settle)
    ground.report("running the suite once more, to see which of the added code runs")
    tree = Tree(root=ground.tested, inside=ground.place(built, ground.tested, ground.application))
    return exercised.judge(patch, missed_by_tests(tree, ground.words, exercised.wanted(patch)))
