"""Assertions and tests that see mutants which no test of a project notices: a program for the sandbox."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..mutants import loading
from ..mutants.sites import Mutant, mutants_of
from ..mutants.slots import Limits, slots
from ..probing.recorded import observed_in
from ..session import PASSED, Session, collected
from ..units import functions_of
from .adding import Adding, Target, without_superfluous
from .relatives import Relative, relative_of
from .running import Runs, raising_lines
from .searching import Wanted, searched
from .strengthening import Proposal, strengthened
from .varying import words_of

REACHING = 900.0
MOST_FILES = 12
LEAST = 100


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `files`: [path below it, functions or null]; `alive`: [path, mutant id] that no test notices, those worth
    killing first ahead; `words` for pytest; `seed`; `executions`: how many runs of a test it may take."""
    sources, mutants = load(Path(request["root"]), request["files"])

    def work(session: Session) -> None:
        loading.switch(0)
        _Filling(request, answers, session, sources, mutants).run()

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


def load(root: Path, files: Sequence[Sequence[Any]]) -> tuple[dict[str, str], dict[int, tuple[str, Mutant]]]:
    """From now on these files are loaded with their mutants: source by path, and path and mutant by number."""
    sources: dict[str, str] = {}
    mutants: dict[int, tuple[str, Mutant]] = {}
    targets: dict[str, loading.Target] = {}
    for path, functions in files:
        source = loading.source_in((root / path).read_bytes())
        found = mutants_of(source, functions=None if functions is None else frozenset(functions))
        kept = tuple(each for each in found if not each.arid)
        sources[path] = source
        first = len(mutants) + 1
        targets[str(root / path)] = loading.Target(source, kept, first)
        mutants.update({first + at: (path, each) for at, each in enumerate(kept)})
    loading.install(targets)
    return sources, mutants


def product_of(root: str, sources: Mapping[str, str], start: str) -> dict[str, frozenset[int]]:
    """The files as a session tells them, which began at `start`, with the lines of their `raise` statements."""
    return {os.path.relpath(Path(root, path), start): raising_lines(source) for path, source in sources.items()}


