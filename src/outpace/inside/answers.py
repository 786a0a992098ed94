"""How a program of ours inside the sandbox is asked and answers: JSON on stdin, JSON lines in a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

FILE = "OUTPACE_ANSWERS"
"""Names the file in the environment; children do not inherit the name."""


class Answers:
    """Rows may come from forks too: each is written in one piece, at the file's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def row(self, row: dict[str, Any]) -> None:
        os.write(self._descriptor, json.dumps(row, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n")

    def progress(self, words: str) -> None:
        """Shown while it runs, and forgotten."""
        self.row({"progress": words})


def answer(work: Callable[[dict[str, Any], Answers], None]) -> None:
    """Reads the request, and calls `work` with what is printed going to stderr; the last row says that it came to its
    end."""
    request = json.load(sys.stdin)
    descriptor = os.open(os.environ.pop(FILE), os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    answers = Answers(descriptor)
    work(request, answers)
    answers.row({"end": True})
