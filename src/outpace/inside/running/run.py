"""Runs a project's tests, or some of them, in forks side by side; a test that ends its process takes nobody along."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Callable, Optional

from ..answers import Answers, answer
from ..forks import ANSWERED, TIMED_OUT, Outcome, alone, each, in_fork, tell
from ..session import ERROR, RED, Result, Session, collected
from . import modules
from .sharing import groups_of, sessions_of, shares
from .slowness import Slowness
from .taking import Taking, as_rows
from .watching import Watching

DEATHS_AT_MOST = 50
TRIED_AGAIN_AT_MOST = 50
BESIDE = frozenset({"fixtures", "sleeps", "loaded"})


class Contradiction(Exception):
    """What a process of tests told cannot be what happened in it; nothing of the run is to be believed then."""


class Lot:
    """Tests that one process runs, and what it has told of them: one result each, in their order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.tests = list(tests)
        self.done = 0

    def heard(self, message: bytes) -> list[Any]:
        """The next result. Raises Contradiction."""
        try:
            row = json.loads(message)
            name = row[0]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise Contradiction("a process of tests told something that is no result") from None
        if self.done >= len(self.tests) or name != self.tests[self.done]:
            raise Contradiction(f"a process of tests told of {str(name)[:200]!r}, which it did not run then")
        self.done += 1
        return list(row)


class Running:
    """One run. `tell` writes a row; `longest` is how long one test may take."""

    def __init__(
        self,
        session: Session,
        tell: Callable[[dict[str, Any]], None],
        slowness: Optional[Slowness] = None,
        packages: Sequence[str] = (),
        longest: float = 600.0,
    ) -> None:
        self._session = session
        self._packages = packages
        self._tell = tell
        self._slowness = slowness
        self._longest = longest
        self.red: list[str] = []
        self.left: list[str] = []

    def side_by_side(self, lots: Sequence[Sequence[str]], *, seconds: float) -> None:
        """Each lot in a fork; what a dead one had not come to is run in the next."""
        over = time.monotonic() + seconds
        waiting = deque(Lot(lot) for lot in lots)
        begun = 0

        def works() -> Iterator[tuple[object, Callable[[], bytes]]]:
            nonlocal begun
            while waiting:
                begun += 1
                lot = waiting.popleft()
                yield lot, lambda lot=lot: self._lot(lot.tests, lambda result: tell(json.dumps(result).encode()))

        def heard(lot: object, message: bytes) -> None:
            assert isinstance(lot, Lot)
            self._result(lot.heard(message))

        def left(_: object) -> float:
            return max(0.0, over - time.monotonic())

        for lot, outcome in each(_Again(works), at_once=len(lots), seconds=left, silence=self._longest, heard=heard):
            assert isinstance(lot, Lot)
            if outcome.state == ANSWERED:
                self._answered(lot, outcome.answer)
                continue
            rest = self._ended(lot, outcome)
            if time.monotonic() >= over or begun >= len(lots) + DEATHS_AT_MOST:
                self.left += rest
            elif rest:
                waiting.append(Lot(rest))

    def here(self, tests: Sequence[str]) -> None:
        """In this very process, for a project whose threads a fork would lack."""
        self._answered(Lot([]), self._lot(tests, lambda result: self._result(list(result))))

    def again(self) -> None:
        """Each red test once more, alone."""
        for test in self.red[:TRIED_AGAIN_AT_MOST]:
            outcome = in_fork(lambda test=test: self._session.told([test]), seconds=self._longest)
            green = outcome.state == ANSWERED and not Result(*json.loads(outcome.answer)[0][:6]).red
            self._tell({"again": [test, green]})

    def _lot(self, tests: Sequence[str], told: Callable[[Result], None]) -> bytes:
        for result in self._session.results(tests):
            told(result)
        beside = self._slowness.rows() if self._slowness is not None else {}
        if self._packages:
            beside["loaded"] = modules.loaded(self._packages)
        return json.dumps(beside).encode()

    def _result(self, row: list[Any]) -> None:
        self._tell({"result": row})
        if row[1] in RED:
            self.red.append(row[0])

    def _answered(self, lot: Lot, beside: bytes) -> None:
        """What a process says that came to its end. Raises Contradiction."""
        if lot.done < len(lot.tests):
            raise Contradiction(f"a process of tests came to its end without {lot.tests[lot.done]}")
        row: Any = json.loads(beside)
        if not isinstance(row, dict) or set(row) - BESIDE:  # pyright: ignore[reportUnknownArgumentType]
            raise Contradiction("a process of tests told what it was not asked for")
        if row:
            self._tell({**row})

    def _ended(self, lot: Lot, outcome: Outcome) -> list[str]:
        """The test that ran when its process ended is red, and says so; what follows has not run."""
        if lot.done >= len(lot.tests):
            raise Contradiction(f"a process of tests ended behind its last test: {outcome.why or outcome.state}")
        why = "it did not end in time" if outcome.state == TIMED_OUT else f"its process ended: {outcome.why}"
        self._result(list(Result(lot.tests[lot.done], ERROR, 0.0, "", why, outcome.state)))
        return lot.tests[lot.done + 1 :]


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
    Python and files of `data`; `lines` of files whose statements are of interest, and `packages` whose modules are;
    `slow` to see fixtures and sleeps; `again` to run what is red once more; `longest` seconds for one test."""
    taking = Taking(request["root"], request["trace"], request.get("lines", {}))
    taking.install()
    watching = Watching(request["root"], request["data"])
    watching.install()
    slowness = Slowness(request["root"]) if request["slow"] else None
    if slowness is not None:
        slowness.install()

    def work(session: Session) -> None:
        answers.row({"collected": session.ids, "broken": session.broken})
        chosen = _chosen(session, request["ids"])
        running = Running(session, answers.row, slowness, request.get("packages", ()), request["longest"])
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

    def closed(status: int) -> None:
        answers.row({"closed": status})

    status = collected(request["words"], work, plugins=[slowness] if slowness is not None else [], closed=closed)
    if status:
        answers.row({"status": status})


def _chosen(session: Session, ids: Optional[Sequence[str]]) -> dict[str, Any]:
    wanted = session.ids if ids is None else set(ids)
    return {test: item for test, item in session.items.items() if ids is None or test in wanted}


if __name__ == "__main__":
    answer(main)
