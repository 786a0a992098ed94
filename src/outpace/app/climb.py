"""A proposed change climbs the ladder: what needs no process first, then its trial in the sandbox, then the tests."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, structs

from outpace.app import climb_findings
from outpace.app.climb_runs import RUNS, SECONDS, STEADY, Tree, compared
from outpace.model.proof import Check, CheckUndecided, Conclusion, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.proving.decide import refuted_already
from outpace.proving.ladder import benign, capabilities, constants, exercised, neighbors, parses, rungs, shape, witness
from outpace.proving.ladder.cases import Case, Returns, Seen, TakesLong
from outpace.proving.ladder.exercised import Missed
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.variants import variants
from outpace.proving.tasks import Task
from outpace.testing.ports import Told
from outpace.testing.told import rows_of

Instructions: TypeAlias = tuple[tuple[str, str, int, int], ...]
"""Path, name of the code, its first line, and where in it."""


class Ground(Struct, frozen=True, kw_only=True):
    """`tested` is the change with the tests of base. `own` tells the powers of the project's modules at base."""

    base: Tree
    change: Tree
    tested: Tree
    words: tuple[str, ...]  # for pytest
    own: capabilities.Own = lambda _: None
    in_tests: frozenset[str] = frozenset()  # powers that tests have
    find: climb_findings.Find | None = None  # with the task's analyzer
    seed: int = 0
    whole: bool = False
    report: Callable[[str], None] = lambda _: None


class Climbed(Struct, frozen=True, kw_only=True):
    checks: tuple[Check, ...]
    conclusion: Conclusion


class Rungs:
    """Checks as they are made: behind the first that fails, none that costs is, unless the `whole` ladder is asked for:
    an exam of the ladder wants to know what each rung says."""

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole
        self.checks: list[Check] = []

    def check(self, name: str, judge: Callable[[], Result]) -> None:
        began = time.monotonic()
        is_over = not self.whole and refuted_already(self.checks)
        result = Skipped("refuted already") if is_over else judge()
        self.checks.append(Check(name=name, result=result, by="outpace", seconds=round(time.monotonic() - began, 3)))

    def climbed(self, telling: tuple[str, ...]) -> Climbed:
        return Climbed(checks=tuple(self.checks), conclusion=rungs.conclude(self.checks, telling))


class Tried(Struct, frozen=True, kw_only=True):
    """Case -> what was seen of it; instructions that ran, by their file's path; lines of which some did not."""

    seen: Mapping[str, Sequence[Seen]]
    ran: Instructions = ()
    missed: tuple[Missed, ...] = ()


class Row(Struct, frozen=True, kw_only=True):
    """One row of `outpace.inside.exercising`."""

    seen: Seen | None = None
    ran: Instructions = ()
    missed: Missed | None = None


def climb(task: Task, patch: Patch, ground: Ground) -> Climbed:
    """The rungs in their order; behind the first that fails, none that costs is climbed."""
    return _Climb(task, patch, ground).climbed()


