"""`prove --select` and `prove --untested`: tests that a change needs, and what of it no test takes.

Selection stands on records of base's own tests in base's own environment, made once for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec
from msgspec import Struct

from outpace.app.prove_runs import Side, Tools
from outpace.app.test_run import Change, How, Tests, run_tests
from outpace.app.test_select import Kept, Suite, record_anew, world_of
from outpace.model.application import Application
from outpace.model.change import Move
from outpace.model.fact import digest_of
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.proving.ladder.exercised import Missed
from outpace.proving.notes import touched_tests
from outpace.proving.ports import Built, Environment, Results, Trees
from outpace.testing.ports import Inside
from outpace.testing.result.records import Diff, Untaken
from outpace.testing.selection.decision import Everything, Policy, Some, decided
from outpace.testing.selection.maps import Map, Miss

NAMED_AT_MOST = 5
Only: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
EVERYTHING: Only = ((), ())
NEVER = {
    "function": "entered",
    "true": "true",
    "false": "false",
    "handler": "handled",
    "case": "matched",
    "item": "run",
}


class Place(Protocol):
    """Makes the project's Python over a tree, with nothing of it outside of the sandbox."""

    def __call__(self, built: Built, tree: Path, application: Application) -> Inside: ...


class Chosen(Struct, frozen=True, kw_only=True):
    """`only` are nodes to run on base and on the change, where empty means all; `said` belongs to the check's text.
    `left_out` are tests that run although selection would leave them out."""

    only: Only = EVERYTHING
    said: str = ""
    nothing: bool = False
    left_out: frozenset[str] = frozenset()


def chosen_tests(
    tools: Tools, application: Application, sides: tuple[Side, Side], built: tuple[Built, Built]
) -> Chosen:
    """All, where nobody asked for a selection."""
    return Chosen() if tools.selecting is None else tools.selecting.choose(tools.trees, application, sides, built)


def told(tools: Tools, chosen: Chosen, result: Result, red: tuple[str, ...], change: Side) -> Result:
    """A miss is in the text of the check, and everything runs until somebody says why."""
    missed = tuple(node for node in red if node in chosen.left_out) if isinstance(result, Failed) else ()
    if tools.selecting is not None:
        tools.selecting.note(change.revision, missed)
    more = f"; {chosen.said}" if chosen.said else ""
    more += f"; a miss of selection: it would have left out {_some(missed)}" if missed else ""
    match result:
        case Passed(text):
            return Passed(f"{text}{more}")
        case Failed(text):
            return Failed(f"{text}{more}")
        case CheckUndecided(text, settles):
            return CheckUndecided(f"{text}{more}", settles)
        case Skipped():
            return result


class Looked(Struct, frozen=True, kw_only=True):
    """What the suite takes of a change: notes for whoever watches the rollout, and lines that it does not come to."""

    notes: tuple[str, ...] = ()
    missed: tuple[Missed, ...] = ()
    has_programs: bool = False  # tests start them, and what they run is not seen


def untested(
    tools: Tools,
    application: Application,
    sides: tuple[Side, Side],
    built: Environment,
    moves: tuple[Move, ...],
    lines: Mapping[str, tuple[int, ...]],
) -> Looked | Unknown | None:
    """None where nobody asked. `lines` are those of the change's code that are looked at, by path."""
    if tools.untested is None:
        return None
    if not isinstance(built, Built):
        return Unknown("there is no environment for the change", built.would_settle)
    found = (tools.environments.modules(built, name) for name in sorted({move.package.name for move in moves}))
    packages = tuple(module for modules in found if not isinstance(modules, Unknown) for module in modules)
    return tools.untested.look(tools.trees, application, sides, built, packages, lines)


def notes_of(looked: Looked | Unknown | None) -> tuple[str, ...]:
    match looked:
        case None:
            return ()
        case Unknown(why):
            return (f"takes to production what nobody knows to be tested: {why}",)
        case Looked(notes=notes):
            return notes


def how(tools: Tools) -> object:
    """What belongs to the digest of a proof: another one where only some tests ran, or other things were asked."""
    if tools.selecting is None and tools.untested is None and not tools.granted:
        return tools.tier
    asked = ("selected tests" if tools.selecting else "", "untested lines" if tools.untested else "")
    return (tools.tier, *filter(None, asked), *sorted(tools.granted or ()))


