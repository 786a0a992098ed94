"""Programs that tell survivors from the code: searched beginning with what tests were seen to call."""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from ..answers import Answers
from ..forks import ANSWERED, in_fork
from ..mutants.sites import Mutant
from ..probing import mining, observed
from ..probing.callables import Target, targets_of
from ..probing.fitting import Fitting
from ..probing.generate import Generation, wanted
from ..probing.killing import Killing
from ..probing.observed import Observed
from ..probing.programs import Program, packed, size, source
from ..probing.selection import chosen
from ..probing.server import MUTATED
from ..probing.stability import stable
from ..probing.targets import described
from ..probing.values import Values
from ..probing.workers import Lost, Worker
from .varying import pieces

DESCRIBING = 60.0
MOST_COMERS = 2
DIRECTED = 10
"""Every mutant here is one that tests let live: as many programs are made for one of them as for any."""


class Killer(NamedTuple):
    """A program, and the numbers of the mutants that it tells from the code, or at least comes to."""

    program: Program
    kills: tuple[int, ...]


class Searched(NamedTuple):
    killers: tuple[Killer, ...] = ()
    executions: int = 0


class Wanted(NamedTuple):
    """A file, its source, and what of its mutants is wanted, by number."""

    path: str
    source: str
    mutants: Mapping[int, Mutant]


class _Survivors(Generation):
    """Over these mutants alone."""

    def __init__(self, request: dict[str, Any], answers: Answers, mutants: Sequence[Mutant]) -> None:
        super().__init__(request, answers)
        self.mutants = list(mutants)
        self.mutated = Worker(self.loaded, MUTATED, mutants=self.mutants)


def searched(each: Wanted, calls: Sequence[Observed], answers: Answers, *, seed: int, budget: int) -> Searched:
    """Nothing where the tests have not loaded the file, or it cannot be loaded alone."""
    module = _module_of(each.path)
    if module is None or not each.mutants:
        return Searched()
    only = _only(module, frozenset(mutant.function for mutant in each.mutants.values()))
    request = {
        "module": module.__name__,
        "path": os.path.realpath(each.path),
        "source": each.source,
        "roots": list(sys.path),
        "seed": seed,
        "budget": budget,
        "only": sorted(only),
        "covered": ((), ()),
    }
    numbers = tuple(each.mutants)
    generation = _Survivors(request, answers, tuple(each.mutants.values()))
    try:
        return _killers(generation, module, only, calls, numbers)
    except Lost:
        return Searched()
    finally:
        generation.close()


def _module_of(path: str) -> ModuleType | None:
    real = os.path.realpath(path)
    found = [
        each
        for name, each in list(sys.modules.items())
        if getattr(each, "__file__", None) and name == each.__name__ and os.path.realpath(str(each.__file__)) == real
    ]
    return found[0] if found else None


def _only(module: ModuleType, functions: frozenset[str]) -> frozenset[str]:
    """Functions by name, and of methods the class, with those that are derived from it here."""
    owners = frozenset(name.partition(".")[0] for name in functions if "." in name)
    kinds = [getattr(module, name, None) for name in owners]
    below = {
        name
        for name, held in vars(module).items()
        if inspect.isclass(held) and any(inspect.isclass(kind) and issubclass(held, kind) for kind in kinds)
    }
    return frozenset({name for name in functions if "." not in name} | owners | below)


def _described(module: ModuleType, only: frozenset[str]) -> dict[str, Any]:
    """With the private names that are wanted; what foreign annotations do is done in a fork."""
    shown = ModuleType(module.__name__)
    shown.__dict__.update(vars(module))
    public = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    shown.__dict__["__all__"] = [*public, *(name for name in sorted(only) if name not in public)]
    outcome = in_fork(lambda: json.dumps(described(shown)).encode(), seconds=DESCRIBING)
    found: dict[str, Any] = json.loads(outcome.answer) if outcome.state == ANSWERED else {}
    return found


def _killers(
    generation: Generation,
    module: ModuleType,
    only: frozenset[str],
    calls: Sequence[Observed],
    numbers: Sequence[int],
) -> Searched:
    told = _described(module, only)
    if not told:
        return Searched()
    values = _Values(generation, told["classes"])
    for call in calls:
        if len(call.program) == 1:
            values.seen(f"{module.__name__}:{call.name}", call.program[0])
    targets = [each for each in targets_of(told["callables"]) if wanted(each, only)]
    if not targets:
        return Searched()
    fitting = Fitting(module.__name__, targets, told["classes"])
    search = generation.searched(targets, values, _seeds(calls, targets), fitting)
    generation.budget *= DIRECTED
    killing = _Killing(generation, search, values, fitting)
    found = killing.candidates(stable(generation, search.kept))
    found = killing.simple(chosen(found.candidates))
    killers = [
        Killer(found.stable[each.number].kept.program, tuple(numbers[mutant - 1] for mutant in each.mutants))
        for each in chosen(found.candidates)
        if each.mutants
    ]
    told_apart = {number for killer in killers for number in killer.kills}
    killers += [
        Killer(program, (numbers[mutant - 1],))
        for mutant, program in killing.comers(MOST_COMERS)
        if numbers[mutant - 1] not in told_apart
    ]
    return Searched(tuple(killers), search.executions + found.executions)


class _Killing(Killing):
    def comers(self, most: int) -> list[tuple[int, Program]]:
        """For each mutant the shortest programs that come to it: a test sees more than the search, what is printed to
        stderr above all."""
        found: list[tuple[int, Program]] = []
        for mutant in sorted({mutant for reached in self._reached.values() for mutant in reached}):
            coming = [self._stable[at].kept.program for at, reached in self._reached.items() if mutant in reached]
            found += [
                (mutant, program) for program in sorted(coming, key=lambda each: (size(each), source(each)))[:most]
            ]
        return found


class _Values(Values):
    """Every second text is one that the mutants speak of: what tells them apart often has it."""

    def __init__(self, generation: Generation, classes: dict[str, dict[str, Any]]) -> None:
        found = mining.mined(generation.loaded.source)
        every = [each for mutant in generation.mutants for each in pieces(mutant.before, mutant.after)]
        words = tuple(dict.fromkeys(each for each in every if each not in found.constants))
        self._texts = [each for each in words if isinstance(each, str)]
        mined = found._replace(constants=(*words, *found.constants))
        super().__init__(generation.loaded.module, mined, classes)

    def texts(self, target: Target) -> list[str]:
        usual = super().texts(target)
        return [*usual, *(self._texts * (1 + len(usual) // len(self._texts)) if self._texts else [])]


def _seeds(calls: Sequence[Observed], targets: Sequence[Target]) -> list[tuple[Program, Target]]:
    rows = [(call.name, [packed(node) for node in call.program]) for call in calls]
    return observed.seeds(rows, targets)
