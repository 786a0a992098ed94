"""What runs long is waited for, asked again by its handle, and never begun twice."""

from __future__ import annotations

from threading import Event

import pytest

from outpace.mcp.runs import WAITING, Runs
from outpace.model.errors import Busy, NotFound


def test_what_takes_longer_goes_on_and_its_handle_gives_the_answer() -> None:
    runs: Runs[str] = Runs(patience=0.05)
    go, begun = Event(), list[str]()

    def work() -> str:
        begun.append("once")
        go.wait(30)
        return "proved"

    assert (runs.ask("a", work), runs.ask("a", work), runs.again("a"), runs.busy) == (None, None, None, True)
    go.set()
    while (answer := runs.again("a")) is None:
        pass
    assert (answer, runs.again("a"), begun, runs.busy) == ("proved", "proved", ["once"], False)


def test_a_question_whose_answer_was_given_is_asked_anew() -> None:
    runs: Runs[int] = Runs(patience=30)
    asked = list[int]()

    def work() -> int:
        asked.append(len(asked))
        return asked[-1] + 1

    assert (runs.ask("a", work), runs.ask("a", work)) == (1, 2)


def test_one_runs_at_a_time_and_few_wait() -> None:
    runs: Runs[str] = Runs(patience=0.01)
    go, at_once, most = Event(), list[int](), list[int]()

    def work() -> str:
        at_once.append(1)
        most.append(len(at_once))
        go.wait(30)
        at_once.pop()
        return "done"

    assert [runs.ask(str(number), work) for number in range(WAITING)] == [None] * WAITING
    with pytest.raises(Busy):
        runs.ask("one more", work)
    go.set()
    while runs.busy:
        pass
    assert most == [1] * WAITING


def test_what_failed_is_told_and_can_be_asked_again() -> None:
    runs: Runs[str] = Runs(patience=30)

    def fails() -> str:
        raise NotFound("no such task")

    with pytest.raises(NotFound, match="no such task"):
        runs.ask("a", fails)
    assert runs.ask("a", lambda: "there") == "there"
    with pytest.raises(NotFound):
        runs.again("run-unknown")
