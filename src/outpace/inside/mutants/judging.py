"""Which mutants a suite kills: each in a fork of its own, by the tests that reach it, the shortest first."""

from __future__ import annotations

import faulthandler
import gc
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..forks import ANSWERED, TIMED_OUT, Outcome
from . import loading
from .reaching import Touched
from .slots import Cell, Limits, bound, slots
from .suites import Suite

TIMEOUT, CRASH = "timeout", "crash"
OUT_OF_TIME = "signal SIGPROF"
MUTANT, CONTROL, AGAIN, WITHOUT = "mutant", "control", "again", "without"
MOST_WORDS = 300


class Kill(NamedTuple):
    test: str
    how: str
    why: str = ""


class Judged(NamedTuple):
    """`number` 0 is a control: a run without a mutant, whose kills say that the harness cannot be believed.
    `unstable` says why the kills are not: a second run, or one without the mutant, said otherwise."""

    number: int
    kills: tuple[Kill, ...]
    executions: int
    unstable: str = ""


def judge(
    suite: Suite,
    tests_of: Mapping[int, Sequence[str]],
    touched: Mapping[str, Touched],
    *,
    limits: Limits,
    killers: int = 1,
    repeat: bool = False,
    controls: int = 15,
) -> Iterator[Judged]:
    """Each mutant of `tests_of`, by its tests in their order, until `killers` of them are red.

    `controls` runs without a mutant come in between, of tests that mutants had just before them. With `repeat`, a kill
    is run a second time, and once without its mutant.
    """
    judging = _Judging(suite, touched, limits, killers=killers, repeat=repeat)
    waiting = deque(_tasks(tests_of, controls))
    with slots(limits) as forks:
        for task, outcome, place in forks.outcomes(waiting, judging.work, judging.wall):
            yield from judging.heard(task, outcome, place, waiting)


class _Task(NamedTuple):
    number: int
    names: tuple[str, ...]
    kind: str = MUTANT
    kills: tuple[Kill, ...] = ()
    executions: int = 0


def _tasks(tests_of: Mapping[int, Sequence[str]], controls: int) -> Iterator[_Task]:
    step = max(1, len(tests_of) // controls) if controls else 0
    for place, (number, names) in enumerate(tests_of.items(), 1):
        yield _Task(number, tuple(names))
        if step and place % step == 0:
            yield _Task(0, tuple(names), CONTROL)


class _Judging:
    def __init__(
        self, suite: Suite, touched: Mapping[str, Touched], limits: Limits, *, killers: int, repeat: bool
    ) -> None:
        self._suite = suite
        self._touched = touched
        self._limits = limits
        self._killers = killers
        self._repeat = repeat
        self._without: dict[tuple[str, ...], bool] = {}

    def work(self, task: _Task, cell: Cell) -> bytes:
        """In the fork."""
        faulthandler.disable()  # a crash is an answer
        gc.freeze()  # else a collection of all that was there before may use up a test's time
        loading.switch(0 if task.kind == WITHOUT else task.number)
        wanted = 1 if task.kind != MUTANT else self._killers - len(task.kills)
        kills: list[Kill] = []
        results = self._suite.results(task.names)
        place = 0
        for place, name in enumerate(task.names, 1):
            cell.put(place)
            self._bound(name)
            said = next(results)
            if said.red:
                kills.append(Kill(name, said.how, said.why[:MOST_WORDS]))
                if len(kills) == wanted:
                    break
        return json.dumps([place, kills]).encode("utf-8", "backslashreplace")

    def wall(self, task: _Task) -> float:
        return self._limits.wall + sum(self._limits.factor * self._touched[name].seconds for name in task.names)

    def heard(self, task: _Task, outcome: Outcome, place: int, waiting: deque[_Task]) -> Iterator[Judged]:
        executions, kills = task.executions + place, task.kills
        if outcome.state == ANSWERED:
            told, rows = json.loads(outcome.answer)
            executions, kills = task.executions + int(told), (*kills, *(Kill(*row) for row in rows))
        else:
            timeout = outcome.state == TIMED_OUT or outcome.why == OUT_OF_TIME
            name = task.names[place - 1] if place else ""
            kills = (*kills, Kill(name, TIMEOUT if timeout else CRASH, outcome.why[:MOST_WORDS]))
            if task.kind == MUTANT and not timeout and place and len(kills) < self._killers:
                rest = task.names[: place - 1] + task.names[place:]
                waiting.appendleft(task._replace(names=rest, kills=kills, executions=executions))
                return
        yield from self._next(task, tuple(kills), executions, waiting)

    def _next(self, task: _Task, kills: tuple[Kill, ...], executions: int, waiting: deque[_Task]) -> Iterator[Judged]:
        if task.kind in (MUTANT, CONTROL):
            if task.kind == MUTANT and self._repeat and kills:
                prefix = (
                    task.names[: task.names.index(kills[0].test) + 1] if kills[0].test in task.names else task.names
                )
                waiting.appendleft(_Task(task.number, prefix, AGAIN, kills, executions))
            else:
                yield Judged(task.number, kills, executions)
        elif task.kind == AGAIN:
            fresh = kills[len(task.kills) :]
            if not fresh or fresh[0].test != task.kills[0].test:
                yield Judged(task.number, task.kills, executions, "a second run did not end like the first")
            elif task.names in self._without:
                yield self._confirmed(task, executions)
            else:
                waiting.appendleft(_Task(task.number, task.names, WITHOUT, task.kills, executions))
        else:
            self._without[task.names] = len(kills) == len(task.kills)
            yield self._confirmed(task, task.executions)

    def _confirmed(self, task: _Task, executions: int) -> Judged:
        why = "" if self._without[task.names] else "its tests are red in this order without the mutant too"
        return Judged(task.number, task.kills, executions, why)

    def _bound(self, name: str) -> None:
        bound(self._limits.floor + self._limits.factor * self._touched[name].cpu)
