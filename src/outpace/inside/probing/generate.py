"""Programs for one module that tell its mutants from it: searched, found stable, chosen, made simple."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ..answers import Answers, answer
from ..mutants.sites import mutants_of
from . import mining, observed
from .killing import Found, Killing
from .operands import probes_of
from .programs import Program, packed, source
from .search import Search, Strange
from .selection import Chosen, chosen
from .server import MUTATED, PLAIN, PROBED
from .stability import ELSEWHERE, Stable, stable
from .values import Target, Values, targets_of
from .workers import Loaded, Lost, Worker, asked

SECONDS = 0.5
LONG = 600.0


class Generation:
    """All of one request: the module, three processes that have loaded it, and what was found."""

    def __init__(self, request: dict[str, Any], answers: Answers) -> None:
        self.loaded = Loaded(request["module"], request["path"], request["source"], tuple(request["roots"]))
        self.seed, self.budget = int(request["seed"]), int(request["budget"])
        self.only = frozenset(request["only"])
        self.answers = answers
        self.bare = frozenset({self.loaded.module})
        self.mutants = [each for each in mutants_of(self.loaded.source) if not each.arid and each.function]
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

    def searched(self, targets: Sequence[Target], values: Values, seeds: Sequence[tuple[Program, Target]]) -> Search:
        def run(programs: Sequence[Program], log: bool) -> list[dict[str, Any]]:  # noqa: FBT001
            return self.run(self.probed, programs, log=log)

        search = Search(targets, values, run, seed=self.seed, budget=self.budget)
        search.go(seeds, self.answers.progress)
        return search


def main(request: dict[str, Any], answers: Answers) -> None:
    """`module`, `path`, `source`, `roots`, `only` (names, or none for all), `seed`, `budget` in executions, `calls`
    (sources that may call the module), `observed` (name and program of each call that was seen)."""
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
    search = generation.searched(targets, values, seeds)
    killing = Killing(generation, search, values)
    found = killing.candidates(stable(generation, search.kept))
    found = killing.simple(chosen(found.candidates))
    picked = chosen(found.candidates)
    report(generation, search, found, picked, answers)


def wanted(target: Target, only: frozenset[str]) -> bool:
    return not only or target.name in only or target.owner in only


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


def report(generation: Generation, search: Search, found: Found, picked: Sequence[Chosen], answers: Answers) -> None:
    probes = probes_of(generation.loaded.source)
    mutants = generation.mutants
    for each in picked:
        it: Stable = found.stable[each.number]
        answers.row(
            {
                "kind": "test",
                "target": it.kept.target.name,
                "program": [packed(node) for node in it.kept.program],
                "parameters": _positional(it.kept.target),
                "asserts": [[place, *it.seen[place]] for place in each.places],
                "seen": {place: list(what) for place, what in list(it.seen.items())[:40]},
                "kills": [mutants[number - 1].id for number in each.mutants],
                "branches": [[probes.where[b // 2], probes.what[b // 2], b % 2] for b in each.branches if b >= 0],
            }
        )
    answers.row(
        {
            "kind": "summary",
            "executions": search.executions + found.executions,
            "kept": len(search.kept),
            "mutants": len(mutants),
            "killed": len({number for candidate in found.candidates for number in candidate.kills}),
            "survivors": [mutants[number - 1].id for number in found.survivors],
            "outcomes": len({b for candidate in found.candidates for b in candidate.branches if b >= 0}),
            "of_outcomes": 2 * len(probes.where),
            "strange": [*internal(found), *strange(search)],
        }
    )


def _positional(target: Target) -> list[str]:
    return [each.name for each in target.parameters if each.kind.startswith("POSITIONAL")]


def internal(found: Found) -> list[list[Any]]:
    """What looks like a bug, the shortest of each kind: every argument had the type that the target asks for."""
    shortest: dict[tuple[str, str], Stable] = {}
    for it in sorted(found.internal, key=lambda each: len(source(each.kept.program))):
        if it.kept.target.typed:
            shortest.setdefault((it.kept.target.name, it.seen["raises"][1]), it)
    return [
        [name, [packed(node) for node in it.kept.program], f"raised {kind.rpartition(':')[2]}"]
        for (name, kind), it in shortest.items()
    ]


def strange(search: Search) -> list[list[Any]]:
    """The shortest of each target and reason."""
    shortest: dict[tuple[str, str], Strange] = {}
    for each in sorted(search.strange, key=lambda each: len(source(each.program))):
        shortest.setdefault((each.target.name, each.why), each)
    return [[each.target.name, [packed(node) for node in each.program], each.why] for each in shortest.values()]


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    answer(main)
