"""What a project's own tests call the functions of some files with: a program for the sandbox."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import partial
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..session import Session, collected
from .observed import Observed, Recorder
from .programs import packed, unpacked


def observed_in(session: Session, ids: Sequence[str], paths: Sequence[str], seconds: float) -> list[Observed] | None:
    """Of these tests, one after another, in two forks: what was the same in both. None where they came to no end."""
    outcomes = [in_fork(partial(_observing, session, ids, paths), seconds=seconds) for _ in range(2)]
    if any(outcome.state != ANSWERED for outcome in outcomes):
        return None
    first, second = ({json.dumps(row): row for row in json.loads(outcome.answer)} for outcome in outcomes)
    return [
        Observed(path, name, tuple(unpacked(node) for node in program))
        for key, (path, name, program) in first.items()
        if key in second
    ]


def _observing(session: Session, ids: Sequence[str], paths: Sequence[str]) -> bytes:
    """In the fork."""
    foreign = frozenset(str(getattr(getattr(item, "module", None), "__name__", "")) for item in session.items.values())
    recorder = Recorder([os.path.realpath(path) for path in paths], session.root, foreign)
    recorder.begin()
    try:
        session.run(ids)
    finally:
        recorder.end()
    rows = [[path, name, [packed(node) for node in program]] for path, name, program in recorder.found]
    return json.dumps(rows).encode("utf-8", "backslashreplace")


def main(request: dict[str, Any], answers: Answers) -> None:
    """`paths` of the files; `words` for pytest; `seconds` for the whole run."""

    def work(session: Session) -> None:
        found = observed_in(session, session.ids, request["paths"], request["seconds"])
        if found is None:
            answers.row({"lost": "the tests that call it did not come to their end"})
        for each in found or ():
            answers.row({"path": each.path, "name": each.name, "program": [packed(node) for node in each.program]})

    collected(request["words"], work)


if __name__ == "__main__":
    answer(main)
