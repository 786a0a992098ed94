"""A proposed test climbs its ladder: steady, of its own words, and it notices what the tests of base let pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import get_args

from msgspec import Struct

from outpace.app import test_brittle as brittle
from outpace.app.climb import Climbed, Rungs
from outpace.app.climb_runs import STEADY, Tree, outcomes
from outpace.app.test_mutants import How, Suite, try_mutants
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.proving.ladder import capabilities, copies, parses, rungs, shape, worth
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.rewrites import rewritten
from outpace.proving.ladder.worth import Noticed, powers_of_tests
from outpace.proving.tasks import Task
from outpace.testing.brittle.records import Brittleness, Kind
from outpace.testing.mending.change import pytest_words
from outpace.testing.mutants.targets import Chosen
from outpace.testing.mutants.trial import Killed, Survived, Trial, Tried, Unreached
from outpace.testing.told import GREEN, RED

KINDS: tuple[Kind, ...] = tuple(
    each for each in get_args(Kind) if each not in ("slow", "optimize", "warnings", "over-specified")
)
PASSED = "passed"
SEEDS = ("1", "2", "3")
WHEN = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""The clock is set forth and back from here, so that the same test has the same proof on every day."""
DESCRIBED = {
    "order": "in another order of the tests",
    "alone": "when it runs alone",
    "twice": "when it runs twice",
    "hash-seed": "under another hash seed",
    "clock": "at another time",
    "time-zone": "in another time zone",
    "locale": "in another locale",
    "network": "without a network",
    "directory": "from another directory",
    "environment": "with other environment variables",
    "randomness": "with other random values",
}


class TestGround(Struct, frozen=True, kw_only=True):
    """`another` gives one more copy of the change; `texts` are the files of base that are text; `files` tells what lies
    in a tree now, by path and digest."""

    __test__ = False
    base: Tree
    change: Tree
    another: Callable[[], Tree]
    words: tuple[str, ...]
    texts: Mapping[str, str]
    files: Callable[[Tree], Mapping[str, str]]
    own: Own = lambda _: None
    whole: bool = False
    report: Callable[[str], None] = lambda _: None


def climb_test(task: Task, patch: Patch, ground: TestGround) -> Climbed:
    """Of a task of kind test."""
    return _Climb(task, patch, ground).climbed()


class _Climb:
    def __init__(self, task: Task, patch: Patch, ground: TestGround) -> None:
        self.task, self.patch, self.ground = task, patch, ground
        self.rungs = Rungs(whole=ground.whole)
        self.new = {
            file.path: file.after.decode("utf-8", "replace")
            for file in patch.files
            if file.after is not None and file.is_python
        }
        self.words = (*pytest_words(ground.words, (), ground.texts), *self.new)
        self.chosen = subjects_of(task.subject)
        self.before: Mapping[str, str] = {}
        self.tests: tuple[str, ...] = ()

    def climbed(self) -> Climbed:
        check, granted = self.rungs.check, self._granted()
        check(rungs.SHAPE, lambda: shape.judge(self.patch, self.task.limits))
        check(rungs.PARSES, lambda: parses.judge(self.patch))
        check(rungs.CAPABILITIES, lambda: capabilities.judge(self.patch, self.ground.own, granted=granted))
        check(rungs.NO_COPY, lambda: copies.judge(self.new, self._subject()))
        check(rungs.GREEN_AGAIN, self._green)
        check(rungs.LEAVES_NOTHING, lambda: left_behind(self.before, self.ground.files(self.ground.change)))
        check(rungs.KILLS, self._kills)
        check(rungs.REWRITTEN, self._rewritten)
        return self.rungs.climbed(rungs.TEST_TELLING)

    def _granted(self) -> frozenset[str]:
        subject = [each.path for each in self.chosen]
        return frozenset(self.task.granted) | powers_of_tests(self.ground.texts, self.ground.own, subject)

    def _subject(self) -> dict[str, str]:
        return {each.path: self.ground.texts.get(each.path, "") for each in self.chosen}

    def _green(self) -> Result:
        self.before = self.ground.files(self.ground.change)
        self.ground.report("running the new tests, again and again")
        for seed in SEEDS:
            found = outcomes(self.ground.change, self.words, env={**STEADY, "PYTHONHASHSEED": seed})
            if isinstance(found, Unknown):
                return CheckUndecided(f"no result of the new tests: {found.why}", found.would_settle)
            red = next(((test, result) for test, result in found.items() if result.outcome != PASSED), None)
            if red is not None:
                said = red[1].message if red[1].outcome in RED else f"it is {red[1].outcome}"
                return Failed(f"{red[0]} does not pass: {said[:160]}")
            if self.tests and tuple(found) != self.tests:
                return Failed(f"the tests are not the same in each run: {len(self.tests)} of them, then {len(found)}")
            self.tests = tuple(found)
        return self._steady(self.tests)

    def _steady(self, tests: Sequence[str]) -> Result:
        """By what `outpace test brittle` does to them."""

        def inside() -> tuple[object, str]:
            tree = self.ground.another()
            return tree.inside, str(tree.root)

        suite = brittle.Suite(inside=inside, words=self.words)  # type: ignore[arg-type]
        told = brittle.provoked(suite, brittle.Asked(kinds=KINDS), now=WHEN)
        if isinstance(told, Unknown):
            return CheckUndecided(f"whether they are steady is not known: {told.why}", told.would_settle)
        return _steadiness(told, tests)

    def _kills(self) -> Result:
        self.ground.report("trying mutants of the named code with the tests of base, then with the new ones")
        if not self.chosen:
            return CheckUndecided("the task names no code", "subject = [path::function]")
        before = try_mutants(_suite(self.ground.base, self.ground.words), self.chosen, How())
        after = try_mutants(_suite(self.ground.change, self.words), self.chosen, How(killers=max(1, len(self.tests))))
        found = noticed(before, after)
        return found if isinstance(found, CheckUndecided) else worth.judge(found, self.tests)

    def _rewritten(self) -> Result:
        tree = self.ground.another()
        private = not any(
            function.rpartition(".")[2].startswith("_") for each in self.chosen for function in each.functions or ()
        )
        texts = {path: rewritten(text, private=private) for path, text in self._subject().items()}
        told = {path: text for path, text in texts.items() if text is not None}
        if not told:
            return CheckUndecided("the named code cannot be written in another way by rule")
        for path, text in told.items():
            (tree.root / path).write_text(text, encoding="utf-8")
        found = outcomes(tree, self.words)
        if isinstance(found, Unknown):
            return CheckUndecided(f"no result on the rewritten code: {found.why}", found.would_settle)
        red = next((test for test, result in found.items() if result.outcome not in GREEN), None)
        if red is not None:
            return Failed(
                f"{red} fails on the same code with other local and private names, so it tests how it is written"
            )
        return Passed(f"green on {', '.join(told)} with other names and lines")


