"""Imports each module named on stdin in a process of its own; writes one JSON list to stdout."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback

LONGEST_WORDS = 600


def main() -> None:
    del sys.path[0]  # this script's own directory
    asked = json.load(sys.stdin)
    answer = os.dup(1)
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    results = [load(name, answer, asked["seconds"]) for name in asked["modules"]]
    with os.fdopen(answer, "w") as out:
        json.dump(results, out)


def load(name: str, answer: int, seconds: float) -> str:
    """Empty where it imports, else why not."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer)
        os.close(reading)
        words = attempt(name)
        os.write(writing, words.encode("utf-8", "replace"))
        os._exit(0)
    os.close(writing)
    words = told(reading, child, seconds)
    os.close(reading)
    return words


def attempt(name: str) -> str:
    try:
        importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001  whatever it raises is the answer
        last = traceback.format_exception_only(type(error), error)[-1].strip()
        return last[:LONGEST_WORDS] or type(error).__name__
    return "ok"


def told(reading: int, child: int, seconds: float) -> str:
    """A child that was ended, or ended itself, has not said that it is well."""
    import select
    import signal

    deadline = time.monotonic() + seconds
    ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
    words = os.read(reading, 4 * LONGEST_WORDS).decode("utf-8", "replace") if ready else ""
    if not ready:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not ready:
        return f"it did not end in {seconds:g} s"
    if words == "ok":
        return ""
    ended = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
    return words or f"it ended the process ({ended})"


if __name__ == "__main__":
    main()
