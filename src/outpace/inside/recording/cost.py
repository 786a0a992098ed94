"""What recording costs: CPU seconds of a project's tests not recorded, recorded in one process, and each in a fork."""

from __future__ import annotations

import os
from typing import Any

from ..answers import Answers, answer
from ..session import Session, collected
from . import complete, daily
from .recorder import Recorder

LONGEST = 120.0


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`, `words`; `how`: plain, daily or complete."""
    how = request["how"]
    recorder = Recorder(request["root"])
    if how != "plain":
        recorder.install()

    def work(session: Session) -> None:
        if how != "plain":
            recorder.collected(session.session)
        if how == "complete":
            complete.settle()
        begun = sum(os.times()[:4])
        if how == "plain":
            session.run(session.ids)
        elif how == "daily":
            list(daily.recorded(session, recorder, session.ids))
        else:
            for test in session.ids:
                complete.recorded(session, recorder, test, LONGEST)
        answers.row({"cpu": sum(os.times()[:4]) - begun, "tests": len(session.ids)})

    collected(request["words"], work)


if __name__ == "__main__":
    answer(main)
