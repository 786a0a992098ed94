"""Assertions and tests that see mutants which no test of a project notices: a program for the sandbox."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..mutants import loading
from ..mutants.sites import Mutant, mutants_of
from ..mutants.slots import Limits, slots
from ..session import PASSED, Session, collected
from ..units import functions_of
from .adding import Adding, Target
from .relatives import Relative, relative_of
from .running import Runs, raising_lines
from .strengthening import Proposal, strengthened
from .varying import words_of

REACHING = 900.0


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `files`: [path below it, functions or null]; `alive`: [path, mutant id] that no test notices; `words` for
    pytest; `seed`; `executions`: how many runs of a test it may take."""
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
        wanted = {(path, name) for path, name in request["alive"]}
        self._alive = {number for number, (path, each) in mutants.items() if (path, each.id) in wanted}

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
            runs = Runs(self._session, forks, limits, product, budget=self._request["executions"])
            for proposal in strengthened(runs, relatives, reach, self._alive):
                self._tell(proposal)
            adding = Adding(runs, self._targets(), self._near(relatives, reach), self._alive, self._request["seed"])
            for proposal in adding.proposals():
                self._tell(proposal)
            self._answers.row({"executions": runs.executions, "left": self._names(sorted(self._alive))})

    def _targets(self) -> list[Target]:
        functions = {path: dict(functions_of(ast.parse(source))) for path, source in self._sources.items()}
        return [
            Target(number, mutant.function, words_of(functions[path][mutant.function], mutant.before))
            for number, (path, mutant) in self._mutants.items()
            if mutant.function in functions[path]
        ]

    def _near(self, relatives: Sequence[Relative], reach: Mapping[str, frozenset[int]]) -> dict[int, list[Relative]]:
        """For each that is alive the tests that reach it; where none does, those that come to its function."""
        found: dict[int, list[Relative]] = {}
        for number in sorted(self._alive):
            path, mutant = self._mutants[number]
            if not mutant.function:
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


if __name__ == "__main__":
    answer(main)