def subjects_of(named: Iterable[str]) -> tuple[Chosen, ...]:
    """`path::function` by their files; a path alone is all of it."""
    functions: dict[str, list[str]] = {}
    whole: set[str] = set()
    for each in named:
        path, _, function = each.partition("::")
        functions.setdefault(path, [])
        if function:
            functions[path].append(function)
        else:
            whole.add(path)
    return tuple(
        Chosen(path=path, functions=None if path in whole else tuple(names)) for path, names in functions.items()
    )


def noticed(before: Trial, after: Trial) -> Noticed | CheckUndecided:
    """Mutants that live with the tests of base, as the new ones see them."""
    for side, trial in (("the tests of base", before), ("the new tests", after)):
        if trial.doubt is not None:
            why = f"mutants could not be tried with {side}: {trial.doubt.why}"
            return CheckUndecided(why, trial.doubt.would_settle)
    alive = {_name(each) for each in before.tried if isinstance(each.verdict, Survived | Unreached)}
    here = [each for each in after.tried if _name(each) in alive]
    killed = [each.mutant for each in here if _how(each) == "assertion"]
    verdicts = (each.verdict for each in after.tried)
    kills = (kill.test for verdict in verdicts if isinstance(verdict, Killed) for kill in verdict.kills)
    first = next(iter(killed), None)
    return Noticed(
        alive=len(alive),
        killed=len(killed),
        crashed=sum(_how(each) == "exception" for each in here),
        missed=sum(isinstance(each.verdict, Survived) for each in here),
        killers=tuple(dict.fromkeys(kills)),
        first=f"in {first.function}, line {first.line}: {first.before} to {first.after}" if first else "",
    )


def _how(tried: Tried) -> str:
    """An assertion, where one of the tests has one that fails; an end by anything else is an exception."""
    if not isinstance(tried.verdict, Killed):
        return ""
    return "assertion" if any(kill.how == "assertion" for kill in tried.verdict.kills) else "exception"


def left_behind(before: Mapping[str, str], after: Mapping[str, str]) -> Result:
    other = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    if other:
        more = f", and {len(other) - 1} more" if len(other) > 1 else ""
        return Failed(f"{other[0]} is another file after the tests{more}")
    return Passed("the files of the project are as they were")


def _steadiness(told: Brittleness, tests: Sequence[str]) -> Result:
    if told.flaky:
        return Failed(f"{told.flaky[0]} does not give the same result twice")
    finding = next((each for each in told.findings if each.flip.sure), None)
    if finding is not None:
        return Failed(f"{finding.test} is red {DESCRIBED.get(finding.flip.kind, finding.flip.kind)}")
    if told.red:
        return CheckUndecided(f"{told.red[0]} is red while it is looked into")
    if told.doubts:
        return CheckUndecided(f"whether they are steady is not known: {told.doubts[0].unknown.why}")
    return Passed(f"{counted(len(tests), 'new test')}, green under {len(SEEDS)} hash seeds and {len(KINDS)} conditions")


def _suite(tree: Tree, words: tuple[str, ...]) -> Suite:
    return Suite(inside=tree.inside, root=str(tree.root), words=words)


def _name(tried: Tried) -> tuple[str, str]:
    return tried.path, tried.mutant.id
