"""A proposed change climbs the ladder: what needs no process first, then its trial in the sandbox, then the tests."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from outpace.app import climb_findings
from outpace.app.climb_runs import Tree, compared
from outpace.app.climb_trial import Tried, missed_by_tests, trial
from outpace.model.proof import Check, CheckUndecided, Conclusion, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.proving.decide import refuted_already
from outpace.proving.ladder import (
    benign,
    capabilities,
    constants,
    crossed,
    exercised,
    idle,
    marks,
    mixed,
    neighbors,
    parses,
    promised,
    rungs,
    shape,
    stretched,
    twins,
    undoing,
    witness,
)
from outpace.proving.ladder.cases import RETURNED, Case, Seen
from outpace.proving.ladder.exercised import Missed
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.looked_up import looked_up
from outpace.proving.ladder.malformed import malformed
from outpace.proving.ladder.own import as_changed
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.remembered import remembered
from outpace.proving.ladder.surroundings import around
from outpace.proving.ladder.transplanted import transplanted
from outpace.proving.ladder.variants import variants
from outpace.proving.tasks import Task


class Ground(Struct, frozen=True, kw_only=True):
    """`tested` is the change with the tests of base. `own` tells the powers of the project's modules at base."""

    base: Tree
    change: Tree
    tested: Tree
    another: Callable[[Patch], Tree]  # base with another patch laid out on it
    words: tuple[str, ...]  # for pytest
    own: Own = lambda _: None
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
        result = Skipped("refuted already") if is_over else _judged(judge)
        self.checks.append(Check(name=name, result=result, by="outpace", seconds=round(time.monotonic() - began, 3)))

    def climbed(self, telling: tuple[str, ...]) -> Climbed:
        return Climbed(checks=tuple(self.checks), conclusion=rungs.conclude(self.checks, telling))


