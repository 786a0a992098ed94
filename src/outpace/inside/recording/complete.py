"""Records each test in a fork of its own from the collected state: the complete map of a project's tests."""

from __future__ import annotations

import gc
import json
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, alone, in_fork
from ..session import Result, Session, collected
from .present import Present, parts
from .recorder import Record, Recorder
from .settings import initial

SAID_EVERY = 50


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root` of the project's files; `words` for pytest; `ids`, or null for all; `seconds` for one test."""
    environ = initial()
    recorder = Recorder(request["root"])
    recorder.install()

    def work(session: Session) -> None:
        recorder.collected(session.session)
        settle()
        answers.row({"collected": session.ids, "broken": session.broken, "alone": alone()})
        ids = [each for each in session.ids if request["ids"] is None or each in set(request["ids"])]
        items: set[str] = set()
        told = 0
        for count, test in enumerate(ids):
            if count and not count % SAID_EVERY:
                answers.progress(f"recorded {count} of {len(ids)} tests")
            row = recorded(session, recorder, test, request["seconds"])
            answers.row({"groups": [sorted(group) for group in recorder.groups[told:]], **row})
            items.update(row.get("items", ()))
            told = len(recorder.groups)
        present = Present(recorder.places, environ)
        for part in parts(sorted(present.contents.items())):
            answers.row({"files": dict(part)})
        for part in parts(sorted(items.union(*recorder.groups))):
            answers.row({"digests": present.digests(part)})

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


def settle() -> None:
    """Before the first fork: a collection of cycles in a child would copy the pages of all that was there before."""
    gc.collect()
    gc.freeze()


def recorded(session: Session, recorder: Recorder, test: str, seconds: float) -> dict[str, Any]:
    """One test, with what it depends on. One that did not come to its end has no record."""
    item = session.items[test]
    recorder.prepare(item)

    def work() -> bytes:
        recorder.start()
        results = session.run([test])
        return json.dumps([results[0], recorder.stop(item)]).encode("utf-8", "backslashreplace")

    outcome = in_fork(work, seconds=seconds)
    if outcome.state != ANSWERED:
        recorder.forget()
        return {"test": test, "outcome": "error", "untraced": [f"its process {outcome.state} {outcome.why}".strip()]}
    result, record = json.loads(outcome.answer)
    whole = recorder.late(Record(record[0], tuple(record[1]), tuple(record[2]), tuple(record[3])))
    return {
        "test": test,
        "outcome": result[1],
        "seconds": Result(*result[:3]).seconds,
        "shares": whole.groups,
        "items": whole.items,
        "untraced": whole.untraced,
    }


if __name__ == "__main__":
    answer(main)
