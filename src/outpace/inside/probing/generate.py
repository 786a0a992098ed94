"""Programs for one module that tell its mutants from it: searched, found stable, chosen, made simple."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..answers import Answers, answer
from ..mutants.sites import mutants_of
from . import documented, mining, observed
from .callables import Target, targets_of
from .fitting import Fitting
from .holding import tried
from .killing import Killing
from .laws import laws as laws_of
from .programs import Program, source
from .reporting import Told, internal, rows, strange
from .search import Search
from .selection import chosen
from .server import MUTATED, PLAIN, PROBED
from .stability import ELSEWHERE, stable
from .values import Values
from .workers import Loaded, Lost, Worker, asked

SECONDS = 0.5
LONG = 600.0
MAKING = ("__init__", "__new__", "__post_init__")


class Covered(NamedTuple):
    """What tests that are there notice, so that it earns a new one nothing: mutants by number; branches."""

    mutants: frozenset[int]
    branches: frozenset[int]


class Generation:
    """All of one request: the module, three processes that have loaded it, and what was found."""

    def __init__(self, request: dict[str, Any], answers: Answers) -> None:
        self.loaded = Loaded(request["module"], request["path"], request["source"], tuple(request["roots"]))
        self.seed, self.budget = int(request["seed"]), int(request["budget"])
        self.only = frozenset(request["only"])
        self.answers = answers
        self.bare = frozenset({self.loaded.module})
        self.mutants = [each for each in mutants_of(self.loaded.source) if not each.arid and each.function]
        killed, taken = frozenset(request["covered"][0]), request["covered"][1]
        self.covered = Covered(
            frozenset(number for number, each in enumerate(self.mutants, 1) if each.id in killed), frozenset(taken)
        )
        self.probed = Worker(self.loaded, PROBED)
        self.plain = Worker(self.loaded, PLAIN, environ=ELSEWHERE)
        self.mutated = Worker(self.loaded, MUTATED, mutants=self.mutants)

    def close(self) -> None:
        for worker in (self.probed, self.plain, self.mutated):
            worker.close()

    def run(self, worker: Worker, programs: Sequence[Program], *, log: bool = False, alone: bool = False) -> list[Any]:
        """Where a program ends the process itself, it alone is told so."""
        rows = [asked(program, self.bare) for program in programs]
        try:
            told = worker.ask("run", seconds=LONG, programs=rows, log=log, alone=alone, seconds_each=SECONDS, seed=0)
        except Lost as lost:
            if len(programs) == 1:
                return [{"bad": f"ended its process ({lost})"}]
            return [row for program in programs for row in self.run(worker, [program], log=log, alone=alone)]
        found: list[Any] = told["rows"]
        return found

    def searched(
        self, targets: Sequence[Target], values: Values, seeds: Sequence[tuple[Program, Target]], fitting: Fitting
    ) -> Search:
        def run(programs: Sequence[Program], log: bool) -> list[dict[str, Any]]:  # noqa: FBT001
            return self.run(self.probed, programs, log=log)

        search = Search(targets, values, run, fitting.fits, seed=self.seed, budget=self.budget)
        search.go(seeds, self.answers.progress)
        return search


def main(request: dict[str, Any], answers: Answers) -> None:
    """`module`, `path`, `source`, `roots`, `only` (names, or none for all), `seed`, `budget` in executions, `calls`
    (sources that may call the module), `observed` (name and program of each call that was seen), `about` for progress,
    `covered` (ids of mutants, and branches, that the tests that are there kill and take).
    """
    answers.about = request["about"]
    generation = Generation(request, answers)
    try:
        _generated(generation, request, answers)
    except Lost as lost:
        answers.row({"kind": "unknown", "why": str(lost)})
    finally:
        generation.close()


def _generated(generation: Generation, request: dict[str, Any], answers: Answers) -> None:
    described = generation.probed.ask("describe", seconds=LONG)["targets"]
    if not described:
        answers.row({"kind": "unknown", "why": "the module could not be described"})
        return
    mined = mining.mined(generation.loaded.source)
    values = Values(generation.loaded.module, mined, described["classes"])
    targets = [each for each in targets_of(described["callables"]) if wanted(each, generation.only)]
    seeds = [*seeds_of(targets, generation, request["calls"]), *observed.seeds(request["observed"], targets)]
    fitting = Fitting(generation.loaded.module, targets, described["classes"])
    search = generation.searched(targets, values, seeds, fitting)
    killing = Killing(generation, search, values, fitting)
    killing.candidates(stable(generation, search.kept))
    proposed = laws_of(generation.loaded.module, targets, mined.functions)
    laws = tried(generation, proposed, values, search, fitting)
    found = killing.lawful(laws.holding)
    found = killing.simple(chosen(found.candidates))
    picked = killing.certain(chosen(found.candidates))
    found = found._replace(executions=killing.executions)
    beside = documented.beside(generation, targets, values, search.kept, fitting)
    odd = strange([*search.strange, *laws.broken, *beside.found])
    wrong = [*internal(found.internal, fitting, {each.target.name for each in beside.found}), *odd]
    executions = search.executions + found.executions + laws.executions + beside.executions
    told = Told(generation.loaded.source, generation.mutants, generation.covered, found, executions, len(search.kept))
    for row in rows(told, picked, wrong):
        answers.row(row)


def wanted(target: Target, only: frozenset[str]) -> bool:
    """With all of a class that is named; a class is made where its own way to be made is wanted."""
    names = {target.name, target.owner, *(f"{target.name}.{name}" for name in MAKING)}
    return not only or not names.isdisjoint(only)


def seeds_of(targets: Sequence[Target], generation: Generation, sources: Sequence[str]) -> list[tuple[Program, Target]]:
    """Examples of docstrings, and calls that stand elsewhere."""
    module = generation.loaded.module
    bound = {
        target.name: f"{module}:{target.name}" for target in targets if target.kind in ("function", "class", "static")
    }
    by_name = {f"{module}:{target.name}": target for target in targets}
    programs = [each for target in targets for each in mining.examples(target.doc, bound)]
    programs += [each for text in sources for each in mining.calls(text, bound)]
    found: dict[str, tuple[Program, Target]] = {}
    for program in programs:
        target = by_name.get(str(program[-1].children[0].value))
        if target is not None and not target.coroutine:
            found.setdefault(source(program), (program, target))
    return list(found.values())


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    answer(main)