def _judged(judge: Callable[[], Result]) -> Result:
    """What cannot be looked at is no answer: syntax that one reader takes may be too much for the next."""
    try:
        return judge()
    except parses.UNREADABLE as error:
        return CheckUndecided(f"the change cannot be looked at: {error or 'it nests too deep'}", "plainer code")


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
            *remembered(task.witnesses, task.siblings),
        )
        self.twins: tuple[twins.Pair, ...] = ()
        self.stretched: tuple[stretched.Pair, ...] = ()
        self.controls: tuple[Case, ...] = ()
        self.tame = neighbors.tame(task)
        self.marked = marks.marked(task.benign)
        self.swapped = neighbors.swapped(task)
        self.transplanted = transplanted(task)
        self.mixed = mixed.mixed(task.benign, patch)
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
        changed = as_changed(own, self.patch)
        check(rungs.CAPABILITIES, lambda: capabilities.judge(
            self.patch, own, granted=granted, in_tests=in_tests, changed=changed
        ))  # fmt: skip
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
        task = self.task
        self.spliced = (
            *constants.spliced(self.patch, task.witnesses, task.benign, task.siblings),
            *crossed.crossed(self.patch, task.witnesses, task.siblings),
        )
        self.worded = constants.worded(self.patch, task.benign, task.room)
        told = tuple(each for each in self.spliced if witness.needs_base(task.witnesses, each))
        there = neighbors.elsewhere(task, self.patch)
        placed = (each for each in self.variants if each.sort == neighbors.PLACED)
        self.twins = twins.twins(task, (*there, *placed))
        values = constants.triggers(self.patch)
        self.variants = (
            *self.variants,
            *there,
            *around(self.patch, task.witnesses, task.siblings, task.benign, values),
            *looked_up(task.witnesses, task.siblings, values),
        )
        self.stretched = stretched.stretched(task.witnesses, task.siblings, values)
        longer = tuple(each for pair in self.stretched for each in pair)
        self.controls = witness.controls((*self.variants, *self.spliced))
        exploits = (*self.witnesses, *self.variants, *self.transplanted, *longer, *self.controls)
        calls = (*self.benign, *self.tame, *self.mixed, *self.marked, *self.worded, *self.swapped)
        given = (*exploits, *calls)
        self.ground.report(f"trying {len(given)} calls on base")
        paired = tuple(each for pair in self.twins for each in pair)
        self.on_base = trial(self.ground.base, task, (*given, *told, *paired), exercised.taken(self.patch))
        if isinstance(self.on_base, Unknown):
            return CheckUndecided(f"no trial on base: {self.on_base.why}", self.on_base.would_settle)
        cases = (*given, *paired, *self.spliced)
        self.ground.report(f"trying {len(cases)} calls on the change")
        self.on_change = trial(self.ground.change, task, cases, exercised.wanted(self.patch))
        if isinstance(self.on_change, Unknown):
            return CheckUndecided(f"no trial on the change: {self.on_change.why}", self.on_change.would_settle)
        found = witness.judge(task.witnesses, self.witnesses, self.on_base.seen, self.on_change.seen)
        if not isinstance(found, Passed):
            return found
        retyped = witness.retyped(self.witnesses, self.on_base.seen, self.on_change.seen)
        if told := retyped or promised.broken(self.patch):
            return Failed(told)
        return self._optimized() if asserts(self.patch) else found

    def _optimized(self) -> Result:
        """An assertion of the change is no guard where Python runs with -O."""
        tried = trial(self.ground.change, self.task, self.witnesses, {}, {"PYTHONOPTIMIZE": "1"})
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
        told_by = self._telling(self.variants, base, change)
        effective = witness.effective(self.task.witnesses, told_by, base.seen)
        found = witness.judge_variants(self.task.witnesses, effective, told_by, change.seen, base.seen)
        if isinstance(found, Failed):
            return found
        longer = stretched.told(self.task.witnesses, self.stretched, base.seen, change.seen)
        told = longer or witness.judge_twins(self._speaking(base, change), base.seen, change.seen)
        return Failed(told) if told else found

    def _speaking(self, base: Tried, change: Tried) -> list[twins.Pair]:
        ids = {case.id for case in self._telling([one for one, _ in self.twins], base, change)}
        return [pair for pair in self.twins if pair[0].id in ids]

    def _telling(self, cases: Sequence[Case], base: Tried, change: Tried) -> tuple[Case, ...]:
        return witness.telling(self.task.witnesses, cases, self.controls, base.seen, change.seen)

    def _benign(self) -> Result:
        return self._both(self._of_benign)

    def _of_benign(self, base: Tried, change: Tried) -> Result:
        given = benign.judge(self.benign, base.seen, change.seen)
        if not isinstance(given, Passed):
            return given
        asked = self._asked(base, change)
        others = benign.judge_held_out(self.tame, base.seen, change.seen, self._shows, asked=asked)
        mixed_up = mixed.judge(self.mixed, base.seen, change.seen, self._shows)
        told_apart = marks.judge(self.marked, self.benign, base.seen, change.seen)
        found = (given, others, mixed_up, told_apart)
        failed = next((each for each in found if isinstance(each, Failed)), None)
        swapped = benign.judge_swapped(self.swapped, base.seen, change.seen, self._shows, asked)
        if not failed and isinstance(swapped, CheckUndecided):
            return swapped
        return failed or Passed("; ".join(each.evidence for each in found if isinstance(each, Passed)))

    def _asked(self, base: Tried, change: Tried) -> frozenset[tuple[str, str]]:
        words = (*self.tame, *self.worded)
        return benign.asked(words, base.seen, change.seen, constants.brought(self.patch))

    def _shows(self, _: Case, seen: Seen) -> bool:
        return any(witness.effects(each, [seen])[0] for each in self.task.witnesses)

    def _spliced(self) -> Result:
        if not self.task.witnesses:
            return Skipped("no witness is given")
        return self._both(self._of_spliced)

    def _of_spliced(self, base: Tried, change: Tried) -> Result:
        told_by = self._telling(self.spliced, base, change)
        found = witness.judge_spliced(self.task.witnesses, told_by, base.seen, change.seen)
        left = constants.untried(self.patch)
        if left and not isinstance(found, Failed):
            return CheckUndecided(f"{counted(left, 'constant')} of the change came into no input", "a smaller change")
        told = constants.of_witnesses(self.worded, self.task.witnesses)
        asked = self._asked(base, change)
        kept = benign.judge_held_out(told, base.seen, change.seen, self._shows, asked=asked)
        if isinstance(kept, Failed):
            return kept
        others = benign.judge_held_out(self.worded, base.seen, change.seen, self._shows, may_refuse=True, asked=asked)
        return others if isinstance(others, Failed) and not isinstance(found, Failed) else found

    def _tests(self) -> Result:
        return compared(self.ground.base, self.ground.tested, self.ground.words, self.ground.report)

    def _exercised(self) -> Result:
        """What is added ran on the change, with what follows from it, and what is taken away on base."""
        if told := idle.told(self.patch):
            return Failed(told)
        missed = self._missed(self.ground.tested, self.on_change, exercised.wanted)
        added = exercised.judge(self.patch, self._without_refusals(missed) if missed else missed)
        if isinstance(added, Failed | CheckUndecided):
            return added
        gone = exercised.judge_taken(self.patch, self._missed(self.ground.base, self.on_base, exercised.taken))
        if isinstance(gone, Failed | CheckUndecided):
            return gone
        return self._swapped() or added

    def _swapped(self) -> Result | None:
        """What the change sets otherwise, undone by itself, has to be noticed; several that stand for each other, when
        they are undone together."""
        if refuted_already(self.rungs.checks):
            return None
        found = undoing.swaps(self.patch)
        if len(found) > undoing.MOST:
            return CheckUndecided(f"it changes {len(found)} things that were there before", "a smaller change")
        unnoticed: list[undoing.Swap] = []
        for swap in found:
            told = self._noticed((swap,))
            if isinstance(told, CheckUndecided):
                return told
            unnoticed += [] if told else [swap]
        together = self._noticed(unnoticed) if len(unnoticed) > 1 else not unnoticed
        if together:
            return together if isinstance(together, CheckUndecided) else None
        first = unnoticed[0]
        return Failed(f"it changes {first.what} at {first.path}:{first.line}, and nothing that was tried notices")

    def _noticed(self, swaps: Sequence[undoing.Swap]) -> bool | CheckUndecided:
        """Whether anything tells the change from the change without these."""
        what, path = swaps[0].what, swaps[0].path
        self.ground.report(f"undoing {what} of {path}")
        undone = self.ground.another(undoing.undone(self.patch, swaps))
        setups = dict.fromkeys(each.setup for each in (*self.witnesses, *self.benign))
        loads = tuple(Case(id=f"loads-{number}", setup=setup, does="None") for number, setup in enumerate(setups))
        first = trial(undone, self.task, (*loads, *self.witnesses, *self.benign), {}, once=True)
        if isinstance(first, Unknown):
            return CheckUndecided(f"no trial without {what} of {path}: {first.why}", first.would_settle)
        if any(row.state != RETURNED for case in loads for row in first.seen.get(case.id, ())):
            return CheckUndecided(f"without {what}, {path} cannot be loaded", "a change of one thing at a time")
        if self._tells(self.witnesses, self.benign, first):
            return True
        paired = tuple(each for pair in self.twins for each in pair)
        exploits = (*self.variants, *self.transplanted)
        second = trial(undone, self.task, (*exploits, *self.tame, *self.mixed, *paired), {}, once=True)
        match self.on_base, self.on_change, second:
            case Tried() as base, Tried() as change, Tried(seen=seen) if witness.judge_twins(
                self._speaking(base, change), base.seen, seen
            ):
                return True
            case _:
                pass
        return self._tells(exploits, (*self.tame, *self.mixed), second)

    def _tells(self, exploits: Sequence[Case], calls: Sequence[Case], other: Tried | Unknown) -> bool:
        """Whether any case tells this trial from that of the change; so does a trial that comes to nothing."""
        match self.on_change, other:
            case Tried(seen=mine), Tried(seen=theirs):
                told = witness.tells(self.task.witnesses, exploits, mine, theirs)
                return told or benign.tells(calls, mine, theirs)
            case _:
                return True

    def _missed(
        self, side: Tree, tried: Tried | Unknown, lines: Callable[[Patch], Mapping[str, tuple[int, ...]]]
    ) -> tuple[Missed, ...] | None:
        if not isinstance(tried, Tried):
            return None
        if not tried.missed:
            return ()
        return missed_by_tests(side, self.ground.words, lines(self.patch), tried.ran)

    def _without_refusals(self, left: Sequence[Missed]) -> tuple[Missed, ...] | None:
        """A refusal may wait for what no given call has. It is excused where an input that is put together wrongly
        reaches it, and none of these shows an exploit's effect."""
        refusals = exercised.refusals(self.patch, left)
        if not refusals:
            return tuple(left)
        wrongly = malformed(self.task)
        self.ground.report(f"trying {len(wrongly)} inputs that are put together wrongly")
        tried = trial(self.ground.tested, self.task, wrongly, refusals, once=True)
        if isinstance(tried, Unknown):
            return None
        if witness.shows_any(self.task.witnesses, wrongly, tried.seen):
            return tuple(left)
        missed = {(each.path, each.line) for each in tried.missed}
        ran = {(path, line) for path, every in refusals.items() for line in every} - missed
        return tuple(each for each in left if (each.path, each.line) not in ran)


def asserts(patch: Patch) -> bool:
    """Whether it adds an assertion to what is no test."""
    return any(
        isinstance(node, ast.Assert) and node.lineno in file.added
        for file in shape.code(patch)
        for node in ast.walk(ast.parse(file.after or b""))
    )
