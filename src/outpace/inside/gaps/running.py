"""Tests, as they stand or changed, run in forks without a mutant and with some: what each saw, and how it ended."""

from __future__ import annotations

import ast
import faulthandler
import json
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ..forks import ANSWERED
from ..mutants import loading
from ..mutants.slots import Limits, Slots, bound
from ..session import PASSED, Result, Session
from .drafts import Draft
from .relatives import Relative, Standing
from .seeing import Looking, Place, instrumented

CPU = 2.0
MOST_DIFFERENCES = 40
TOGETHER = 6
STEPS = 10
"""How often is said what was spent."""
WRONG = frozenset({"ImportError", "ModuleNotFoundError", "SyntaxError", "NameError", "fixture"})
ASSERTED = frozenset({"AssertionError", "Failed"})


class Ended(NamedTuple):
    """How one run ended. `at` is the last step that came to its end; `explicit`: the code under test raised it on
    purpose, with this `message`; `through`: it came out of the code under test."""

    outcome: str = "lost"
    exception: str = ""
    at: int = -1
    explicit: bool = False
    through: bool = False
    message: str = ""

    @property
    def green(self) -> bool:
        return self.outcome == PASSED


class Difference(NamedTuple):
    place: Place
    one: tuple[str, str]
    other: tuple[str, str] | None


class Looked(NamedTuple):
    """One test without a mutant (`base`, `seen`, `reached`), and for each mutant how it ended and what differed."""

    base: Ended
    seen: dict[Place, tuple[str, str]]
    reached: frozenset[int]
    mutants: dict[int, tuple[Ended, list[Difference]]]


class Try(NamedTuple):
    """A changed test in the place of a relative."""

    relative: Relative
    draft: Draft


class Runs:
    """`product`: the files under test, by their paths relative to the root -> the lines of their `raise` statements."""

    def __init__(
        self,
        session: Session,
        slots: Slots,
        limits: Limits,
        product: Mapping[str, frozenset[int]],
        *,
        budget: int,
        report: Callable[[str], None],
    ) -> None:
        self.session = session
        self._slots = slots
        self._limits = limits
        self._product = product
        self.left = budget
        self._budget = budget
        self._report = report
        self._reported = 0
        self.executions = 0

    def looked(
        self, tries: Sequence[Try], numbers: Sequence[Collection[int]], *, most: int, capture: bool = False
    ) -> list[Looked | None]:
        """Each with `most` of its mutants that it reaches; with `capture`, also what is printed. Some share a fork,
        since that costs most; where it does not come to its end, each has one of its own."""
        works = [
            partial(self._look, each, tuple(sorted(wanted)), most, capture)
            for each, wanted in zip(tries, numbers)  # noqa: B905  Python 3.9
        ]
        groups = [works[start : start + TOGETHER] for start in range(0, len(works), TOGETHER)]
        found: list[Looked | None] = []
        for group, answer in zip(groups, self._forked([partial(_together, group) for group in groups])):  # noqa: B905
            if answer is not None:
                found += [_looked(row) for row in json.loads(answer)]
            else:
                alone = self._forked(group) if len(group) > 1 else [None]
                found += [None if one is None else _looked(json.loads(one)) for one in alone]
        self.spend(sum(1 + len(each.mutants) if each else 1 for each in found))
        return found

    def ended(self, tries: Sequence[tuple[Try, int]]) -> list[Ended]:
        """Each, as it stands, with one mutant on, or none where the number is 0."""
        works = [partial(self._run, each, number) for each, number in tries]
        self.spend(len(works))
        return [Ended() if answer is None else Ended(*json.loads(answer)) for answer in self._forked(works)]

    def both(self, each: Try, number: int) -> tuple[Ended, Ended]:
        """Without a mutant and with it, one after the other in one fork."""
        self.spend(2)
        answer = self._forked([lambda: _together([partial(self._run, each, 0), partial(self._run, each, number)])])[0]
        one, other = (Ended(), Ended()) if answer is None else (Ended(*row) for row in json.loads(answer))
        return one, other

    def spend(self, executions: int) -> None:
        self.executions += executions
        self.left -= executions
        if self.executions - self._reported > self._budget // STEPS:
            self._reported = self.executions
            self._report(f"{self.executions} of {self._budget} runs of tests spent on making tests")

    def _forked(self, works: Sequence[Callable[[], bytes]]) -> list[bytes | None]:
        found: list[bytes | None] = [None] * len(works)
        waiting = deque(range(len(works)))
        for number, outcome, _ in self._slots.outcomes(
            waiting, lambda number, _: works[number](), lambda _: self._limits.wall + 10 * CPU
        ):
            if outcome.state == ANSWERED:
                found[number] = outcome.answer
        return found

    def _run(self, each: Try, number: int) -> bytes:
        """In the fork."""
        faulthandler.disable()
        standing = Standing(each.relative)
        function = standing.compiled(each.draft.node)
        loading.switch(number)
        bound(CPU)
        standing.put(function, each.draft.node)
        return json.dumps(self._ended(next(self.session.results([each.relative.id])), -1)).encode()

    def _look(self, each: Try, wanted: Sequence[int], most: int, capture: bool) -> bytes:  # noqa: FBT001
        """In the fork."""
        faulthandler.disable()
        standing = Standing(each.relative)
        made, names = instrumented(each.draft.node, each.draft.steps)
        function = standing.compiled(made)
        looking = Looking(names, self.session.root, self._product)
        looking.install()

        def run() -> tuple[Ended, dict[Place, tuple[str, str]]]:
            looking.begin()
            bound(CPU)
            standing.put(function, each.draft.node, looking.capture if capture else lambda _: None)
            result = next(self.session.results([each.relative.id]))
            return self._ended(result, looking.at), looking.seen

        loading.record()
        base, seen = run()
        touched = loading.reached()
        rows: list[Any] = []
        for number in [number for number in wanted if number in touched][:most]:
            loading.switch(number)
            ended, other = run()
            rows.append([number, ended, _differences(seen, other)])
        told = [base, [[*place, *what] for place, what in seen.items()], sorted(touched), rows]
        return json.dumps(told).encode("utf-8", "backslashreplace")

    def _ended(self, result: Result, at: int) -> Ended:
        return ended_of(result, self._product, at)