class Selecting(Struct, frozen=True, kw_only=True):
    """`project` holds the misses of this project, whatever base they were met on."""

    place: Place
    results: Results
    project: Kept
    report: Callable[[str], None]

    def choose(
        self, trees: Trees, application: Application, sides: tuple[Side, Side], built: tuple[Built, Built]
    ) -> Chosen:
        base, change = sides
        why = next(_beyond(trees, application, base, change), "")
        known = why or self._known(trees, application, base, built[0])
        if isinstance(known, Unknown):
            known = f"base's tests could not be recorded: {known.why}"
        if isinstance(known, str):
            return Chosen(said=_all(known))
        with trees.worktree(change.revision) as tree:
            world = world_of(_suite(self.place, built[1], tree, application, change.revision), known.items)
        if isinstance(world, Unknown):
            return Chosen(said=_all(f"the change's tests could not be collected: {world.why}"))
        found = self.project.map()
        known = msgspec.structs.replace(known, misses=found.misses if found is not None else ())
        decision = decided(known, world, now=now(), commit=change.revision)
        tests = {each.test for each in known.tests}
        match decision:
            case Everything(why=reasons):
                without = msgspec.structs.replace(known, misses=())
                alone = decided(without, world, now=now(), commit=change.revision, policy=Policy(one_in=0))
                left = (
                    frozenset(each.test for each in alone.deselected) if isinstance(alone, Some) else frozenset[str]()
                )
                return Chosen(said=_all(reasons[0]), left_out=left)
            case Some(gone=gone) if gone:
                return Chosen(said=_all(f"{counted(len(gone), 'test')} of base are gone"))
            case Some() as some:
                return _selected(some, tests)

    def note(self, change: str, missed: tuple[str, ...]) -> None:
        """Everything runs from now on, until somebody says why."""
        if not missed:
            return
        at = now()
        empty = Map(full=at, commit=change, inputs=(), groups=(), tests=(), settings=(), files=())
        known = self.project.map() or empty
        more = tuple(Miss(test=test, commit=change, at=at) for test in missed)
        self.project.put(msgspec.structs.replace(known, misses=(*known.misses, *more)))

    def _known(self, trees: Trees, application: Application, base: Side, built: Built) -> Map | Unknown:
        how = (application.path, application.test, application.test_path, application.test_env)
        kept = Kept(results=self.results, key=digest_of("map of base", base.tree, built.digest, how))
        known = kept.map()
        if known is not None:
            return known
        self.report("recording what each test of base depends on")
        with trees.worktree(base.revision) as tree:
            made = record_anew(_suite(self.place, built, tree, application, base.revision), now=now())
        if not isinstance(made, Unknown):
            kept.put(made)
        return made


def _beyond(trees: Trees, application: Application, base: Side, change: Side) -> Iterator[str]:
    if words_of(application) is None:
        yield "only tests that pytest runs can be selected"
    if touched_tests(trees.changed(base.revision, change.revision)):
        yield "the change touches tests, or how they are run"


def _all(why: str) -> str:
    return f"all tests ran, not a selection: {why}"


def _selected(some: Some, on_base: set[str]) -> Chosen:
    total = len(some.selected) + len(some.deselected)
    if not some.selected:
        said = f"no test ran: none of {counted(total, 'test')} depends on what changed, and each was green on base"
        return Chosen(said=said, nothing=True)
    chosen = tuple(each.test for each in some.selected)
    ran = f"{len(chosen)} of {counted(total, 'test')} ran, selected by what changed"
    said = f"{ran}; the others depend on nothing that did, and were green on base"
    return Chosen(only=(tuple(test for test in chosen if test in on_base), chosen), said=said)


def words_of(application: Application) -> tuple[str, ...] | None:
    """What the project hands to pytest; None where it runs something else."""
    for start in (("pytest",), ("python", "-m", "pytest")):
        if application.test[: len(start)] == start:
            return application.test[len(start) :]
    return None


def _suite(place: Place, built: Built, tree: Path, application: Application, revision: str) -> Suite:
    words = words_of(application) or ()
    return Suite(inside=place(built, tree, application), root=str(tree), words=words, commit=revision)


class Untested(Struct, frozen=True, kw_only=True):
    """One more run of the change's suite, in which it is seen what of the change is taken."""

    place: Place
    report: Callable[[str], None]

    def look(
        self,
        trees: Trees,
        application: Application,
        sides: tuple[Side, Side],
        built: Built,
        packages: tuple[str, ...],
        lines: Mapping[str, tuple[int, ...]],
    ) -> Looked | Unknown:
        """`packages` are the topmost modules of what moved."""
        words = words_of(application)
        if words is None:
            return Unknown("only suites of pytest can be looked into", "a suite that pytest runs")
        base, change = (side.revision for side in sides)
        paths = tuple(path for _, path in trees.changed(base, change))
        self.report("running the suite once more, to see what of the change it takes")
        with trees.worktree(change) as tree:
            tests = Tests(
                inside=self.place(built, tree, application), root=str(tree), words=words, below=application.path
            )
            looked = Change(
                base=base,
                paths=paths,
                before=lambda path: trees.read(base, path),
                after=lambda path: trees.read(change, path),
                lines=lines,
            )
            result = run_tests(tests, How(), change=looked, packages=packages)
        if isinstance(result.run, Unknown):
            return result.run
        return Looked(
            notes=tuple(_notes(result.diff if isinstance(result.diff, Diff) else None, result.not_imported)),
            missed=tuple(Missed(path=path, line=line) for path, line in result.not_run),
            has_programs=result.has_programs,
        )


def _notes(diff: Diff | None, not_imported: tuple[str, ...]) -> Iterator[str]:
    if diff is not None and diff.untaken:
        yield f"takes to production untested: {_some([_untaken(each) for each in diff.untaken])}"
    if diff is not None and diff.unread:
        yield f"changes data that no test opens: {_some(diff.unread)}"
    if not_imported:
        yield f"takes to production modules that no test imports: {_some(not_imported)}"


def _untaken(each: Untaken) -> str:
    return f"{each.path}:{each.line} {each.function or 'the module'}, never {NEVER.get(each.kind, each.kind)}"


def _some(names: tuple[str, ...] | list[str]) -> str:
    rest = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
