"""Assertions and tests that see mutants which no test of a project notices: a program for the sandbox."""

from __future__ import annotations

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
from .relatives import relative_of
from .running import Runs, raising_lines
from .strengthening import Proposal, strengthened

REACHING = 900.0


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `files`: [path below it, functions or null]; `alive`: [path, mutant id] that no test notices; `words` for
    pytest; `seed`; `executions`: how many runs of a test it may take."""
    root = Path(request["root"])
    sources: dict[str, str] = {}
    mutants: dict[int, tuple[str, Mutant]] = {}
    targets: dict[str, loading.Target] = {}
    for path, functions in request["files"]:
        source = loading.source_in((root / path).read_bytes())
        found = mutants_of(source, functions=None if functions is None else frozenset(functions))
        kept = tuple(each for each in found if not each.arid)
        sources[path] = source
        targets[str(root / path)] = loading.Target(source, kept, len(mutants) + 1)
        mutants.update({len(mutants) + 1 + at: (path, each) for at, each in enumerate(kept)})
    loading.install(targets)

    def work(session: Session) -> None:
        loading.switch(0)
        _Filling(request, answers, session, sources, mutants).run()

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


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
        root = self._session.root
        product = {
            os.path.relpath(Path(self._request["root"], path), root): raising_lines(source)
            for path, source in self._sources.items()
        }
        with slots(limits) as forks:
            runs = Runs(self._session, forks, limits, product, budget=self._request["executions"])
            for proposal in strengthened(runs, relatives, reach, self._alive):
                self._tell(proposal)
            self._answers.row({"executions": runs.executions, "left": self._names(sorted(self._alive))})

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
