"""Tests of a collected session, run in this process, with each one's outcome told as soon as it is there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from ..forks import ANSWERED, TIMED_OUT, Outcome
from ..session import ERROR, Broken, Result, Session

RESTARTS = 3
SHORT = 300
ENDLESS = "it did not end"


class Told(Protocol):
    """Where rows go, and words for whoever waits."""

    def row(self, row: dict[str, Any]) -> None: ...
    def progress(self, words: str) -> None: ...


class Said(NamedTuple):
    """What one test said, in a few words."""

    outcome: str
    why: str = ""
    seconds: float = 0.0

    @property
    def red(self) -> bool:
        return self.outcome in ("failed", "error")


def said(result: Result) -> Said:
    why = f"{result.exception}: {result.message}" if result.exception else result.message
    return Said(result.outcome, " ".join(why.split())[:SHORT], result.seconds)


class Journal:
    """A file of lines: a test that begins, and what it said. It tells of a process that died, too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(b"")

    def run(self, session: Session, ids: Iterable[str], note: Callable[[str], dict[str, Any]] = lambda _: {}) -> None:
        """In the process itself. Tests follow each other as pytest runs them."""
        ids = [each for each in ids if each in session.items]
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        upcoming = iter(ids)
        _line(descriptor, {"begun": next(upcoming, None)})
        for result in session.results(ids):
            _line(descriptor, {"id": result.id, "said": said(result), **note(result.id)})
            _line(descriptor, {"begun": next(upcoming, None)})
        os.close(descriptor)

    def collected(self, session: Session) -> None:
        row = {"collected": session.ids, "broken": session.broken}
        with self.path.open("ab") as file:
            file.write(json.dumps(row).encode("utf-8", "backslashreplace") + b"\n")

    def told(self, outcome: Outcome) -> Pass:
        rows = [json.loads(line) for line in self.path.read_bytes().splitlines() if line.endswith(b"}")]
        results = {row["id"]: Said(*row["said"]) for row in rows if "id" in row}
        notes = {row["id"]: {k: v for k, v in row.items() if k not in ("id", "said")} for row in rows if "id" in row}
        begun = [row["begun"] for row in rows if "begun" in row]
        running = begun[-1] if begun else None
        ended = "" if outcome.state == ANSWERED else f"its process {outcome.state} {outcome.why}".strip()
        if running is not None and running not in results and ended:
            word = ENDLESS if outcome.state == TIMED_OUT else ended
            results[running] = Said(ERROR, word, outcome.seconds)
        empty: dict[str, Any] = {"collected": [], "broken": []}
        collected: dict[str, Any] = next((row for row in rows if "collected" in row), empty)
        broken = tuple(Broken(*each) for each in collected["broken"])
        return Pass(results, notes, tuple(collected["collected"]), broken, ended)


class Pass(NamedTuple):
    """`ended` says why a process ended early; then the tests behind the running one are not among the results."""

    results: dict[str, Said]
    notes: Mapping[str, dict[str, Any]] = MappingProxyType({})
    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    ended: str = ""

    def red(self, test: str) -> bool:
        return test in self.results and self.results[test].red


def whole(run: Callable[[Sequence[str] | None], Pass], ids: Sequence[str] | None) -> Pass:
    """Begun again behind a test that ended its process, a few times."""
    found = run(ids)
    results, notes = dict(found.results), dict(found.notes)
    wanted = list(found.collected if ids is None else ids)
    for _ in range(RESTARTS):
        left = [each for each in wanted if each not in results]
        if not found.ended or not left or not results:
            break
        found = run(left)
        results.update(found.results)
        notes.update(found.notes)
    return found._replace(results=results, notes=notes)


def chosen(ids: Sequence[str], only: Sequence[str] | None) -> list[str]:
    """Those that are named, or whose file, class or function is; all where nothing is named."""
    if only is None:
        return list(ids)
    return [
        each
        for each in ids
        if any(each == name or each.startswith((f"{name}::", f"{name}[", f"{name}/")) for name in only)
    ]


def _line(descriptor: int, row: dict[str, Any]) -> None:
    os.write(descriptor, json.dumps(row).encode("utf-8", "backslashreplace") + b"\n")
