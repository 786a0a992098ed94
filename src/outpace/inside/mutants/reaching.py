"""Which tests reach which mutants, and how long they take."""

from __future__ import annotations

import gc
import json
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..forks import ANSWERED, Outcome
from . import loading
from .slots import Cell, Limits, slots
from .suites import Suite

GREEN, RED = "green", "red"
SHORT = 0.1


class Touched(NamedTuple):
    """What one test, alone in a fork and without a mutant, said, took and reached."""

    test: str
    state: str
    reached: frozenset[int]
    cpu: float = 0.0
    seconds: float = 0.0
    why: str = ""


def reach(suite: Suite, names: Sequence[str] | None = None, *, limits: Limits) -> Iterator[Touched]:
    """Of each test, alone: what others have cached or imported before it hides nothing."""
    chosen = list(suite.names if names is None else names)
    with slots(limits) as forks:
        waiting = deque(chosen)
        for name, outcome, _ in forks.outcomes(
            waiting, lambda name, cell: _touching(suite, name, cell), lambda _: limits.longest
        ):
            yield _touched(name, outcome)


def who_reaches(touched: Iterable[Touched]) -> dict[int, tuple[str, ...]]:
    """Number -> the green tests that reach it, the shortest first: by the magnitude of their time, and within one by
    how little they reach, so that two runs agree on the order."""
    tests: dict[int, list[str]] = {}
    inorder = sorted(enumerate(touched), key=lambda each: (_magnitude(each[1].cpu), len(each[1].reached), each[0]))
    for _, test in inorder:
        if test.state == GREEN:
            for number in test.reached:
                tests.setdefault(number, []).append(test.test)
    return {number: tuple(tests[number]) for number in sorted(tests)}


def _touching(suite: Suite, name: str, _: Cell) -> bytes:
    gc.freeze()  # else a collection of all that was there before may count as the test's time
    loading.record()
    said = next(suite.results([name]))
    return json.dumps([said.red, said.why, sorted(loading.reached())]).encode("utf-8", "backslashreplace")


def _touched(name: str, outcome: Outcome) -> Touched:
    spent = {"cpu": outcome.cpu, "seconds": outcome.seconds}
    if outcome.state != ANSWERED:
        return Touched(name, outcome.state, frozenset(), **spent, why=outcome.why)
    red, why, numbers = json.loads(outcome.answer)
    return Touched(name, RED if red else GREEN, frozenset(numbers), **spent, why=why)


def _magnitude(seconds: float) -> int:
    return max(0, math.ceil(math.log10(max(seconds, SHORT) / SHORT)))
