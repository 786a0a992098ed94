"""Which lines and outcomes of some modules a project's own green tests take: a program for the sandbox."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..session import PASSED, Session, collected
from . import operands
from .tracing import TRACE


def main(request: dict[str, Any], answers: Answers) -> None:
    """`files`: [path, source]; `words` for pytest; `seconds` for the whole run. A row for each file: the `branches`,
    numbered as those of a program in the search are."""
    probed = operands.install_all([(path, text) for path, text in request["files"] if _compiles(path, text)])

    def work(session: Session) -> None:
        outcome = in_fork(lambda: _taken(session), seconds=request["seconds"])
        if outcome.state != ANSWERED:
            answers.row({"lost": f"the tests that are there did not come to their end: {outcome.why or outcome.state}"})
            return
        lines, outcomes = json.loads(outcome.answer)
        for path, numbers in probed.items():
            answers.row({"path": path, "branches": numbers.own(lines, outcomes)})

    status = collected(request["words"], work)
    if status:
        answers.row({"lost": f"pytest ended with status {status}"})


def _taken(session: Session) -> bytes:
    """In the fork. What a red test takes is nobody's. A suite may take as many steps as it likes."""
    lines = 0
    outcomes: set[int] = set()
    TRACE.begin(log=False)
    TRACE.steps = -sys.maxsize
    for result in session.results(session.ids):
        if result.outcome == PASSED:
            lines |= int.from_bytes(TRACE.lines, "little")
            outcomes |= TRACE.outcomes
        TRACE.begin(log=False)
        TRACE.steps = -sys.maxsize
    ran = lines.to_bytes(len(TRACE.lines), "little")
    return json.dumps([[number for number, seen in enumerate(ran) if seen], sorted(outcomes)]).encode()


def _compiles(path: str, text: str) -> bool:
    try:
        operands.probed(text, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    answer(main)
