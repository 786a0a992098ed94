"""What tests that open connections or start programs say where no packet leaves; or, asked there, where one can."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ..answers import Answers, answer
from .passing import Place, Try
from .running import Said, whole

AGAIN = 2


def main(request: dict[str, Any], answers: Answers) -> None:
    """What a place takes, `tests`, and `before`: what they were plainly, red or not. Told of are those that are
    something else, with what they say alone."""
    scratch = Path(tempfile.mkdtemp(prefix="pass-"))
    place = Place(request, scratch)
    tests: list[str] = request["tests"]
    before: dict[str, bool] = request["before"]
    if request["lone"]:
        found = whole(lambda ids: place.run({}, tests if ids is None else ids), tests)
        tests = [test for test in tests if test in found.results and found.red(test) != before[test]]
    alone = place.each([Try({}, [test]) for test in tests for _ in range(AGAIN)])
    told: list[Said] = []
    unstable: list[str] = []
    for number, test in enumerate(tests):
        seen = [each.results.get(test, Said("error", each.ended)) for each in alone[number * AGAIN :][:AGAIN]]
        told.append(seen[0])
        if len({each.red for each in seen}) > 1:
            unstable.append(test)
    answers.row({"collected": tests, "control": [[*each] for each in told], "unstable": unstable})
    answers.row({"executed": place.executed})


if __name__ == "__main__":
    answer(main)
