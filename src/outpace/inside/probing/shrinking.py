"""Chosen programs made simple: as long as each still kills and takes what it was chosen for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .fitting import Fitting
from .programs import Program, source
from .search import Kept
from .selection import Chosen
from .simpler import simpler
from .stability import Stable
from .workers import Lost, asked

if TYPE_CHECKING:
    from .generate import Generation

ROUNDS = 5
PER_ROUND = 8
SECONDS = 0.4
LONG = 900.0


class _Work(NamedTuple):
    chosen: Chosen
    kept: Kept
    raises: str
    fit: bool
    tried: frozenset[str] = frozenset()


class Shrunk(NamedTuple):
    kept: Kept
    chosen: Chosen


def shrunk(
    generation: Generation, picked: Sequence[Chosen], stable: Mapping[int, Stable], fitting: Fitting
) -> tuple[list[Shrunk], int]:
    """Those that became simpler, and how many executions that took. What fits the signatures goes on to do so."""
    works = [
        _Work(each, (kept := stable[each.number].kept), _raised(stable[each.number].seen), fitting.fits(kept.program))
        for each in picked
    ]
    executions = 0
    for number in range(ROUNDS):
        generation.answers.progress(f"{len(works)} tests are made simple, {number + 1} of {ROUNDS}")
        tried = [_untried(work, fitting) for work in works]
        executions += sum(len(programs) * (2 + len(work.chosen.mutants)) for work, programs in zip(works, tried))  # noqa: B905
        if not any(tried):
            break
        works = _stepped(generation, works, tried)
    first = {each.number: stable[each.number].kept for each in picked}
    done = [Shrunk(work.kept, work.chosen) for work in works if work.kept is not first[work.chosen.number]]
    return done, executions


def _untried(work: _Work, fitting: Fitting) -> list[Program]:
    """The boldest first."""
    found = [
        each
        for each in simpler(work.kept.program)
        if source(each) not in work.tried and (not work.fit or fitting.fits(each))
    ]
    return found[:PER_ROUND]


def _stepped(generation: Generation, works: Sequence[_Work], tried: Sequence[Sequence[Program]]) -> list[_Work]:
    """Each with the simplest program that does all that it was chosen for; what was tried is remembered."""
    flat = [(work, program) for work, programs in zip(works, tried) for program in programs]  # noqa: B905  Python 3.9
    rows = generation.run(generation.probed, [program for _, program in flat])
    able = [(work, program, row) for (work, program), row in zip(flat, rows) if _takes_all(work, row)]  # noqa: B905
    killing = _killing(generation, [program for _, program, _ in able], [work.chosen.mutants for work, _, _ in able])
    better: dict[int, Kept] = {}
    for (work, program, row), kills in zip(able, killing):  # noqa: B905
        if kills:
            better.setdefault(work.chosen.number, Kept(program, work.kept.target, row))
    return [
        work._replace(
            kept=better.get(work.chosen.number, work.kept), tried=work.tried | {source(each) for each in programs}
        )
        for work, programs in zip(works, tried)  # noqa: B905
    ]


def _takes_all(work: _Work, row: Mapping[str, Any]) -> bool:
    taken = {*row.get("outcomes", ()), *(-line for line in row.get("lines", ()))}
    return not row["bad"] and taken.issuperset(work.chosen.branches) and _raised(row["seen"]) == work.raises


def _killing(generation: Generation, programs: Sequence[Program], mutants: Sequence[Sequence[int]]) -> list[bool]:
    rows = [asked(program, generation.bare) for program in programs]
    numbers = [list(each) for each in mutants]
    try:
        told = generation.mutated.ask("compare", seconds=LONG, programs=rows, mutants=numbers, seconds_each=SECONDS)
    except Lost:
        return [False for _ in programs]
    return [
        row is not None and len(row) == len(wanted) and all(places for _, places in row)
        for row, wanted in zip(told["rows"], numbers)  # noqa: B905
    ]


def _raised(seen: Mapping[str, Sequence[str]]) -> str:
    return seen["raises"][1] if "raises" in seen else ""
