"""What each of many edits of a project does to its tests, and what the items of records are then; for measuring.

All in forks of one process, in which Python and pytest have started once, and nothing of the project is imported.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..session import Session, collected
from .distributions import installed, tops
from .places import Places
from .present import Present
from .settings import initial, settings


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root` of the project's files, which are as they were in the end; `words`, `items`; `seconds` for one run of all;
    `edits`, a path and its content in base64 each."""
    environ = initial()
    installed()
    tops()
    for name in importlib.import_module("_pytest.config").default_plugins:
        importlib.import_module(f"_pytest.{name}")
    edits: list[tuple[str, str]] = request["edits"]
    for path, content in edits:
        at = os.path.join(str(request["root"]), path)
        seen = os.stat(at)
        with open(at, "rb") as file:
            whole = file.read()
        try:
            _write(at, base64.b64decode(content))
            outcome = in_fork(lambda: _tried(request, environ), seconds=2 * request["seconds"])
        finally:
            _write(at, whole)
            os.utime(at, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        answers.row(json.loads(outcome.answer) if outcome.state == ANSWERED else {"ended": outcome.state})


def _tried(request: dict[str, Any], environ: dict[str, str]) -> bytes:
    found: dict[str, Any] = {}

    def work(session: Session) -> None:
        places = Places(request["root"])
        present = Present(places, environ)
        found.update(collected=session.ids, broken=session.broken, settings=settings(session.session, environ, places))
        found.update(files=present.contents, digests=present.digests(request["items"]))
        outcome, results = session.forked(session.ids, seconds=request["seconds"])
        found.update(state=outcome.state, results=[(each.id, each.outcome) for each in results])

    found["status"] = collected(request["words"], work)
    return json.dumps(found).encode("utf-8", "backslashreplace")


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    answer(main)
