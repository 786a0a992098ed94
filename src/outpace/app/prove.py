"""Prove: what a machine can say of a change, whoever made it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from outpace.app.as_tested import as_tested, missing_services
from outpace.app.locks import deployed_locks, inventory_at, touched_locks
from outpace.app.prove_code import CodeOfChange
from outpace.app.prove_locks import is_same_line, projects, tampered_locks
from outpace.app.prove_question import Question, purpose_of
from outpace.app.prove_runs import Runs, Side, Tools, taken_by
from outpace.app.prove_selected import Looked, Only, chosen_tests, how, notes_of, told, untested
from outpace.model.application import Application
from outpace.model.change import Change, Move
from outpace.model.exposure import Matched
from outpace.model.fact import digest_of
from outpace.model.inventory import Inventory
from outpace.model.probe import Probe
from outpace.model.proof import Check, CheckUndecided, Failed, Passed, Proof, Result, Skipped
from outpace.model.test_run import TestRun
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.proving import imports as importing
from outpace.proving import lock_diff, notes, rematch, suite, wider
from outpace.proving import probe as probing
from outpace.proving.bindings import top_of
from outpace.proving.decide import (
    CAPABILITIES,
    ENVIRONMENT,
    EXERCISED,
    IMPORTS,
    LOCK_DIFF,
    NAMES,
    PARSES,
    PROBE,
    RE_MATCH,
    SUITE,
    conclude,
    refuted_already,
)
from outpace.proving.declared import newly
from outpace.proving.loosened import loosened
from outpace.proving.ports import Built, Environment
from outpace.proving.project_edits import altered, edited
from outpace.proving.staleness import staleness

__all__ = ["Tools", "prove"]

DEPENDENTS_AT_MOST = 40  # packages that are imported since they depend on what moved
One = TypeVar("One")


def prove(
    application: Application,
    base: str,
    revision: str,
    *,
    purpose: Change | None,
    tools: Tools,
    probes: tuple[Probe, ...] = (),
    first: tuple[str, ...] = (),
) -> Proof:
    """Cheapest checks first; once one has failed, the dearer ones are skipped.

    `first` are tests that refuted a candidate before this one: where they are red again, that is the answer.
    """
    with tools.trees.worktree(base) as before, tools.trees.worktree(revision) as after:
        return _Proving(
            application, purpose, probes, tools, _side(tools, base, before), _side(tools, revision, after), first
        ).proof()


def _side(tools: Tools, revision: str, tree: Path) -> Side:
    return Side(revision=revision, tree=tools.trees.tree(revision), files=tree)


class _Proving:
    """One change between two exported revisions, while its checks are made."""

    def __init__(
        self,
        application: Application,
        change: Change | None,
        probes: tuple[Probe, ...],
        tools: Tools,
        base: Side,
        revision: Side,
        first: tuple[str, ...],
    ) -> None:
        self._tested = as_tested(application, tools.trees, base.revision, revision.revision)
        self._application = self._tested.application
        self._purpose = purpose_of(tools.trees, Question(base=base.revision, revision=revision.revision), change)
        self._probes = probes
        self._tools = tools
        self._base = base
        self._revision = revision
        self._revisions = (base.revision, revision.revision)
        self._runs = Runs(tools, self._application)
        self._code = CodeOfChange(tools, self._application, (base, revision), projects(self._application))
        self._first = first
        self._looked: Looked | Unknown | None = None
        self._red: tuple[str, ...] = ()
        self._checks: list[Check] = []

    def proof(self) -> Proof:
        if self._tools.granted is not None:
            self._check(PARSES, "outpace", self._code.parses)
            self._check(CAPABILITIES, "outpace", self._code.capabilities)
        before, after = self._inventories()
        self._components = after.components
        wrong = tampered_locks(self._tools.trees, *self._revisions, before.files)
        alike = partial(is_same_line, self._tools.trees, *self._revisions)
        self._diff = msgspec.structs.replace(lock_diff.difference(before, after, alike), tampered=wrong)
        self._check(LOCK_DIFF, "outpace", self._lock_diff)
        matched = self._tools.rematch(before), self._tools.rematch(after)
        self._coverage = matched[1].coverage
        self._fixes = self._purpose.fixes or rematch.fixed_by(*matched)
        self._check(RE_MATCH, "outpace", lambda: rematch.judge(*matched, self._fixes, self._diff.touched))
        self._environments: tuple[Environment, Environment] = (Unknown("not built"), Unknown("not built"))
        self._also: tuple[str, ...] = ()  # what a second environment of each side holds beside what is usual
        self._wide: tuple[Environment, Environment] | None = None
        self._check(ENVIRONMENT, "uv", self._environment)
        self._check(IMPORTS, "python", self._imports)
        self._check(SUITE, " ".join(self._application.test), self._suite)
        self._check_probes(matched[0])
        if self._tools.granted is not None:
            self._check(EXERCISED, " ".join(self._application.test), self._exercised)
        return self._concluded()

    def _inventories(self) -> tuple[Inventory, Inventory]:
        """Of what is deployed, and of whatever else the change touches: a requirements file of the linters, say."""
        trees = self._tools.trees
        touched = touched_locks(trees, *self._revisions)
        before, after = (inventory_at(trees, self._application, each, touched) for each in self._revisions)
        return before, after

    def _check(self, name: str, by: str, judge: Callable[[], Result]) -> None:
        if refuted_already(self._checks):
            self._checks.append(Check(name=name, result=Skipped("refuted already"), by=by))
            return
        began = time.monotonic()
        self._runs.begin()
        result = judge()
        seconds = round(time.monotonic() - began, 3)
        red = self._red if name == SUITE and isinstance(result, Failed) else ()
        self._checks.append(
            Check(name=name, result=result, by=by, seconds=seconds, cached=self._runs.only_cached, red=red)
        )

    def _lock_diff(self) -> Result:
        result = lock_diff.judge(self._diff, self._purpose)
        trees, revision = self._tools.trees, self._revision.revision
        for lock in deployed_locks(self._application, trees.paths(revision)):
            folder, _, name = lock.rpartition("/")
            if name != "uv.lock" or isinstance(result, Failed):
                continue
            project = trees.read(revision, f"{folder}/pyproject.toml" if folder else "pyproject.toml")
            if why := staleness(trees.read(revision, lock), project):
                return CheckUndecided(f"the lock does not fit its project: {why}", "uv lock, and commit what it writes")
        return self._unless_loosened(result)

    def _unless_loosened(self, result: Result) -> Result:
        """A file that says more freely where its packages come from is for a reader, whatever its pins say."""
        trees, revisions = self._tools.trees, self._revisions
        deployed = {path for each in revisions for path in deployed_locks(self._application, trees.paths(each))}
        files = sorted(path for path in deployed | touched_locks(trees, *revisions) if path.endswith((".txt", ".in")))
        told = loosened(files, *self._reads()) if isinstance(result, Passed) else ""
        return CheckUndecided(told, "somebody who knows why, or a change without it") if told else result

    def _environment(self) -> Result:
        self._environments = self._both(self._runs.environment)
        for side, found in zip(("base", "the change"), self._environments, strict=True):
            if isinstance(found, Unknown):
                return CheckUndecided(f"not built for {side}: {found.why}", found.would_settle)
        one, other = (found for found in self._environments if isinstance(found, Built))
        self._widen(other)
        every = [one, other, *(self._widened() or ())]
        versions = sorted({each.python for each in every})
        again = f", and again with {', '.join(self._also)} for what else moved" if self._widened() else ""
        caveats = "; ".join(dict.fromkeys(caveat for each in every for caveat in each.caveats))
        told = f"built for both with Python {' and '.join(versions)}{again}"
        return Passed(told + (f"; {caveats}" if caveats else ""))

    def _widen(self, change: Built) -> None:
        """Beside the usual environments, not in their place: what a group brings may stand in for what is missing."""
        trees, base = self._tools.trees, self._base.revision
        lock = wider.uv_lock(self._application, trees.paths(base))
        asks = (trees.read(base, path) for path in projects(self._application))
        project = next((content for content in asks if content is not None), None)
        missing = self._absent(change)
        self._also = wider.words(missing, self._components, lock=lock, project=project)
        if self._also:
            self._tools.report(f"what moved is not installed there: building again with {', '.join(self._also)}")
            self._wide = self._both(lambda side: self._runs.environment(side, self._also))
        wide = self._widened()
        if wide is not None and self._absent(wide[1]) == missing:
            self._wide = None

    def _widened(self) -> tuple[Built, Built] | None:
        match self._wide:
            case Built() as one, Built() as other:
                return one, other
            case _:
                return None

    def _built(self) -> tuple[Built, Built] | CheckUndecided:
        match self._environments:
            case Built() as one, Built() as other:
                return one, other
            case _:
                return CheckUndecided("it needs an environment for base and one for the change")

    def _imports(self) -> Result:
        built, wide = self._built(), self._widened()
        if isinstance(built, CheckUndecided):
            return built
        result = self._imported(built)
        if wide is not None:
            result = wider.joined(result, self._imported(wide), self._also)
        missing = wider.named(self._absent((wide or built)[1]))
        sides = zip(("base", "the change"), self._wide or (), strict=False)
        tried = [
            f" ({side} is not built with {', '.join(self._also)}: {found.why})"
            for side, found in sides
            if isinstance(found, Unknown)
        ]
        return importing.with_absent(result, missing, "".join(tried[:1]))

    def _imported(self, built: tuple[Built, Built]) -> Result:
        entry_points = importing.entry_points(self._application)
        moved = frozenset(move.package.name for move in self._diff.moves)
        near, far = zip(*(self._brought(each, moved) for each in built), strict=True)
        tops = frozenset(top_of(module) for modules in (*near, *far) for module in modules) - importing.STRAY
        sides = zip((self._base, self._revision), built, strict=True)
        own = tuple(taken_by(side, self._application, one, tops) for side, one in sides)
        asked = tuple(importing.wanted(entry_points, *each) for each in zip(near, own, strict=True))
        before, after = self._pairwise(self._runs.imports, built, asked)
        result = importing.judge(before, after, entry_points=entry_points, modules=near[1], own=own[1])
        return importing.without(result, far[1])

    def _brought(self, built: Built, moved: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The modules of what moved and of what depends on it, and those of what is too far away to be imported for
        its own sake.
        """
        depend = self._tools.environments.dependents(built, moved)
        near, far = depend[:DEPENDENTS_AT_MOST], depend[DEPENDENTS_AT_MOST:]
        return self._modules(built, (*sorted(moved), *near)), self._modules(built, far)

    def _modules(self, built: Built, names: Iterable[str]) -> tuple[str, ...]:
        found = [self._tools.environments.modules(built, name) for name in names]
        return tuple(module for modules in found if not isinstance(modules, Unknown) for module in modules)

    def _absent(self, change: Built) -> tuple[Move, ...]:
        return wider.absent(self._diff.moves, lambda name: self._tools.environments.version(change, name))

    def _suite(self) -> Result:
        if not self._application.test:
            return CheckUndecided("no test was found", "`test` in outpace.toml, or tests")
        built = self._built()
        if isinstance(built, CheckUndecided):
            return built
        self._tools.report("running the suite on base and on the change")
        if self._first:
            at_once, _ = self._compared(built, (self._first, self._first))
            if isinstance(at_once, Failed):
                return at_once
        result = self._suite_in(built)
        wide = self._widened() if isinstance(result, Passed) else None
        if wide is None:
            return result
        self._tools.report(f"running it on both again with {', '.join(self._also)}")
        return wider.joined(result, self._suite_in(wide), self._also)

    def _suite_in(self, built: tuple[Built, Built]) -> Result:
        chosen = chosen_tests(self._tools, self._application, (self._base, self._revision), built)
        if chosen.nothing:
            return Passed(chosen.said)
        result, before = self._compared(built, chosen.only)
        result = told(self._tools, chosen, result, self._red, self._revision)
        restored = self._tests_of_base()
        if not isinstance(result, Passed) or not restored:
            return result
        self._tools.report("the change touches tests: running those of base on it too")
        side = msgspec.structs.replace(self._revision, restored=restored)
        return suite.judge_restored(result, before, self._runs.suite(side, built[1]))

    def _compared(self, built: tuple[Built, Built], only: Only) -> tuple[Result, TestRun]:
        """The suite, or some of its tests, on base and change; and the run on base."""
        before, after = self._pairwise(self._runs.suite, built, only)
        again = self._runs.again(before, after, ((self._base, built[0]), (self._revision, built[1])))
        self._red = suite.nodes_of_newly_red(before, after)
        told = suite.judge(before, after, *again)
        return missing_services(told, before, self._tested.suite), before

    def _tests_of_base(self) -> tuple[tuple[str, bytes | None], ...]:
        trees, base = self._tools.trees, self._base.revision
        changed = trees.changed(base, self._revision.revision)
        edits = edited([path for _, path in changed], *self._reads())
        return tuple((path, trees.read(base, path)) for path in notes.touched_tests(changed, edits))

    def _reads(self) -> tuple[Callable[[str], bytes | None], Callable[[str], bytes | None]]:
        """Of base and of the change."""
        read = self._tools.trees.read
        return partial(read, self._base.revision), partial(read, self._revision.revision)

    def _check_probes(self, matched: Matched) -> None:
        wanted = set(self._fixes)
        for found in matched.exposures:
            if wanted & found.vulnerability.ids:
                wanted |= found.vulnerability.ids
        declared = [probe for probe in self._probes if wanted.intersection(probe.advisories)]
        if not declared:
            self._check(PROBE, "", lambda: Skipped("no probe is declared for what is fixed"))
        for probe in declared:
            self._check(PROBE, f"{probe.request.method} {probe.request.path}", lambda probe=probe: self._probe(probe))

    def _probe(self, probe: Probe) -> Result:
        if not self._application.run:
            return CheckUndecided("nothing says how the application is started", "`run` in outpace.toml")
        built = self._built()
        if isinstance(built, CheckUndecided):
            return built
        self._tools.report("sending the probe to base and to the change, in the sandbox")
        before, after = self._pairwise(
            lambda side, environment, _: self._runs.rehearsal(side, environment, probe), built
        )
        return probing.judge(probe, before, after)

    def _exercised(self) -> Result:
        sides, of = (self._base, self._revision), (self._environments[1], self._diff.moves)
        self._looked = untested(self._tools, self._application, sides, *of, self._code.lines)
        return self._code.exercised(self._looked)

    def _both(self, act: Callable[[Side], One]) -> tuple[One, One]:
        """On base and change at once: each is a process of its own, and two cores are enough."""
        with ThreadPoolExecutor(2) as two:
            one, other = two.map(act, (self._base, self._revision))
        return one, other

    def _pairwise(
        self,
        act: Callable[[Side, Built, tuple[str, ...]], One],
        built: tuple[Built, Built],
        words: tuple[tuple[str, ...], ...] = ((), ()),
    ) -> tuple[One, One]:
        with ThreadPoolExecutor(2) as two:
            one, other = two.map(act, (self._base, self._revision), built, words)
        return one, other

    def _concluded(self) -> Proof:
        checks = tuple(self._checks)
        return Proof(
            base=self._base.revision,
            revision=self._revision.revision,
            fixes=self._fixes,
            conclusion=conclude(checks),
            checks=checks,
            tier=self._tools.tier,
            notes=(*self._notes(), *self._tested.notes, *notes_of(self._looked)),
            digest=self._digest(),
            at=now(),
        )

    def _notes(self) -> tuple[str, ...]:
        touched = self._tools.trees.changed(*self._revisions)
        paths = tuple(path for _, path in touched)
        asked = newly(paths, *self._reads())
        told = {*(move.package.name for move in self._diff.moves), *(one.name for one in asked)}
        return notes.notes(
            touched,
            self._diff,
            asked=asked,
            edits=edited(paths, *self._reads()),
            altered=altered(paths, *self._reads(), told),
        )

    def _digest(self) -> str:
        """Of the inputs alone, so that the same question has the same digest on every machine."""
        environments = (*self._environments, *(self._widened() or ()))
        built = [found.digest if isinstance(found, Built) else found.why for found in environments]
        return digest_of(
            self._base.tree, self._revision.tree, self._application, self._purpose, self._probes, built,
            how(self._tools), self._coverage and (self._coverage.cutoff, self._coverage.records), NAMES,
        )  # fmt: skip
