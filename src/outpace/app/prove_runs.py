"""The costly runs of a proof, each remembered by the digest of its inputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from outpace.model.application import Application
from outpace.model.exposure import Matched
from outpace.model.fact import digest_of
from outpace.model.inventory import Inventory
from outpace.model.probe import SERVER_ERROR, Probe, Response
from outpace.model.test_run import Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.proving.needs import Needs, OwnCode, every
from outpace.proving.ports import (
    Built,
    Environment,
    Environments,
    Exchange,
    Import,
    Imports,
    Rehearsals,
    Rehearsed,
    Results,
    Suites,
    Trees,
)
from outpace.proving.references import BadGrammar, TooMuch, is_own_code, references
from outpace.proving.suite import compare, is_steady

if TYPE_CHECKING:
    from outpace.app.prove_selected import Selecting, Untested

RUNS_AGAIN = 3
ASKED_AGAIN_AT_MOST = 20
TAKEN_AT_MOST = 10_000  # names that the project's code takes from what moved
READ_AT_MOST = 16 << 20  # of one file
Answered = TypeVar("Answered", TestRun, "tuple[Import, ...] | Unknown", Rehearsed)


def _silent(_: str) -> None:
    pass


class Tools(Struct, frozen=True, kw_only=True):
    """What a proof is made with; `tier` names the sandbox. Without `selecting`, all tests run. Code may gain the powers
    that are `granted`; None where it climbs the ladder of a task, which asks after them itself.
    """

    trees: Trees
    environments: Environments
    imports: Imports
    suites: Suites
    rehearsals: Rehearsals
    results: Results
    rematch: Callable[[Inventory], Matched]
    tier: str
    report: Callable[[str], None] = _silent
    selecting: Selecting | None = None
    untested: Untested | None = None
    granted: frozenset[str] | None = frozenset()


class Side(Struct, frozen=True, kw_only=True):
    """Base or change: the commit, its tree's id, and its files (read only; what runs gets a copy of its own).

    `restored` are paths with other content than the revision's in that copy; None takes the file away.
    """

    revision: str
    tree: str
    files: Path
    restored: tuple[tuple[str, bytes | None], ...] = ()


class Runs:
    """Only what was decided is remembered: a crash or a timeout is tried anew."""

    def __init__(self, tools: Tools, application: Application) -> None:
        self._tools = tools
        self._application = application
        self._made: list[bool] = []

    def begin(self) -> None:
        self._made = []

    @property
    def only_cached(self) -> bool:
        return bool(self._made) and not any(self._made)

    def environment(self, side: Side, also: tuple[str, ...] = ()) -> Environment:
        found = self._tools.environments.build(side.files, self._application, also)
        self._made.append(not (isinstance(found, Built) and found.cached))
        return found

    def imports(self, side: Side, built: Built, modules: tuple[str, ...]) -> tuple[Import, ...] | Unknown:
        if not modules:
            return ()
        return self._remembered(
            ("imports, attributes apart", side.tree, built.digest, self._application.path, modules, self._tools.tier),
            lambda tree: self._tools.imports.load(built, tree, self._application, modules),
            side,
            msgspec.json.Decoder(tuple[Import, ...]),
            lambda found: not isinstance(found, Unknown),
        )

    def suite(self, side: Side, built: Built, only: tuple[str, ...] = (), attempt: int = 0) -> TestRun:
        application = self._application
        how = (application.path, application.test, application.test_path, application.test_env)
        return self._remembered(
            ("suite", side.tree, built.digest, how, only, attempt, self._tools.tier),
            lambda tree: self._tools.suites.run(built, tree, application, only),
            side,
            msgspec.json.Decoder(TestRun),
            lambda run: isinstance(run, Green | Red),
        )

    def again(
        self, before: TestRun, after: TestRun, sides: tuple[tuple[Side, Built], tuple[Side, Built]]
    ) -> tuple[tuple[TestRun, ...], tuple[TestRun, ...]]:
        """What is newly red runs again on both, alone where the runner can do that; more than once where it wavers."""
        match before, after:
            case ((Green() | Red()), Red()):
                red = compare(before, after).newly_red[:ASKED_AGAIN_AT_MOST]
            case _:
                red = ()
        nodes = tuple(failure.node for failure in red)
        only = nodes if all(nodes) else ()
        on_base: list[TestRun] = []
        on_change: list[TestRun] = []
        for attempt in range(1, RUNS_AGAIN + 1) if red else ():
            self._tools.report(f"{counted(len(red), 'test')} newly red: running again on both, time {attempt}")
            with ThreadPoolExecutor(2) as two:
                one, other = two.map(self._repeated, *zip(*sides, strict=True), (only, only), (attempt, attempt))
            on_base.append(one)
            on_change.append(other)
            if is_steady(red, on_base, on_change):
                break
        return tuple(on_base), tuple(on_change)

    def _repeated(self, side: Side, built: Built, only: tuple[str, ...], attempt: int) -> TestRun:
        run = self.suite(side, built, only, attempt)
        return self.suite(side, built, (), attempt) if only and isinstance(run, Unknown) else run

    def rehearsal(self, side: Side, built: Built, probe: Probe) -> Rehearsed:
        application = self._application
        how = (application.path, application.run, application.run_setup, application.ready)
        return self._remembered(
            ("rehearsal, answers whole", side.tree, built.digest, how, probe.request, probe.benign, self._tools.tier),
            lambda tree: self._tools.rehearsals.run(built, tree, application, probe.request, probe.benign),
            side,
            msgspec.json.Decoder(Rehearsed),
            _settled,
        )

    def _remembered(
        self,
        inputs: tuple[object, ...],
        make: Callable[[Path], Answered],
        side: Side,
        decoder: msgspec.json.Decoder[Answered],
        settled: Callable[[Answered], bool],
    ) -> Answered:
        digest = digest_of(*inputs, side.restored)
        known = self._tools.results.get(digest)
        if known is not None:
            self._made.append(False)
            return decoder.decode(known)
        self._made.append(True)
        with self._tools.trees.worktree(side.revision) as tree:
            restore(tree, side.restored)
            answer = make(tree)
        if settled(answer):
            self._tools.results.put(digest, msgspec.json.encode(answer))
        return answer


def taken_by(side: Side, application: Application, built: Built, tops: frozenset[str]) -> OwnCode:
    """What the project's own code takes from these top-level modules by name."""
    files: list[tuple[str, Needs]] = []
    unread: list[str] = []
    unknown: list[str] = []
    names: set[str] = set()
    for path in _own_files(side, (application.path, *built.roots)) if tops else ():
        place = path.relative_to(side.files).as_posix()
        with path.open("rb") as file:
            found = references(file.read(READ_AT_MOST), tops)
        match found:
            case Needs() if len(names) < TAKEN_AT_MOST:
                files.append((place, found))
                names.update(each.item for each in every(found))
            case Needs():
                unknown.append(f"{place} and what follows, behind {TAKEN_AT_MOST:,} names")
                break
            case BadGrammar(why) if not _is_newer(built.python):
                unread.append(f"{place} ({why})")
            case BadGrammar(why) | TooMuch(why):
                unknown.append(f"{place} ({why})")
    return OwnCode(files=tuple(files), unread=tuple(unread), unknown=tuple(unknown))


