"""Records tests one after the other in one process, as they run every day: cheap, and never complete.

What an earlier test has cached or imported is not seen again, so that these records only add to complete ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..answers import Answers, answer
from ..session import Result, Session, collected
from .recorder import Record, Recorder


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root` of the project's files; `words` for pytest; `ids`, or null for all. In this very process."""
    recorder = Recorder(request["root"])
    recorder.install()

    def work(session: Session) -> None:
        recorder.collected(session.session)
        answers.row({"collected": session.ids, "broken": session.broken})
        wanted = session.ids if request["ids"] is None else request["ids"]
        told = 0
        for result, record in recorded(session, recorder, wanted):
            answers.row(
                {
                    "groups": [sorted(group) for group in recorder.groups[told:]],
                    "test": record.test,
                    "outcome": result.outcome,
                    "seconds": result.seconds,
                    "shares": record.groups,
                    "items": record.items,
                    "untraced": record.untraced,
                }
            )
            told = len(recorder.groups)

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


def recorded(session: Session, recorder: Recorder, ids: Sequence[str]) -> Iterator[tuple[Result, Record]]:
    """Each test's own fixtures are set up and torn down between `start` and `stop`; wider ones belong to who begins
    and who ends them."""
    recorder.start()
    for result in session.results(ids):
        yield result, recorder.stop(session.items[result.id])
        recorder.start()


if __name__ == "__main__":
    answer(main)