class _Climb:
    def __init__(self, task: Task, patch: Patch, ground: Ground) -> None:
        self.task, self.patch, self.ground = task, patch, ground
        self.rungs = Rungs(whole=ground.whole)
        witnesses, calls = enumerate(task.witnesses), enumerate(task.benign)
        self.witnesses = tuple(Case(id=f"witness-{n}", setup=e.setup, does=e.does, of=n) for n, e in witnesses)
        self.benign = tuple(Case(id=f"benign-{n}", setup=e.setup, does=e.does) for n, e in calls)
        self.variants: tuple[Case, ...] = (
            *variants(task.witnesses, task.siblings, seed=ground.seed),
            *neighbors.beside(task),
        )
        self.twins = neighbors.twins(task)
        self.tame = neighbors.tame(task)
        self.spliced: tuple[Case, ...] = ()
        self.worded: tuple[Case, ...] = ()
        self.on_base: Tried | Unknown = Unknown("it was not tried")
        self.on_change: Tried | Unknown = Unknown("it was not tried")

    def climbed(self) -> Climbed:
        check = self.rungs.check
        check(rungs.SHAPE, lambda: shape.judge(self.patch, self.task.limits))
        check(rungs.PARSES, lambda: parses.judge(self.patch))
        granted = frozenset(self.task.granted)
        own, in_tests = self.ground.own, self.ground.in_tests
        check(rungs.CAPABILITIES, lambda: capabilities.judge(self.patch, own, granted=granted, in_tests=in_tests))
        check(rungs.FINDING, self._finding)
        check(rungs.WITNESS, self._witness)
        check(rungs.TESTS, self._tests)
        check(rungs.VARIANTS, self._variants)
        check(rungs.BENIGN, self._benign)
        check(rungs.EXERCISED, self._exercised)
        check(rungs.SPLICED, self._spliced)
        return self.rungs.climbed(rungs.TELLING)

    def _finding(self) -> Result:
        ground = self.ground
        return climb_findings.judged(self.task, self.patch, ground.base, ground.change, ground.find, ground.report)

    def _witness(self) -> Result:
        """Both trials at once, since what the later rungs ask costs little more than the process."""
        self.spliced = constants.spliced(self.patch, self.task.witnesses, self.task.benign)
        self.worded = constants.worded(self.patch, self.task.benign)
        told = tuple(each for each in self.spliced if isinstance(self.task.witnesses[each.of].exploited, Returns))
        self.variants = (*self.variants, *neighbors.elsewhere(self.task, self.patch))
        given = (*self.witnesses, *self.variants, *self.benign, *self.tame, *self.worded)
        self.ground.report(f"trying {len(given)} calls on base")
        self.on_base = _tried(self.ground.base, self.task, (*given, *told), exercised.taken(self.patch))
        if isinstance(self.on_base, Unknown):
            return CheckUndecided(f"no trial on base: {self.on_base.why}", self.on_base.would_settle)
        cases = (*given, *(each for pair in self.twins for each in pair), *self.spliced)
        self.ground.report(f"trying {len(cases)} calls on the change")
        self.on_change = _tried(self.ground.change, self.task, cases, exercised.wanted(self.patch))
        if isinstance(self.on_change, Unknown):
            return CheckUndecided(f"no trial on the change: {self.on_change.why}", self.on_change.would_settle)
        found = witness.judge(self.task.witnesses, self.witnesses, self.on_base.seen, self.on_change.seen)
        return self._optimized() if isinstance(found, Passed) and asserts(self.patch) else found

    def _optimized(self) -> Result:
        """An assertion of the change is no guard where Python runs with -O."""
        tried = _tried(self.ground.change, self.task, self.witnesses, {}, {"PYTHONOPTIMIZE": "1"})
        if isinstance(tried, Unknown):
            return CheckUndecided(f"no trial with -O: {tried.why}", tried.would_settle)
        assert isinstance(self.on_base, Tried)
        found = witness.judge(self.task.witnesses, self.witnesses, self.on_base.seen, tried.seen)
        return Failed(f"where Python runs with -O: {found.evidence}") if isinstance(found, Failed) else found

    def _both(self, judge: Callable[[Tried, Tried], Result]) -> Result:
        match self.on_base, self.on_change:
            case Tried() as base, Tried() as change:
                return judge(base, change)
            case _:
                return CheckUndecided("there was no trial of both")

    def _variants(self) -> Result:
        if not self.task.witnesses:
            return Skipped("no witness is given")
        return self._both(self._of_variants)

    def _of_variants(self, base: Tried, change: Tried) -> Result:
        if told := witness.judge_twins(self.twins, change.seen):
            return Failed(told)
        effective = witness.effective(self.task.witnesses, self.variants, base.seen)
        return witness.judge_variants(self.task.witnesses, effective, self.variants, change.seen)

    def _benign(self) -> Result:
        return self._both(self._of_benign)

    def _of_benign(self, base: Tried, change: Tried) -> Result:
        given = benign.judge(self.benign, base.seen, change.seen)
        if not isinstance(given, Passed):
            return given
        others = benign.judge_held_out(self.tame, base.seen, change.seen, self._shows)
        told = f"; {others.evidence}" if isinstance(others, Passed) else ""
        return others if isinstance(others, Failed) else Passed(given.evidence + told)

    def _shows(self, _: Case, seen: Seen) -> bool:
        return any(witness.effects(each, [seen])[0] for each in self.task.witnesses)

    def _spliced(self) -> Result:
        if not self.task.witnesses:
            return Skipped("no witness is given")
        return self._both(self._of_spliced)

    def _of_spliced(self, base: Tried, change: Tried) -> Result:
        found = witness.judge_spliced(self.task.witnesses, self.spliced, base.seen, change.seen)
        others = benign.judge_held_out(self.worded, base.seen, change.seen, self._shows, may_refuse=True)
        return others if isinstance(others, Failed) and not isinstance(found, Failed) else found

    def _tests(self) -> Result:
        return compared(self.ground.base, self.ground.tested, self.ground.words, self.ground.report)

    def _exercised(self) -> Result:
        """What is added ran on the change, and what is taken away on base."""
        added = exercised.judge(self.patch, self._missed(self.ground.tested, self.on_change, exercised.wanted))
        if isinstance(added, Failed | CheckUndecided):
            return added
        gone = exercised.judge_taken(self.patch, self._missed(self.ground.base, self.on_base, exercised.taken))
        return gone if isinstance(gone, Failed | CheckUndecided) else added

    def _missed(
        self, side: Tree, tried: Tried | Unknown, lines: Callable[[Patch], Mapping[str, tuple[int, ...]]]
    ) -> tuple[Missed, ...] | None:
        if not isinstance(tried, Tried):
            return None
        if not tried.missed:
            return ()
        return missed_by_tests(side, self.ground.words, lines(self.patch), tried.ran)