def _own_files(side: Side, roots: Iterable[str]) -> tuple[Path, ...]:
    """Links lead nowhere from here."""
    found: dict[Path, None] = {}
    top = side.files.resolve()
    for root in dict.fromkeys((top / root).resolve() for root in roots):
        for folder, folders, names in os.walk(root) if root.is_relative_to(top) else ():
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for path in (Path(folder, name) for name in sorted(names)):
                place = path.relative_to(top)
                if is_own_code(place.as_posix()) and path.is_file() and not path.is_symlink():
                    found[side.files / place] = None
    return tuple(found)


def _is_newer(version: str) -> bool:
    """Than the Python that reads here: what it cannot read may well run there."""
    there = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return there > sys.version_info[:2]


def restore(tree: Path, contents: tuple[tuple[str, bytes | None], ...]) -> None:
    """Links in a foreign tree lead nowhere from here: what they would carry out of it is left as it is."""
    inside = tree.resolve()
    for name, content in contents:
        path = tree / name
        if not path.parent.resolve().is_relative_to(inside):
            continue
        if path.is_symlink() or path.is_file():
            path.unlink()
        if content is not None and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _settled(rehearsed: Rehearsed) -> bool:
    if not isinstance(rehearsed, Exchange):
        return False
    answers = (rehearsed.before, rehearsed.exploit, rehearsed.after)
    return all(isinstance(answer, Response) and answer.status < SERVER_ERROR for answer in answers)
