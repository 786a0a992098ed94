"""All that provokes a suite, in one process that imports pytest once: orders, settings, edits of the code."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from .conditioning import Conditions
from .ordering import ordered
from .passing import Place
from .rewording import Reworded


class Part:
    """Rows of one part; they say so."""

    def __init__(self, name: str, answers: Answers) -> None:
        self._name = name
        self._answers = answers
        self.plainly: dict[str, bool] = {}
        self._tests: list[str] = []

    def row(self, row: dict[str, Any]) -> None:
        """What was stable plainly, red or not, is kept for the parts behind this one."""
        self._tests = row.get("collected", self._tests)
        for test, said in zip(self._tests, row.get("control", ())):  # noqa: B905  Python 3.9
            self.plainly[test] = said[0] in ("failed", "error")
        for test in (*row.get("unstable", ()), *row.get("later", ())):
            self.plainly.pop(test, None)
        self._answers.row({"part": self._name, **row})

    def progress(self, words: str) -> None:
        self._answers.progress(words)


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`, `words`, `keep` (variables that the project asks for), `temporary` (folders for temporary files that are
    this call's alone), `seed`, `seconds` for one pass and `whole` for all orders, `only` (ids, or null), `times` the
    suite may be run for searching in each part, `kinds`, `now` (seconds since 1970), `parts`."""
    scratch = Path(tempfile.mkdtemp(prefix="pass-"))
    place = Place(request, scratch)
    parts: list[str] = request["parts"]
    before: dict[str, bool] = {}
    if "order" in parts:
        part = Part("order", answers)
        in_orders({**request, "scratch": str(scratch), "twice": "conditions" not in parts}, part)
        place.files.restore()
        before = part.plainly
    if "conditions" in parts:
        part = Part("conditions", answers)
        Conditions(place, {**request, "before": before}, part).tell()
        before = {**before, **part.plainly}
    if "over-specified" in parts:
        Reworded(place, {**request, "before": before}, Part("over-specified", answers)).tell()


def in_orders(request: dict[str, Any], part: Part) -> None:
    """In a fork, since it imports the project."""

    def work() -> bytes:
        rows: list[dict[str, Any]] = []
        ordered(request, rows.append)
        return json.dumps(rows).encode("utf-8", "backslashreplace")

    outcome = in_fork(work, seconds=request["whole"])
    rows: list[dict[str, Any]] = json.loads(outcome.answer) if outcome.state == ANSWERED else []
    for row in rows or [{"ended": f"the process of all orders {outcome.state} {outcome.why}".strip()}]:
        part.row(row)
    part.progress("ran the tests in other orders, apart and twice")


if __name__ == "__main__":
    answer(main)