def asserts(patch: Patch) -> bool:
    """Whether it adds an assertion to what is no test."""
    return any(
        isinstance(node, ast.Assert) and node.lineno in file.added
        for file in shape.code(patch)
        for node in ast.walk(ast.parse(file.after or b""))
    )


def _tried(
    side: Tree,
    task: Task,
    cases: Sequence[Case],
    lines: Mapping[str, tuple[int, ...]],
    env: Mapping[str, str] = {},
) -> Tried | Unknown:
    request = {
        "cases": [
            [case.id, case.setup, case.does, *_how(case, task), _room(case), case.times, case.linked] for case in cases
        ],
        "room": [[each.path, each.content] for each in task.room],
        "decoys": (*task.decoys, neighbors.OTHER_PROGRAM) if task.decoys else (),
        "lines": _absolute(side, lines),
    }
    told = side.inside.ask("exercising.cases", request, seconds=SECONDS, env={**STEADY, **env})
    return _read(side, told)


def _room(case: Case) -> list[tuple[str, str]]:
    return [(each.path, each.content) for each in case.room]


def _how(case: Case, task: Task) -> tuple[int, bool, float]:
    """How often, whether in one process with others, and for how many seconds at most. What is given runs alone, again
    and again; of what is made of it one effect is enough, and it is many, but for calls that are compared. Where time
    is the effect, that is told of one alone, and twice that time is enough."""
    kind = case.id.partition("-")[0]
    compared = kind in ("benign", "tame", "worded")
    exploited = task.witnesses[case.of].exploited if task.witnesses and not compared else None
    if isinstance(exploited, TakesLong):
        return (1 if case.sort else RUNS), False, 2 * exploited.seconds
    if not case.sort:
        return RUNS, False, 0.0
    return (2 if kind in ("tame", "worded", "twin") else 1), case.times == 1, 0.0


def _absolute(side: Tree, lines: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    return {str(side.root / path): numbers for path, numbers in lines.items()}


def _read(side: Tree, told: Told) -> Tried | Unknown:
    rows = rows_of(told, Row, "the trial")
    if isinstance(rows, Unknown):
        return rows
    if told.ended is not None:
        return told.ended
    seen: dict[str, list[Seen]] = {}
    for row in rows:
        if row.seen is not None:
            seen.setdefault(row.seen.case, []).append(row.seen)
    return Tried(
        seen=seen,
        ran=tuple((_relative(side, path), name, first, at) for row in rows for path, name, first, at in row.ran),
        missed=tuple(_missed(side, rows)),
    )


def _missed(side: Tree, rows: Iterable[Row]) -> Iterable[Missed]:
    for row in rows:
        if row.missed is not None:
            yield structs.replace(row.missed, path=_relative(side, row.missed.path))


def _relative(side: Tree, path: str) -> str:
    return path.removeprefix(f"{side.root}/")


def missed_by_tests(
    side: Tree, words: tuple[str, ...], lines: Mapping[str, tuple[int, ...]], ran_already: Instructions = ()
) -> tuple[Missed, ...] | None:
    """What the tests of base do not run either; None where that cannot be told."""
    absolute = _absolute(side, lines)
    ran = [[str(side.root / path), *rest] for path, *rest in ran_already]
    request = {"words": words, "seconds": SECONDS, "lines": absolute, "ran": ran}
    told = side.inside.ask("exercising.suite", request, seconds=SECONDS, env=STEADY)
    rows = rows_of(told, Row, "the run of the tests")
    return None if isinstance(rows, Unknown) or told.ended is not None else tuple(_missed(side, rows))
