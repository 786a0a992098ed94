"""Mutants of what runs on import, each in a fork that imports the project anew: a program for the sandbox."""

from __future__ import annotations

import faulthandler
import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, TIMED_OUT, Outcome
from ..session import Session, collected
from . import loading
from .judging import CRASH, OUT_OF_TIME, TIMEOUT, Kill
from .sites import Mutant
from .slots import Cell, Limits, Slots, bound, slots
from .suites import EXCEPTION, Pytest, Said
from .trying import KILLED, SURVIVED, File, diff_of, files_of, numbered, targets_of

FACTOR, FLOOR = 4.0, 5.0


def main(request: dict[str, Any], answers: Answers) -> None:
    """As `trying`, with `ids` of the mutants for each path, and `without`: the tests that judge nothing. Nothing of the
    project is imported here: each fork collects by itself, and runs the tests in their order until one is red."""
    ids = {(path, name) for path, names in request["ids"].items() for name in names}
    found = [
        file._replace(mutants=tuple(each for each in file.mutants if (file.path, each.id) in ids))
        for file in files_of(request, answers)
    ]
    files = numbered(found)
    loading.install(targets_of(request["root"], files))
    mutants = {file.first + place: (file, each) for file in files for place, each in enumerate(file.mutants)}
    with slots(Limits(at_once=len(os.sched_getaffinity(0)))) as forks:
        ((_, control),) = _outcomes(forks, [0], request, request["longest"])
        answers.row({"control": _heard(control)[1]})
        for done, (number, outcome) in enumerate(
            _outcomes(forks, [*mutants, 0], request, FLOOR + FACTOR * control.cpu), 1
        ):
            if done % 10 == 0:
                answers.progress(f"{done} of {len(mutants)} mutants tried that run on import")
            executions, kills = _heard(outcome)
            if number:
                _tell(answers, *mutants[number], kills, executions)
            else:
                answers.row({"control": kills})


def _outcomes(
    forks: Slots, numbers: Sequence[int], request: dict[str, Any], seconds: float
) -> Iterator[tuple[int, Outcome]]:
    """`seconds` of CPU for each, and ten times as many where it waits."""

    def work(number: int, _: Cell) -> bytes:
        return _judged(number, request, seconds)

    for number, outcome, _ in forks.outcomes(deque(numbers), work, lambda _: 10 * seconds):
        yield number, outcome


def _judged(number: int, request: dict[str, Any], seconds: float) -> bytes:
    """In the fork."""
    faulthandler.disable()
    loading.switch(number)
    bound(seconds)
    said: list[Said] = []

    def work(session: Session) -> None:
        said.extend(_until_red(session, frozenset(request["without"]), request["broken"]))

    status = collected(request["words"], work)
    if status:
        said.append(Said("", True, EXCEPTION, f"pytest collects nothing (status {status})"))  # noqa: FBT003
    kills = [Kill(each.test, each.how, each.why) for each in said if each.red]
    return json.dumps([len(said), kills]).encode("utf-8", "backslashreplace")


def _until_red(session: Session, without: frozenset[str], broken: Sequence[str]) -> Iterator[Said]:
    """A file of tests that cannot be collected any more is a kill."""
    for each in session.broken:
        if each.file not in broken:
            yield Said(each.file, True, EXCEPTION, each.why)  # noqa: FBT003
            return
    for said in Pytest(session).results([name for name in session.ids if name not in without]):
        yield said
        if said.red:
            return


def _heard(outcome: Outcome) -> tuple[int, list[Kill]]:
    if outcome.state == ANSWERED:
        executions, rows = json.loads(outcome.answer)
        return executions, [Kill(*row) for row in rows]
    timeout = outcome.state == TIMED_OUT or outcome.why == OUT_OF_TIME
    return 0, [Kill("", TIMEOUT if timeout else CRASH, outcome.why)]


def _tell(answers: Answers, file: File, mutant: Mutant, kills: list[Kill], executions: int) -> None:
    row = {"mutant": mutant[:-1], "path": file.path, "key": "", "kills": kills, "executions": executions}
    if kills:
        answers.row({**row, "state": KILLED})
    else:
        answers.row({**row, "state": SURVIVED, "diff": diff_of(file, mutant)})


if __name__ == "__main__":
    answer(main)