class _Filling:
    def __init__(
        self,
        request: dict[str, Any],
        answers: Answers,
        session: Session,
        sources: Mapping[str, str],
        mutants: Mapping[int, tuple[str, Mutant]],
    ) -> None:
        self._request = request
        self._answers = answers
        self._session = session
        self._sources = sources
        self._mutants = mutants
        numbers = {(path, each.id): number for number, (path, each) in mutants.items()}
        ranked = ((path, name) for path, name in request["alive"])
        self._ranked = [numbers[each] for each in ranked if each in numbers]
        self._alive = set(self._ranked)

    def run(self) -> None:
        reach = self._reach()
        relatives = [
            relative
            for name, reached in reach.items()
            if reached and (relative := relative_of(self._session.items[name])) is not None
        ]
        limits = Limits(at_once=len(os.sched_getaffinity(0)))
        product = product_of(self._request["root"], self._sources, self._session.root)
        with slots(limits) as forks:
            budget, report = self._request["executions"], self._answers.progress
            runs = Runs(self._session, forks, limits, product, budget=budget, report=report)
            for proposal in strengthened(runs, relatives, reach, self._alive):
                self._tell(proposal)
            near = self._near(relatives, reach)
            adding = Adding(runs, self._targets(), near, self._alive, self._request["seed"])
            made = list(adding.varied(until=runs.left // 2))
            made += self._programs(runs, adding, _Beside(near, relatives, self._files(reach)))
            made += adding.varied(until=0)
            functions = {number: f"{path}:{mutant.function}" for number, (path, mutant) in self._mutants.items()}
            for proposal in without_superfluous(runs, made, functions):
                self._tell(proposal)
            self._answers.row({"executions": runs.executions, "left": self._names(sorted(self._alive))})

    def _programs(self, runs: Runs, adding: Adding, beside: _Beside) -> Iterator[Proposal]:
        """Where no varied test saw it: programs that begin with what the tests call, each file on its own."""
        wanted: dict[str, list[int]] = {}
        for number in sorted(self._alive):
            path, mutant = self._mutants[number]
            if mutant.function and beside.relatives([number]):
                wanted.setdefault(path, []).append(number)
        root = Path(self._request["root"])
        real = {path: os.path.realpath(root / path) for path in wanted}
        calls = observed_in(self._session, beside.tests, list(real.values()), REACHING) or []
        for path, numbers in wanted.items():
            here = Wanted(real[path], self._sources[path], {number: self._mutants[number][1] for number in numbers})
            own = [each for each in calls if each.path == real[path]]
            budget = max(LEAST, self._request["executions"] // (2 * len(wanted)))
            found = searched(here, own, self._answers, seed=self._request["seed"], budget=budget)
            runs.executions += found.executions
            for killer in found.killers:
                yield from adding.program(killer.program, killer.kills, beside.relatives(killer.kills))

    def _targets(self) -> list[Target]:
        functions = {path: dict(functions_of(ast.parse(source))) for path, source in self._sources.items()}
        return [
            Target(number, mutant.function, words_of(functions[path][mutant.function], mutant.before, mutant.after))
            for number, (path, mutant) in self._mutants.items()
            if mutant.function in functions[path]
        ]

    def _near(self, relatives: Sequence[Relative], reach: Mapping[str, frozenset[int]]) -> dict[int, list[Relative]]:
        """For each that is alive the tests that reach it; where none does, those that come to its function."""
        found: dict[int, list[Relative]] = {}
        for number in self._ranked:
            path, mutant = self._mutants[number]
            if not mutant.function or number not in self._alive:
                continue
            own = {
                each for each, (at, other) in self._mutants.items() if (at, other.function) == (path, mutant.function)
            }
            direct = [each for each in relatives if number in reach[each.id]]
            found[number] = direct or [each for each in relatives if reach[each.id] & own]
        return found

    def _reach(self) -> dict[str, frozenset[int]]:
        """Of each test that is green, in one process and one order: which mutants it reaches."""
        outcome = in_fork(self._reaching, seconds=REACHING)
        rows: list[Any] = json.loads(outcome.answer) if outcome.state == ANSWERED else []
        if not rows:
            self._answers.row({"lost": f"the tests' process {outcome.state} {outcome.why}".strip()})
        return {name: frozenset(numbers) for name, state, numbers in rows if state == PASSED}

    def _reaching(self) -> bytes:
        rows: list[Any] = []
        loading.record()
        for result in self._session.results(self._session.ids):
            rows.append([result.id, result.outcome, sorted(loading.reached())])
            loading.record()
        return json.dumps(rows).encode()

    def _files(self, reach: Mapping[str, frozenset[int]]) -> tuple[dict[str, frozenset[str]], dict[int, str]]:
        own = {number: path for number, (path, _) in self._mutants.items()}
        return {test: frozenset(own[number] for number in reached) for test, reached in reach.items()}, own

    def _names(self, numbers: Sequence[int]) -> list[list[str]]:
        return [[self._mutants[number][0], self._mutants[number][1].id] for number in numbers]

    def _tell(self, proposal: Proposal) -> None:
        edit = proposal.edit
        self._answers.row(
            {
                "proposal": proposal.kind,
                "test": proposal.test,
                "relative": proposal.relative.id,
                "path": os.path.relpath(proposal.relative.path, self._request["root"]),
                "edit": [edit.start, edit.end, edit.put.decode()],
                "line": proposal.line,
                "kills": self._names(proposal.kills),
            }
        )


class _Beside:
    """Where a program stands that sees a mutant: beside a test that comes near it, else beside one that comes to its
    file. `files`: of each test the files of the mutants that it reaches; of each number its own."""

    def __init__(
        self,
        near: Mapping[int, Sequence[Relative]],
        relatives: Sequence[Relative],
        files: tuple[Mapping[str, frozenset[str]], Mapping[int, str]],
    ) -> None:
        self._near = near
        self._relatives = sorted(relatives, key=lambda each: (len(each.source), len(each.draft.steps), each.id))
        self._reached, self._own = files
        self.tests = [each.id for each in relatives]

    def relatives(self, numbers: Sequence[int]) -> list[Relative]:
        """One of each file of tests, those that come near first."""
        close = {each.id for number in numbers for each in self._near.get(number, ())}
        paths = {self._own[number] for number in numbers}
        around = [each for each in self._relatives if not paths.isdisjoint(self._reached.get(each.id, ()))]
        first: dict[str, Relative] = {}
        for each in sorted(around, key=lambda each: each.id not in close):
            first.setdefault(each.path, each)
        return list(first.values())[:MOST_FILES]


if __name__ == "__main__":
    answer(main)
