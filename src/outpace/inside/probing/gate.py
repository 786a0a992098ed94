"""The last gate of a generated file: a fresh interpreter collects it alone and runs it in random orders, in forks."""

from __future__ import annotations

import json
import random
import unittest
from collections.abc import Callable, Sequence
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork


def main(request: dict[str, Any], answers: Answers) -> None:
    """`file`, `framework`, `orders`, `seed`, `seconds` for one order. Rows: `collected`, then each order's `red`."""
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

    if request["framework"] == "unittest":
        _by_unittest(request["file"], told)
    else:
        _by_pytest(request["file"], told, answers)


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
            answers.row({"broken": broken.why})

    status = collected([file, "-p", "no:cacheprovider"], work)
    if status:
        answers.row({"broken": f"pytest ended with status {status}"})


def _by_unittest(file: str, told: Callable[..., None]) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("generated_tests", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    tests = {test.id().partition(".")[2].replace(".", "::"): test for each in suite for test in _flat(each)}

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
