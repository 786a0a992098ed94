"""A mended test climbs its ladder: green again, nothing else red, and it notices what it noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from outpace.app.climb import Climbed, Rungs
from outpace.app.climb_runs import STEADY, Tree, compared, outcomes
from outpace.app.climb_tests import SEEDS, left_behind
from outpace.app.test_mutants import How, Suite, try_mutants
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.proving.ladder import capabilities, parses, rungs, shape, weaker
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.worth import powers_of_tests
from outpace.proving.tasks import Task
from outpace.testing.mending.change import pytest_words
from outpace.testing.mending.kills import kills, objection, unchanged
from outpace.testing.mutants.targets import Chosen, product
from outpace.testing.mutants.trial import Trial
from outpace.testing.told import GREEN

SAMPLE = 600
LEAST_KEPT = 0.8
"""Of as many mutants as a test killed of code that changed: their number need not be the same on both sides."""
PERTURBED = ({"TZ": "Asia/Tokyo"}, {"LC_ALL": "C", "COLUMNS": "20", "HOME": "/nonexistent"})


class MendGround(Struct, frozen=True, kw_only=True):
    """`before` are the files as they were when the tests were green; `old` and `new` the texts before and at base."""

    before: Tree
    base: Tree
    change: Tree
    words: tuple[str, ...]
    old: Mapping[str, str]
    new: Mapping[str, str]
    files: Callable[[Tree], Mapping[str, str]]
    own: Own = lambda _: None
    report: Callable[[str], None] = lambda _: None


def climb_mend(task: Task, patch: Patch, ground: MendGround) -> Climbed:
    """Of a task of kind mend; its subject are the ids of tests that are red at base."""
    known = Rungs()
    before: dict[str, str] = {}

    def green() -> Result:
        before.update(ground.files(ground.change))
        return _green(task.subject, ground)

    granted = frozenset(task.granted) | powers_of_tests(ground.new, ground.own)
    known.check(rungs.SHAPE, lambda: shape.judge(patch, task.limits))
    known.check(rungs.PARSES, lambda: parses.judge(patch))
    known.check(rungs.CAPABILITIES, lambda: capabilities.judge(patch, ground.own, granted=granted))
    known.check(rungs.GREEN_AGAIN, green)
    known.check(rungs.TESTS, lambda: compared(ground.base, ground.change, ground.words, ground.report))
    known.check(rungs.LEAVES_NOTHING, lambda: left_behind(before, ground.files(ground.change)))
    known.check(rungs.STRENGTH, lambda: _strength(task.subject, patch, ground))
    return known.climbed(rungs.MEND_TELLING)


def _words(ground: MendGround, tests: Sequence[str], texts: Mapping[str, str]) -> tuple[str, ...]:
    files = tuple(dict.fromkeys(test.partition("::")[0] for test in tests))
    return pytest_words(ground.words, files, texts)


def _green(tests: Sequence[str], ground: MendGround) -> Result:
    """Each was red at base, or there is nothing to mend."""
    words = _words(ground, tests, ground.new)
    at_base = outcomes(ground.base, words, tests)
    if isinstance(at_base, Unknown):
        return CheckUndecided(f"no result of the tests on base: {at_base.why}", at_base.would_settle)
    for test in tests:
        if test in at_base and at_base[test].outcome in GREEN:
            return CheckUndecided(f"{test} is green on base: there is nothing to mend")
    for env in (*({"PYTHONHASHSEED": seed} for seed in SEEDS), *PERTURBED):
        found = outcomes(ground.change, words, tests, {**STEADY, **env})
        if isinstance(found, Unknown):
            return CheckUndecided(f"no result of the mended tests: {found.why}", found.would_settle)
        for test in tests:
            if test not in found or found[test].outcome not in GREEN:
                said = found[test].message[:160] if test in found else "it is not there any more"
                return Failed(f"{test} is not green with {', '.join(f'{k}={v}' for k, v in env.items())}: {said}")
    return Passed(f"{counted(len(tests), 'test')} green in {len(SEEDS) + len(PERTURBED)} runs")


def _strength(tests: Sequence[str], patch: Patch, ground: MendGround) -> Result:
    """By its assertions, then by mutants of the modules that a test could reach: on the code as it was with the old
    test, and on the new one."""
    if told := weaker.told(patch):
        return Failed(told)
    ground.report("trying mutants with the tests as they were and as they are")
    old, new = (_code(texts) for texts in (ground.old, ground.new))
    before = _trial(ground, ground.before, tests, old, ground.old)
    after = _trial(ground, ground.change, tests, new, ground.new)
    for trial in (before, after):
        if trial.doubt is not None:
            return CheckUndecided(f"mutants could not be tried: {trial.doubt.why}", trial.doubt.would_settle)
    same = unchanged(old, new)
    for test in tests:
        was, is_ = kills(before, test, same), kills(after, test, same)
        if said := objection(was, is_, only_imports=False):
            return Failed(f"{test}: {said}")
        if len(is_.changed) < LEAST_KEPT * len(was.changed):
            told = f"{len(is_.changed)} mutants of the changed code, and it killed {len(was.changed)} before"
            return Failed(f"{test} kills {told}")
    return Passed("every mutant of unchanged code that they killed is killed still, and some of the changed code are")


def _trial(
    ground: MendGround, tree: Tree, tests: Sequence[str], code: Mapping[str, str], texts: Mapping[str, str]
) -> Trial:
    suite = Suite(inside=tree.inside, root=str(tree.root), words=_words(ground, tests, texts))
    return try_mutants(suite, (Chosen(path=path) for path in code), How(sample=SAMPLE, killers=len(tests)))


def _code(texts: Mapping[str, str]) -> dict[str, str]:
    return {path: texts[path] for path in product(texts)}