def ended_of(result: Result, product: Mapping[str, frozenset[int]], at: int = -1) -> Ended:
    last = result.frames[-1] if result.frames else ("", 0, "")
    through = any(frame[0] in product for frame in result.frames)
    explicit = last[1] in product.get(last[0], frozenset())
    exception = result.exception if result.phase == "call" else f"{result.exception} in {result.phase}"
    if result.outcome == PASSED:
        return Ended(PASSED, "", at)
    return Ended(result.outcome, exception, at, explicit, through, result.message if explicit else "")


def is_killed(ended: Ended) -> bool:
    """Red for the right reason."""
    if ended.green or ended.exception in WRONG or " in " in ended.exception:
        return False
    return ended.exception in ASSERTED or ended.through


def raising_lines(source: str) -> frozenset[int]:
    return frozenset(
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Raise)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    )


def _differences(one: Mapping[Place, tuple[str, str]], other: Mapping[Place, tuple[str, str]]) -> list[Any]:
    found = [[*place, list(what), other.get(place)] for place, what in one.items() if other.get(place) != what]
    return found[:MOST_DIFFERENCES]


def _together(works: Sequence[Callable[[], bytes]]) -> bytes:
    """In the fork."""
    return b"[" + b",".join(work() for work in works) + b"]"


def _looked(row: Any) -> Looked:
    base, seen, reached, rows = row
    mutants = {
        int(number): (Ended(*ended), [_difference(row) for row in differing]) for number, ended, differing in rows
    }
    held = {Place(*row[:4]): (str(row[4]), str(row[5])) for row in seen}
    return Looked(Ended(*base), held, frozenset(reached), mutants)


def _difference(row: Sequence[Any]) -> Difference:
    other = None if row[5] is None else (str(row[5][0]), str(row[5][1]))
    return Difference(Place(*row[:4]), (str(row[4][0]), str(row[4][1])), other)
