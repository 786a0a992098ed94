"""Which mutants the stable programs kill, and programs made for those that are left."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .changes import changed
from .contents import hoisted
from .fitting import Fitting
from .holding import Holding
from .programs import size, source
from .search import Kept, Search
from .selection import Candidate, Chosen, chosen, places_of
from .shrinking import shrunk
from .simpler import weight
from .stability import Stable, is_internal, stable
from .values import Values
from .workers import Lost, asked

if TYPE_CHECKING:
    from .generate import Generation

KILLERS = 4
MOST_TRIED = 14
SECONDS = 0.4
LONG = 900.0
PIECE = 24
ROUNDS = 3
MOST_STALLED = 3
PER_SECOND = 400.0
"""A second that a test waits costs as much as a program so long."""
LONGEST_SLEPT = 2.0
TRUE = ["is", "True"]


class Found(NamedTuple):
    """`stable` by the candidates' numbers, and `laws` by those of their examples."""

    candidates: list[Candidate]
    stable: dict[int, Stable]
    survivors: list[int]
    executions: int
    internal: list[Stable]
    laws: dict[int, Holding]


class Killing:
    def __init__(self, generation: Generation, search: Search, values: Values, fitting: Fitting) -> None:
        self._fitting = fitting
        self._generation = generation
        self._search = search
        self._values = values
        self._rng = random.Random(generation.seed + 1)  # noqa: S311  the same again for the same seed
        self._stable: dict[int, Stable] = {}
        self._reached: dict[int, frozenset[int]] = {}
        self._kills: dict[int, dict[int, frozenset[str]]] = {}
        self._killers: dict[int, int] = {}
        self._internal: list[Stable] = []
        self._laws: dict[int, Holding] = {}
        self._stalled: Counter[int] = Counter()
        self.executions = 0

    def candidates(self, first: Sequence[Stable]) -> Found:
        """Of these, and of those that are made for the mutants which these let live."""
        self._add(first)
        for _ in range(ROUNDS):
            if not self._directed():
                break
        return self._found()

    def lawful(self, holding: Sequence[Holding]) -> Found:
        """With examples of laws beside them: each is judged on every mutant, since it may stand for others."""
        kept = {source(each.program): (each, law) for law in holding for each in law.kept}
        fresh: list[int] = []
        for it in stable(self._generation, [each for each, _ in kept.values()]):
            last = f"{len(it.kept.program) - 1}:{{}}"
            if it.seen.get(last) == TRUE:
                number = len(self._stable)
                self._stable[number] = it._replace(seen={last: TRUE})
                self._laws[number] = kept[source(it.kept.program)][1]
                fresh.append(number)
        self._reach(fresh)
        tasks = [(mutant, [number], 1) for number in fresh for mutant in sorted(self._reached[number])]
        for task, row in zip(tasks, self._killed(fresh, tasks)):  # noqa: B905  Python 3.9
            self._heard(task[0], row)
        return self._found()

    def simple(self, picked: Sequence[Chosen]) -> Found:
        """With simpler programs beside those that were picked, judged on what these were picked for."""
        generation = self._generation
        plain = [each for each in picked if each.number not in self._laws]
        done, executions = shrunk(generation, plain, self._stable, self._fitting)
        self.executions += executions
        by_source = {source(each.kept.program): each.chosen for each in done}
        fresh: list[int] = []
        tasks: list[tuple[int, list[int], int]] = []
        for it in stable(generation, [each.kept for each in done]):
            number = len(self._stable)
            self._stable[number] = it
            fresh.append(number)
            tasks += [(mutant, [number], 1) for mutant in by_source[source(it.kept.program)].mutants]
        for task, row in zip(tasks, self._killed(fresh, tasks)):  # noqa: B905  Python 3.9
            self._heard(task[0], row)
        return self._found()

    def certain(self, picked: Sequence[Chosen]) -> list[Chosen]:
        """Those of them without which something is lost: where one alone was seen to kill a mutant, the others that
        reach it are tried as well."""
        numbers = [each.number for each in picked]
        self._reach([number for number in numbers if number not in self._reached])
        killers: dict[int, list[int]] = {}
        candidates = [each for each in self._found().candidates if each.number in numbers]
        for each in candidates:
            for mutant in each.kills:
                killers.setdefault(mutant, []).append(each.number)
        tasks: list[tuple[int, list[int], int]] = []
        for mutant, known in sorted(killers.items()):
            others = [number for number in numbers if number not in known and mutant in self._reached[number]]
            if len(known) == 1 and others:
                tasks.append((mutant, others, 1))
        for task, row in zip(tasks, self._killed(numbers, tasks)):  # noqa: B905  Python 3.9
            self._heard(task[0], row)
        return chosen([each for each in self._found().candidates if each.number in numbers])

    def _found(self) -> Found:
        made = merged([self._candidate(number) for number in self._stable], self._stable)
        return Found(made, self._stable, self._survivors(), self.executions, self._internal, self._laws)

    def _candidate(self, number: int) -> Candidate:
        """One more example of a law costs no more than is written of it, and it is none for a branch alone."""
        it = self._stable[number]
        covered = self._generation.covered
        kills = {each: where for each, where in self._kills.get(number, {}).items() if each not in covered.mutants}
        places = places_of(it.seen, len(it.kept.program) - 1)
        law = self._laws.get(number)
        length, odd, _ = weight(it.kept.program[: len(law.law.columns)] if law else it.kept.program)
        branches = it.branches - covered.branches if kills or not law else frozenset[int]()
        return Candidate(number, length + odd / 1000 + PER_SECOND * it.slept, places, branches, kills)

    def _survivors(self) -> list[int]:
        return [number for number in self._wanted() if not self._killers.get(number)]

    def _wanted(self) -> list[int]:
        covered = self._generation.covered.mutants
        return [number for number in range(1, len(self._generation.mutants) + 1) if number not in covered]

    def _add(self, programs: Sequence[Stable], only: frozenset[int] = frozenset()) -> int:
        """Judges them on the mutants that still want killers; how many of those that had none they killed."""
        fresh: list[int] = []
        for it in programs:
            if is_internal(it):
                self._internal.append(it)
                continue
            if it.slept > LONGEST_SLEPT or not self._speaks(it):
                continue
            number = len(self._stable)
            self._stable[number] = it
            fresh.append(number)
        self._reach(fresh)
        tasks = self._tasks(fresh, only)
        before = len(self._survivors())
        for task, row in zip(tasks, self._killed(fresh, tasks)):  # noqa: B905  Python 3.9
            self._heard(task[0], row)
        return before - len(self._survivors())

    def _speaks(self, it: Stable) -> bool:
        """What does not fit the signatures says nothing, but for what the module itself raises about it."""
        return it.explicit or self._fitting.fits(it.kept.program)

    def _reach(self, numbers: Sequence[int]) -> None:
        rows = [asked(self._stable[number].kept.program, self._generation.bare) for number in numbers]
        for place in range(0, len(rows), PIECE):
            self.executions += len(rows[place : place + PIECE])
            told = self._generation.mutated.ask(
                "reach", seconds=LONG, programs=rows[place : place + PIECE], seconds_each=SECONDS
            )
            for number, reached in zip(numbers[place:], told["rows"]):  # noqa: B905
                self._reached[number] = frozenset(reached)

    def _tasks(self, fresh: Sequence[int], only: frozenset[int]) -> list[tuple[int, list[int], int]]:
        """The shortest first."""
        by_size = sorted(fresh, key=lambda number: (size(self._stable[number].kept.program), number))
        tasks: list[tuple[int, list[int], int]] = []
        for mutant in self._wanted():
            missing = KILLERS - self._killers.get(mutant, 0)
            tried = [number for number in by_size if mutant in self._reached[number]][:MOST_TRIED]
            if missing > 0 and tried and (not only or mutant in only):
                tasks.append((mutant, tried, missing))
        return tasks

    def _killed(self, fresh: Sequence[int], tasks: Sequence[tuple[int, list[int], int]]) -> list[Any]:
        generation = self._generation
        place_of = {number: place for place, number in enumerate(fresh)}
        programs = [asked(self._stable[number].kept.program, generation.bare) for number in fresh]
        expected = [self._stable[number].seen for number in fresh]
        rows: list[Any] = []
        for start in range(0, len(tasks), PIECE):
            piece = [
                [mutant, [place_of[number] for number in tried], missing]
                for mutant, tried, missing in tasks[start : start + PIECE]
            ]
            if start % (4 * PIECE) == 0:
                generation.answers.progress(f"{start} of {len(tasks)} mutants tried")
            try:
                told = generation.mutated.ask(
                    "kill", seconds=LONG, programs=programs, expected=expected, tasks=piece, seconds_each=SECONDS
                )
                rows += [[[fresh[place], places] for place, places in row] for row in told["rows"]]
            except Lost:
                rows += [[] for _ in piece]
        return rows

    def _heard(self, mutant: int, row: Sequence[Any]) -> None:
        self.executions += len(row)
        for number, places in row:
            if places:
                self._kills.setdefault(number, {})[mutant] = frozenset(places)
                self._killers[mutant] = self._killers.get(mutant, 0) + 1

    def _directed(self) -> int:
        """Programs that reach a survivor are changed until one tells it from the module."""
        survivors = set(self._survivors())
        parents: dict[int, list[int]] = {}
        for number, reached in self._reached.items():
            for mutant in reached & survivors:
                parents.setdefault(mutant, []).append(number)
        found: dict[str, Kept] = {}
        rng = self._rng
        budget = max(60, self._generation.budget // 10)
        mutants = sorted(parents)
        while mutants and budget > 0:
            tried: list[tuple[Kept, list[int]]] = []
            for _ in range(PIECE):
                mutant = rng.choice(mutants)
                parent = self._stable[rng.choice(sorted(parents[mutant]))].kept
                program = hoisted(changed(parent.program, parent.target, self._values, self._search.kept, rng))
                others = sorted(self._reached_by(parent) & survivors)
                tried.append((Kept(program, parent.target, parent.row), _few(others, mutant, rng)))
            budget -= len(tried)
            self._compare(tried, found, parents)
            mutants = sorted(parents)
        return self._add(stable(self._generation, list(found.values())), frozenset(survivors)) if found else 0

    def _reached_by(self, parent: Kept) -> frozenset[int]:
        for number, it in self._stable.items():
            if it.kept is parent:
                return self._reached[number]
        return frozenset()

    def _compare(
        self, tried: Sequence[tuple[Kept, list[int]]], found: dict[str, Kept], parents: dict[int, Any]
    ) -> None:
        generation = self._generation
        programs = [asked(kept.program, generation.bare) for kept, _ in tried]
        self.executions += sum(len(mutants) + 1 for _, mutants in tried)
        try:
            told = generation.mutated.ask(
                "compare", seconds=LONG, programs=programs, mutants=[each for _, each in tried], seconds_each=SECONDS
            )
        except Lost:
            return
        for (kept, others), row, written in zip(tried, told["rows"], programs):  # noqa: B905
            if row is None:
                self._stalled.update(others)
                for mutant in others:
                    if self._stalled[mutant] >= MOST_STALLED:
                        parents.pop(mutant, None)
                continue
            killed = [mutant for mutant, places in row if places and not places[0].startswith("*bad")]
            if killed:
                found.setdefault(str(written[0]), kept)
                for mutant in killed:
                    parents.pop(mutant, None)


def merged(candidates: Sequence[Candidate], stable: Mapping[int, Stable]) -> list[Candidate]:
    """Two may have been made equally simple: what either was seen to kill, the program kills."""
    found: dict[str, Candidate] = {}
    for each in candidates:
        written = source(stable[each.number].kept.program)
        first = found.get(written)
        kills = {**each.kills, **first.kills} if first else each.kills
        found[written] = (first or each)._replace(kills=kills, branches=each.branches | (first or each).branches)
    return list(found.values())


def _few(others: Sequence[int], mutant: int, rng: random.Random) -> list[int]:
    chosen = set(rng.sample(list(others), min(len(others), 5)))
    return sorted({*chosen, mutant})
