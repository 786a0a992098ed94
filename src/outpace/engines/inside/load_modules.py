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
STARTS_AT_MOST = 4  # processes for the names of one module


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
    """Empty where it is there, else why not. A name that ends the process, or never answers, leaves the others to
    another process; attributes first, for what is imported by name brings modules that are attributes ever after.
    """
    found: dict[str, str] = {}
    waiting = sorted(names, key=is_import)
    why = ""
    for _ in range(STARTS_AT_MOST):
        told, why = in_a_child(module, waiting, answer, seconds)
        if not told:
            break
        found.update(zip(waiting, told[1:], strict=False))
        waiting = waiting[len(told) - 1 :]
        if not waiting:
            break
        found[waiting.pop(0)] = why
    found.update(dict.fromkeys(waiting, why))
    return {f"{module}:{name}" if name else module: told for name, told in found.items()}


def in_a_child(module: str, names: list[str], answer: int, seconds: float) -> tuple[list[str], str]:
    """What is told of the import and of each name, as far as it came, and why it came no further."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer)
        os.close(reading)
        attempt(module, names, writing)
        os._exit(0)
    os.close(writing)
    try:
        return told(reading, child, seconds, len(names) + 1)
    finally:
        os.close(reading)


def attempt(module: str, names: list[str], writing: int) -> None:
    why = failure(module)
    os.write(writing, line(why))
    for name in names:
        os.write(writing, line(why or (lack(module, name) if name else "")))


def line(words: str) -> bytes:
    return json.dumps(words).encode() + b"\n"


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


def told(reading: int, child: int, seconds: float, count: int) -> tuple[list[str], str]:
    """A child that was ended, or ended itself, has not said that it is well."""
    import select
    import signal

    deadline = time.monotonic() + seconds
    words, has_ended = b"", False
    while len(words) < LONGEST_ANSWER and words.count(b"\n") < count and not has_ended:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            break
        piece = os.read(reading, 1 << 16)
        words += piece
        has_ended = not piece
    is_whole = words.count(b"\n") >= count  # what it left behind may hold the pipe open
    if not is_whole and not has_ended:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    ended = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
    why = f"it ended the process ({ended})" if has_ended else f"it did not end in {seconds:g} s"
    lines = words.split(b"\n")[:-1][:count]
    try:
        return [str(json.loads(each)) for each in lines], why
    except ValueError:
        return [], why


if __name__ == "__main__":
    main()
