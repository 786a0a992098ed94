"""The search: programs are drawn, changed, and suggested; what takes a way that none took before is kept."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .callables import Target
from .changes import changed
from .contents import hoisted
from .programs import CALL, NAME, Node, Program, nodes, replaced, size, source
from .suggestions import suggestions
from .values import DEPTH, Values

BATCH = 24
KEPT_PER_TARGET = 60
STALE = 0.25
MOST_ODD = 4
MOST_TIMED = 6
SLOW = 40
"""A call that runs out of time costs this part of the budget."""
LONGEST_PROGRAM = 3000
Run = Callable[[Sequence[Program], bool], list[dict[str, Any]]]


class Kept(NamedTuple):
    """A program that was kept, for which target, and what it did."""

    program: Program
    target: Target
    row: dict[str, Any]


class Strange(NamedTuple):
    """A program that came to no end, or ended its process."""

    program: Program
    target: Target
    why: str


class Search:
    """One search over the targets of a module. `run` runs a batch of programs, with the operand log or without. What
    does not fit the signatures takes no way from what does."""

    def __init__(
        self,
        targets: Sequence[Target],
        values: Values,
        run: Run,
        fits: Callable[[Program], bool],
        *,
        seed: int,
        budget: int,
    ) -> None:
        self._targets = tuple(targets)
        self._values = values
        self._run = run
        self._fits = fits
        self._rng = random.Random(seed)  # noqa: S311  the same again for the same seed
        self._budget = budget
        self.executions = 0
        self._covered: set[tuple[Any, ...]] = set()
        self._shapes: dict[str, set[frozenset[tuple[Any, ...]]]] = {}
        self._per_target: dict[str, int] = {}
        self._tried: set[str] = set()
        self._tries: dict[str, int] = {target.name: 0 for target in targets}
        self._queue: deque[tuple[Program, Target]] = deque()
        self._odd_ones: dict[str, int] = {}
        self._timed: dict[str, int] = {}
        self._gained = 0
        self.kept: list[Kept] = []
        self.strange: list[Strange] = []

    @property
    def covered(self) -> frozenset[tuple[Any, ...]]:
        return frozenset(self._covered)

    def go(self, seeds: Sequence[tuple[Program, Target]], progress: Callable[[str], None] = lambda _: None) -> None:
        """Until the budget is used up, or nothing was gained for a quarter of it."""
        self._queue.extend(seeds)
        told = 0
        while self._targets and self.executions < self._budget:
            if self.executions - self._gained > STALE * self._budget and not self._queue:
                return
            batch = self._batch()
            if not batch:
                return
            self._heard(batch, self._executed([program for program, _ in batch], log=False))
            if self.executions - told >= self._budget / 10:
                told = self.executions
                progress(f"{told} of {self._budget} programs tried, {len(self.kept)} kept")

    def _executed(self, programs: Sequence[Program], *, log: bool) -> list[dict[str, Any]]:
        self.executions += len(programs)
        return self._run(programs, log)

    def _batch(self) -> list[tuple[Program, Target]]:
        found: list[tuple[Program, Target]] = []
        for _ in range(20 * BATCH):
            program, target = self._next()
            program = hoisted(self._built(program))
            written = source(program)  # 1, True and 1.0 are equal
            if written in self._tried or len(written) > LONGEST_PROGRAM:
                continue
            self._tried.add(written)
            self._tries[target.name] = self._tries.get(target.name, 0) + 1
            found.append((program, target))
            if len(found) == BATCH:
                break
        return found

    def _next(self) -> tuple[Program, Target]:
        rng = self._rng
        chance = rng.random()
        if self._queue and chance < 0.75:
            program, target = self._queue.popleft()
            if not self._left_alone(target):
                return program, target
        kept = rng.choice(self.kept) if self.kept and chance < 0.9 else None
        if kept is not None and not self._left_alone(kept.target):
            return changed(kept.program, kept.target, self._values, self.kept, rng), kept.target
        target = self._a_target()
        return self._values.fresh(target, rng), target

    def _a_target(self) -> Target:
        """One that was tried seldom, or gave much."""
        weights = [self._weight(target) for target in self._targets]
        return self._rng.choices(self._targets, weights)[0]

    def _weight(self, target: Target) -> float:
        """What ended its process whenever it was called is left alone, and what came to no end often."""
        kept = self._per_target.get(target.name, 0)
        if self._left_alone(target) or (not kept and self._odd_ones.get(target.name, 0) >= MOST_ODD):
            return 1e-6
        return (kept + 3.0) / (1 + self._tries[target.name] / 100) ** 0.8

    def _left_alone(self, target: Target) -> bool:
        return self._timed.get(target.name, 0) >= MOST_TIMED

    def _built(self, program: Program) -> Program:
        """Where a class was suggested, an instance of it is put."""
        for path, node in nodes(program):
            if node.kind == "wanted":
                return self._built(
                    replaced(program, path, self._values.instance(str(node.value), self._rng, DEPTH - 1))
                )
        return program

    def _heard(self, batch: Sequence[tuple[Program, Target]], rows: Sequence[dict[str, Any]]) -> None:
        gained: list[tuple[Program, Target]] = []
        for (program, target), row in zip(batch, rows):  # noqa: B905  Python 3.9
            if row["bad"]:
                self._odd(program, target, str(row["bad"]))
            elif self._is_new(program, target, row):
                self.kept.append(Kept(program, target, row))
                gained.append((program, target))
                self._remember(program, row)
        if gained:
            logged = self._executed([program for program, _ in gained], log=True)
            for (program, target), row in zip(gained, logged):  # noqa: B905
                if not row["bad"]:
                    self._queue.extend((each, target) for each in suggestions(program, row["log"], self._rng))

    def _odd(self, program: Program, target: Target, why: str) -> None:
        self._odd_ones[target.name] = self._odd_ones.get(target.name, 0) + 1
        if why == "timed out":
            self.executions += self._budget // SLOW
            self._timed[target.name] = timed = self._timed.get(target.name, 0) + 1
            why = f"{why}, {timed} times: it was left alone" if timed == MOST_TIMED else why
        if why.startswith(("timed out", "ended its process", "took too many", "waits")):
            self.strange.append(Strange(program, target, why))

    def _is_new(self, program: Program, target: Target, row: dict[str, Any]) -> bool:
        elements = elements_of(target, row)
        if not row["explicit"] and not self._fits(program):
            elements = frozenset(("unfit", *each) for each in elements)
        fresh = elements - self._covered
        shapes = self._shapes.setdefault(target.name, set())
        counted = self._per_target.get(target.name, 0)
        if fresh:
            self._covered |= fresh
            self._gained = self.executions
        elif elements in shapes or counted >= KEPT_PER_TARGET:
            return False
        shapes.add(elements)
        self._per_target[target.name] = counted + 1
        return True

    def _remember(self, program: Program, row: dict[str, Any]) -> None:
        """Objects that it made are arguments of later ones."""
        if "raises" in row["seen"]:
            return
        for place, node in enumerate(program):
            kind, text = row["seen"].get(f"{place}:{{}}", ["", ""])
            first = node.children[0] if node.kind == CALL else node
            if kind == "type" and first.kind == NAME and size((node,)) < 200 and _closed(node):
                self._values.seen(text, node)


def _closed(node: Node) -> bool:
    return all(each.kind != "variable" for _, each in nodes((node,)))


def elements_of(target: Target, row: dict[str, Any]) -> frozenset[tuple[Any, ...]]:
    """Lines, outcomes, and roughly what came out."""
    found: set[tuple[Any, ...]] = {("line", number) for number in row["lines"]}
    found |= {("outcome", number) for number in row["outcomes"]}
    found.add((target.name, _rough(row["seen"])))
    return frozenset(found)


def _rough(seen: dict[str, list[str]]) -> str:
    if "raises" in seen:
        return f"raises {seen['raises'][1]}"
    numbers = [int(place.partition(":")[0]) for place in seen if place[0].isdigit()]
    if not numbers:
        return "nothing"
    kind, text = seen.get(f"{max(numbers)}:{{}}", ["parts", ""])
    if kind == "equal":
        return "empty" if text in ("''", "[]", "{}", "()", "0", "set()", "b''", "0.0") else f"a value {text[:1]}"
    return f"{kind} {text}"
