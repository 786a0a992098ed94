"""Runs a project's tests and tells which instructions of some lines none of them runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .. import forks
from ..answers import Answers, answer
from ..session import Session, collected
from .instructions import Tracer, missed, needed, packed, unpacked


def main(request: dict[str, Any], answers: Answers) -> None:
    """`words` for pytest, `seconds` for the whole run, `lines` (path -> lines), `ran` (instructions that ran
    already)."""
    lines = {path: frozenset(numbers) for path, numbers in request["lines"].items()}
    sources = {path: Path(path).read_bytes() for path in lines}
    ran = unpacked(request["ran"])
    tracer = Tracer(frozenset(lines), needed(sources, lines))
    tracer.learn(ran)
    tracer.begin()

    def work(session: Session) -> None:
        def told() -> bytes:
            session.run(session.ids)
            return json.dumps(packed(tracer.new())).encode()

        outcome = forks.in_fork(told, seconds=request["seconds"])
        if outcome.state == forks.ANSWERED:
            ran.update(unpacked(json.loads(outcome.answer)))

    collected(request["words"], work)
    for path, line, what in missed(sources, lines, ran | tracer.ran):
        answers.row({"missed": {"path": path, "line": line, "what": what}})


if __name__ == "__main__":
    answer(main)
