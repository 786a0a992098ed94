"""Judges tests that were made for mutants, each alone: are they red on them, and do they leave anything behind?"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..mutants import loading
from ..mutants.sites import Mutant
from ..mutants.slots import bound
from ..provoking.files import Files
from ..provoking.state import Shared, changed
from ..session import Session, collected
from .filling import load, product_of
from .running import CPU, Ended, ended_of, is_killed

WALL = 30.0
MOST_LEFT = 200


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `files`: [path below it, functions or null]; `words` for pytest; `tests`: [test, the test that it stands
    beside or "", [path, mutant id] that it is for]."""
    sources, mutants = load(Path(request["root"]), request["files"])
    loading.switch(0)

    def work(session: Session) -> None:
        judging = _Judging(request, session, sources, mutants)
        for done, (test, relative, kills) in enumerate(request["tests"]):
            answers.progress(f"{done} of {len(request['tests'])} tests judged alone")
            answers.row(judging.told(test, relative, kills))

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


class _Judging:
    def __init__(
        self,
        request: dict[str, Any],
        session: Session,
        sources: Mapping[str, str],
        mutants: Mapping[int, tuple[str, Mutant]],
    ) -> None:
        self._session = session
        self._root = str(request["root"])
        self._product = product_of(self._root, sources, session.root)
        self._numbers = {(path, mutant.id): number for number, (path, mutant) in mutants.items()}
        self._files = Files(Path(self._root), Path(mkdtemp(prefix="kept-")) / "files")

    def told(self, test: str, relative: str, kills: Sequence[Sequence[str]]) -> dict[str, Any]:
        if test not in self._session.items:
            return {"judged": test, "why": "pytest does not collect it"}
        left = self._left(test)
        if left is None:
            return {"judged": test, "why": "it is red, or did not come to its end, alone"}
        beside = self._left(relative) if relative in self._session.items else None
        more = [name for name in left if name not in (beside or [])]
        killed = [[path, name] for path, name in kills if is_killed(self._with(test, self._numbers[path, name]))]
        return {"judged": test, "left": more[:MOST_LEFT], "killed": killed}

    def _left(self, test: str) -> list[str] | None:
        """Names of what it changed for whoever comes after it; None where it is not green."""
        outcome = in_fork(partial(self._leaving, test), seconds=WALL)
        files = [f"the file {path}" for path in self._files.changed()]
        self._files.restore()
        if outcome.state != ANSWERED:
            return None
        green, left = json.loads(outcome.answer)
        return [*left, *files] if green else None

    def _leaving(self, test: str) -> bytes:
        loading.switch(0)
        shared = Shared(self._root)
        before = shared.now()
        modules = set(sys.modules)
        result = self._session.run([test])[0]
        left = [*changed(before, shared.now()), *(f"sys.modules[{name!r}]" for name in modules - set(sys.modules))]
        return json.dumps([result.outcome == "passed", left]).encode("utf-8", "backslashreplace")

    def _with(self, test: str, number: int) -> Ended:
        outcome = in_fork(partial(self._mutated, test, number), seconds=WALL)
        self._files.restore()
        return Ended(*json.loads(outcome.answer)) if outcome.state == ANSWERED else Ended()

    def _mutated(self, test: str, number: int) -> bytes:
        faulthandler.disable()
        loading.switch(number)
        bound(10 * CPU)
        return json.dumps(ended_of(self._session.run([test])[0], self._product)).encode()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    answer(main)
