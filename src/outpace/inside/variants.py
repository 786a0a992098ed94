"""Runs tests on variants of a project's files, each variant imported and collected afresh in a fork of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from .answers import Answers, answer
from .forks import ANSWERED, in_fork
from .session import Session, collected

TOGETHER, ALONE = "together", "alone"
Files = Mapping[str, Optional[str]]


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `variants`: each with `name`, `files` (path below the root -> text, or null where there is none), `words`
    for pytest, `ids` (null: all), `how` (TOGETHER, or ALONE: each in a fork), `times`, and `seconds` for a test, or for
    all that run together."""
    for variant in request["variants"]:
        with_files(Path(request["root"]), variant["files"], lambda each=variant: answers.row(ran(each)))
        answers.progress(f"tests run on {variant['name']}")


def with_files(root: Path, files: Files, work: Callable[[], None]) -> None:
    """Lays the files out, works, and puts back what was there."""
    before = {path: _content(root / path) for path in files}
    try:
        for path, text in files.items():
            _put(root / path, None if text is None else text.encode("utf-8", "surrogateescape"))
        work()
    finally:
        for path, content in before.items():
            _put(root / path, content)


def ran(variant: Mapping[str, Any]) -> dict[str, Any]:
    """A row; `state` and `why` are those of the fork that collected."""
    outcome = in_fork(lambda: _told(variant), seconds=_ceiling(variant))
    nothing: dict[str, Any] = {"collected": [], "broken": [], "rounds": [], "status": 0}
    row: dict[str, Any] = json.loads(outcome.answer) if outcome.state == ANSWERED else nothing
    return {"variant": variant["name"], "state": outcome.state, "why": outcome.why, **row}


def _told(variant: Mapping[str, Any]) -> bytes:
    row: dict[str, Any] = {"collected": [], "broken": [], "rounds": []}

    def work(session: Session) -> None:
        wanted = session.ids if variant["ids"] is None else [name for name in variant["ids"] if name in session.items]
        row.update(collected=session.ids, broken=session.broken)
        row["rounds"] = [_round(session, wanted, variant) for _ in range(variant["times"])]

    row["status"] = collected(variant["words"], work)
    return json.dumps(row).encode("utf-8", "backslashreplace")


def _round(session: Session, ids: Sequence[str], variant: Mapping[str, Any]) -> dict[str, Any]:
    groups = [ids] if variant["how"] == TOGETHER else [[name] for name in ids]
    told: dict[str, Any] = {"results": [], "lost": []}
    for group in groups:
        outcome, results = session.forked(group, seconds=variant["seconds"])
        told["results"] += [list(result) for result in results]
        if outcome.state != ANSWERED:
            told["lost"] += [[name, outcome.state, outcome.why[:300]] for name in group]
    return told


def _ceiling(variant: Mapping[str, Any]) -> float:
    count = 1 if variant["how"] == TOGETHER else max(1, len(variant["ids"] or ()))
    return 120.0 + float(variant["seconds"]) * int(variant["times"]) * count


def _content(path: Path) -> Optional[bytes]:
    return path.read_bytes() if path.is_file() else None


def _put(path: Path, content: Optional[bytes]) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    answer(main)
