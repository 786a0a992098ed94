"""The last gate of a generated file: a fresh interpreter runs it in random orders, and looks what each test leaves."""

from __future__ import annotations

import json
import random
import tempfile
import threading
import unittest
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..provoking.files import Files
from ..provoking.state import Shared, changed

MOST_LEFT = 8
MOMENT = 0.5


def main(request: dict[str, Any], answers: Answers) -> None:
    """`file`, `framework`, `root`, `orders`, `seed`, `seconds` for one order. Rows: `collected`, each order's `red`,
    and what a test `left`."""
    orders, seed, seconds = int(request["orders"]), int(request["seed"]), float(request["seconds"])

    def told(names: Sequence[str], run: Callable[[Sequence[str]], list[list[str]]]) -> None:
        answers.row({"collected": list(names)})
        for number in range(orders):
            order = list(names)
            if number:
                random.Random(seed + number).shuffle(order)  # noqa: S311  the same again for the same seed
            outcome = in_fork(lambda order=order: json.dumps(run(order)).encode(), seconds=seconds)
            red = json.loads(outcome.answer) if outcome.state == ANSWERED else [["", outcome.why or outcome.state]]
            answers.row({"order": number, "red": red})
        for row in left_behind(str(request["root"]), names, run, seconds):
            answers.row(row)

    if request["framework"] == "unittest":
        _by_unittest(request["file"], told)
    else:
        _by_pytest(request["file"], told, answers)


def left_behind(
    root: str, names: Sequence[str], run: Callable[[Sequence[str]], list[list[str]]], seconds: float
) -> Iterator[dict[str, Any]]:
    """Tests that change what is shared. A cache that fills, what was None until it was asked for, and what counts how
    many objects there were, change nothing for whoever comes next: the ten orders were green."""
    with tempfile.TemporaryDirectory(prefix="gate-") as place:
        files = Files(Path(root), Path(place) / "files")
        for name in names:
            outcome = in_fork(partial(_leaving, root, name, run), seconds=seconds)
            left = json.loads(outcome.answer) if outcome.state == ANSWERED else [outcome.why or outcome.state]
            left += [f"the file {path}" for path in files.changed()]
            files.restore()
            if left:
                yield {"left": name, "what": left[:MOST_LEFT]}


def _leaving(root: str, name: str, run: Callable[[Sequence[str]], list[list[str]]]) -> bytes:
    shared = Shared(root)
    before = shared.now()
    threads = set(threading.enumerate())
    run([name])
    after = shared.now()
    left = [each for each in changed(before, after) if not _harmless(each, before.get(each, ""), after.get(each, ""))]
    left += [f"the thread {each.name}, which runs on" for each in threading.enumerate() if _goes_on(each, threads)]
    return json.dumps(left).encode("utf-8", "backslashreplace")


def _goes_on(thread: threading.Thread, before: set[threading.Thread]) -> bool:
    """An interpreter waits for it at its end. One that is just about to end is given a moment."""
    if thread in before or thread.daemon:
        return False
    thread.join(MOMENT)
    return thread.is_alive()


def _harmless(name: str, before: str, after: str) -> bool:
    counted = before.isdigit() and after.isdigit() and int(before) < int(after)
    return name.endswith(".cache") or before == "None" or counted


def _by_pytest(file: str, told: Callable[..., None], answers: Answers) -> None:
    from ..session import Session, collected

    def work(session: Session) -> None:
        def run(order: Sequence[str]) -> list[list[str]]:
            return [
                [result.id, f"{result.outcome}: {result.exception}: {result.message}"[:500]]
                for result in session.run(order)
                if result.outcome != "passed"
            ]

        told(session.ids, run)
        for broken in session.broken:
            answers.row({"broken": f"{broken.file}: {broken.why}"})

    status = collected([file, "-p", "no:cacheprovider"], work)
    if status:
        answers.row({"broken": f"pytest ended with status {status}"})


def unittests_of(file: str) -> dict[str, unittest.TestCase]:
    import importlib.util

    spec = importlib.util.spec_from_file_location("generated_tests", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    return {test.id().partition(".")[2].replace(".", "::"): test for each in suite for test in _flat(each)}


def _by_unittest(file: str, told: Callable[..., None]) -> None:
    tests = unittests_of(file)

    def run(order: Sequence[str]) -> list[list[str]]:
        red: list[list[str]] = []
        for name in order:
            result = unittest.TestResult()
            tests[name].run(result)
            red += [[name, said[-500:]] for _, said in (*result.errors, *result.failures)]
            red += [[name, "skipped"] for _ in result.skipped]
        return red

    told(list(tests), run)


def _flat(each: unittest.TestSuite | unittest.TestCase) -> list[unittest.TestCase]:
    if isinstance(each, unittest.TestSuite):
        return [test for inner in each for test in _flat(inner)]
    return [each]


if __name__ == "__main__":
    answer(main)
