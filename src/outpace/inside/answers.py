"""How a program of ours inside the sandbox is asked and answers: JSON on stdin, JSON lines in a file."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import fences

FILE = "OUTPACE_ANSWERS"
"""Names the file in the environment. Once it is open it has no name any more, and no fork of ours can write to it."""


class Answers:
    """Rows are of the process that was asked alone; what its forks tell, it looks at first."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.about = ""

    def row(self, row: dict[str, Any]) -> None:
        os.write(self._descriptor, json.dumps(row, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n")

    def progress(self, words: str) -> None:
        """Shown while it runs, and forgotten; `about` says of what."""
        self.row({"progress": f"{self.about}: {words}" if self.about else words})


def answer(work: Callable[[dict[str, Any], Answers], None]) -> None:
    """Reads the request, and calls `work` with what is printed going to stderr; the last row says that it came to its
    end. Never returns: threads and exit functions of the project have no say in when it is over."""
    request = json.load(sys.stdin)
    file = Path(os.environ.pop(FILE))
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    file.unlink()
    fences.close_in_children(descriptor)
    fences.raised()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    answers = Answers(descriptor)
    status = 1
    try:
        work(request, answers)
        answers.row({"end": True})
        status = 0
    except BaseException:  # noqa: BLE001  its last words are what is told of it
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)
