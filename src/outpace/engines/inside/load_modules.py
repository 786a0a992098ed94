"""Imports each module named on stdin in a process of its own; writes one JSON list to stdout."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback

LONGEST_WORDS = 600
LONGEST_ANSWER = 4 << 20


def main() -> None:
    del sys.path[0]  # this script's own directory
    asked = json.load(sys.stdin)
    answer = os.dup(1)
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    results = dict.fromkeys(asked["modules"], "it was not asked: MODULE or MODULE:NAME is read")
    for module, names in grouped(asked["modules"]).items():
        results.update(load(module, names, answer, asked["seconds"]))
    with os.fdopen(answer, "w") as out:
        json.dump([results[each] for each in asked["modules"]], out)


def grouped(asked: list[str]) -> dict[str, list[str]]:
    """`jwt` and `jwt:decode` are answered by one process; "" is the module itself."""
    found: dict[str, list[str]] = {}
    for each in asked:
        module, _, name = each.partition(":")
        found.setdefault(module, []).append(name)
    return found


def load(module: str, names: list[str], answer: int, seconds: float) -> dict[str, str]:
    """Empty where it imports, else why not."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer)
        os.close(reading)
        with os.fdopen(writing, "w", errors="replace") as out:
            out.write(json.dumps(attempt(module, names)) + "\n")
        os._exit(0)
    os.close(writing)
    found = told(reading, child, seconds, len(names))
    os.close(reading)
    return {f"{module}:{name}" if name else module: why for name, why in zip(names, found, strict=True)}


def attempt(module: str, names: list[str]) -> list[str]:
    """Attributes first: what is imported by name brings modules that would be attributes ever after."""
    why = failure(module)
    found = {name: why or (lack(module, name) if name else "") for name in sorted(names, key=is_import)}
    return [found[name] for name in names]


def is_import(name: str) -> bool:
    return not name.startswith(".")


def failure(module: str) -> str:
    try:
        importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001  whatever it raises is the answer
        return words_of(error)
    return ""


def lack(module: str, name: str) -> str:
    """`app` as `from module import app` has it, an attribute or a module below; of `site.app` this holds for `site`;
    `.app` is an attribute.
    """
    first, *rest = name.removeprefix(".").split(".")
    try:
        try:
            found = getattr(sys.modules[module], first)
        except AttributeError:
            if not is_import(name):
                raise
            if why := failure(f"{module}.{first}"):
                is_absent = f"No module named '{module}.{first}'" in why or "is not a package" in why
                return f"ImportError: cannot import name {first!r} from {module!r}" if is_absent else why
            found = sys.modules[f"{module}.{first}"]
        for part in rest:
            found = getattr(found, part)
    except BaseException as error:  # noqa: BLE001  what a module's own __getattr__ raises is the answer for that name
        return words_of(error)
    return ""


def words_of(error: BaseException) -> str:
    last = traceback.format_exception_only(type(error), error)[-1].strip()
    return last[:LONGEST_WORDS] or type(error).__name__


def told(reading: int, child: int, seconds: float, count: int) -> list[str]:
    """A child that was ended, or ended itself, has not said that it is well."""
    import select
    import signal

    deadline = time.monotonic() + seconds
    words, is_whole = b"", False
    while len(words) < LONGEST_ANSWER and not is_whole:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            break
        piece = os.read(reading, 1 << 16)
        words += piece
        is_whole = not piece or words.endswith(b"\n")  # what it left behind may hold the pipe open
    if not is_whole:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not is_whole:
        return [f"it did not end in {seconds:g} s"] * count
    try:
        return [str(each) for each in json.loads(words)]
    except ValueError:
        ended = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
        return [f"it ended the process ({ended})"] * count


if __name__ == "__main__":
    main()
