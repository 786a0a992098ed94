"""Runs a project's tests, or some of them, in forks side by side; a test that ends its process takes nobody along."""

from __future__ import annotations

import json
import mmap
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Callable, Optional

from ..answers import Answers, answer
from ..forks import ANSWERED, TIMED_OUT, Outcome, alone, each, in_fork
from ..session import ERROR, Result, Session, collected
from . import modules
from .sharing import groups_of, sessions_of, shares
from .slowness import Slowness
from .taking import Taking, as_rows
from .watching import Watching

DEATHS_AT_MOST = 50
TRIED_AGAIN_AT_MOST = 50
NUMBER = 4


class Counts:
    """How many tests each process has come to the end of, in memory that all of them share."""

    def __init__(self, most: int) -> None:
        self._bytes = mmap.mmap(-1, NUMBER * max(1, most))

    def set(self, place: int, value: int) -> None:
        self._bytes[place * NUMBER : (place + 1) * NUMBER] = value.to_bytes(NUMBER, "big")

    def get(self, place: int) -> int:
        return int.from_bytes(self._bytes[place * NUMBER : (place + 1) * NUMBER], "big")


class Running:
    """One run. `tell` writes a row, from whichever process."""

    def __init__(
        self,
        session: Session,
        tell: Callable[[dict[str, Any]], None],
        slowness: Optional[Slowness] = None,
        packages: Sequence[str] = (),
    ) -> None:
        self._session = session
        self._packages = packages
        self._tell = tell
        self._slowness = slowness
        self.red: list[str] = []
        self.left: list[str] = []

    def side_by_side(self, lots: Sequence[Sequence[str]], *, seconds: float) -> None:
        """Each lot in a fork; what a dead one had not come to is run in the next."""
        waiting = deque(list(lot) for lot in lots)
        counts = Counts(len(lots) + DEATHS_AT_MOST)
        given: dict[int, list[str]] = {}

        def works() -> Iterator[tuple[object, Callable[[], bytes]]]:
            while waiting:
                number = len(given)
                lot = given[number] = waiting.popleft()
                yield number, lambda number=number, lot=lot: self._lot(lot, lambda done: counts.set(number, done))

        going: Iterator[tuple[object, Outcome]] = each(_Again(works), at_once=len(lots), seconds=seconds)
        for number, outcome in going:
            assert isinstance(number, int)
            lot = given[number]
            if outcome.state == ANSWERED:
                self.red += json.loads(outcome.answer)
                continue
            rest = self._ended(lot, counts.get(number), outcome)
            if outcome.state == TIMED_OUT or len(given) >= len(lots) + DEATHS_AT_MOST:
                self.left += rest
            elif rest:
                waiting.append(rest)

    def here(self, tests: Sequence[str]) -> None:
        """In this very process, for a project whose threads a fork would lack."""
        self.red += json.loads(self._lot(tests, lambda _: None))

    def again(self) -> None:
        """Each red test once more, alone."""
        for test in self.red[:TRIED_AGAIN_AT_MOST]:
            outcome = in_fork(lambda test=test: self._session.told([test]), seconds=600)
            green = outcome.state == ANSWERED and not Result(*json.loads(outcome.answer)[0][:6]).red
            self._tell({"again": [test, green]})

    def _lot(self, tests: Sequence[str], done: Callable[[int], None]) -> bytes:
        red: list[str] = []
        for count, result in enumerate(self._session.results(tests), 1):
            self._tell({"result": list(result)})
            done(count)
            red += [result.id] if result.red else []
        if self._slowness is not None:
            self._tell(self._slowness.rows())
        if self._packages:
            self._tell({"loaded": modules.loaded(self._packages)})
        return json.dumps(red).encode()

    def _ended(self, lot: Sequence[str], done: int, outcome: Outcome) -> list[str]:
        """The test that ran when its process ended is red, and says so; what follows has not run."""
        if done >= len(lot):
            return []
        why = "it did not end in time" if outcome.state == TIMED_OUT else f"its process ended: {outcome.why}"
        self._tell({"result": list(Result(lot[done], ERROR, 0.0, "", why, outcome.state))})
        self.red.append(lot[done])
        return list(lot[done + 1 :])


class _Again:
    """Asked for more after it had come to its end, it looks again."""

    def __init__(self, works: Callable[[], Iterator[tuple[object, Callable[[], bytes]]]]) -> None:
        self._works = works

    def __iter__(self) -> _Again:
        return self

    def __next__(self) -> tuple[object, Callable[[], bytes]]:
        return next(self._works())


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `words` for pytest; `ids`, or null for all; `seconds`; `jobs`; `times` that tests took; `trace`d files of
    Python and files of `data`; `packages` whose modules are of interest; `slow` to see fixtures and sleeps; `again` to
    run what is red once more."""
    taking = Taking(request["root"], request["trace"])
    taking.install()
    watching = Watching(request["root"], request["data"])
    watching.install()
    slowness = Slowness(request["root"]) if request["slow"] else None
    if slowness is not None:
        slowness.install()

    def work(session: Session) -> None:
        answers.row({"collected": session.ids, "broken": session.broken})
        chosen = _chosen(session, request["ids"])
        running = Running(session, answers.row, slowness, request.get("packages", ()))
        if alone():
            lots = shares(groups_of(chosen), request["times"], request["jobs"], session.ids)
            running.side_by_side(lots, seconds=request["seconds"])
            many = sessions_of(chosen.values(), session.root) if len(lots) > 1 else ()
            answers.row({"processes": len(lots), "sessions": many})
        else:
            running.here(list(chosen))
            answers.row({"processes": 0})
        if request["again"] and alone():
            running.again()
        there = modules.there(request.get("packages", ()))
        seen = {"left": running.left, "children": watching.children, "modules": there}
        answers.row({**seen, **as_rows(taking, watching.read())})

    status = collected(request["words"], work, plugins=[slowness] if slowness is not None else [])
    if status:
        answers.row({"status": status})


def _chosen(session: Session, ids: Optional[Sequence[str]]) -> dict[str, Any]:
    wanted = session.ids if ids is None else set(ids)
    return {test: item for test, item in session.items.items() if ids is None or test in wanted}


if __name__ == "__main__":
    answer(main)
