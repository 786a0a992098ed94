"""Runs tests of a project in one fork, in a given order: what each said. The smallest program of its kind."""

from __future__ import annotations

from typing import Any

from .answers import Answers, answer
from .session import Session, collected


def main(request: dict[str, Any], answers: Answers) -> None:
    """`words` for pytest; `ids` in their order, or null for all; `seconds` for the whole run."""

    def work(session: Session) -> None:
        answers.row({"collected": session.ids, "broken": session.broken})
        ids = session.ids if request["ids"] is None else request["ids"]
        outcome, results = session.forked(ids, seconds=request["seconds"])
        answers.row({"state": outcome.state, "why": outcome.why, "results": [list(result) for result in results]})

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


if __name__ == "__main__":
    answer(main)
