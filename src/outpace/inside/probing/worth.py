"""What each test of a generated file is worth: which mutants of its module make it red, tried in forks."""

from __future__ import annotations

import os
import unittest
from collections.abc import Callable
from functools import partial
from typing import Any

from ..answers import Answers, answer
from ..mutants import loading
from ..mutants.judging import judge
from ..mutants.reaching import GREEN, reach, who_reaches
from ..mutants.sites import mutants_of
from ..mutants.slots import Limits
from ..mutants.suites import Callables, Pytest, Suite
from .gate import unittests_of

EVERY = 1 << 30
"""As many killers of one mutant as there are tests."""
CONTROLS = 3
SHOWN = 50
LONGEST = 60.0


def main(request: dict[str, Any], answers: Answers) -> None:
    """`file`, `framework`, `path` and `source` of the module; `about` for progress; `claims`: mutant -> the test
    that is to be tried on it alone, or none for all tests on all mutants. Rows: all `mutants`, the `tests` that are
    green, for each mutant who `kills` it."""
    answers.about = request["about"]
    mutants = tuple(each for each in mutants_of(request["source"]) if not each.arid and each.function)
    loading.install({request["path"]: loading.Target(request["source"], mutants)})
    numbers = {each.id: number for number, each in enumerate(mutants, 1)}

    def told(suite: Suite) -> None:
        limits = Limits(at_once=len(os.sched_getaffinity(0)), longest=LONGEST)
        claims: dict[str, str] = request["claims"]
        wanted = [name for name in suite.names if not claims or name in claims.values()]
        touched = {each.test: each for each in reach(suite, wanted, limits=limits)}
        answers.row({"mutants": list(numbers)})
        answers.row({"tests": [name for name in wanted if touched[name].state == GREEN]})
        tests_of = who_reaches([touched[name] for name in wanted])
        if claims:
            tests_of = {
                numbers[each]: (test,) for each, test in claims.items() if test in tests_of.get(numbers[each], ())
            }
        judged = judge(suite, tests_of, touched, limits=limits, killers=EVERY, controls=CONTROLS)
        for number, each in enumerate(judged):
            if number % SHOWN == 0:
                answers.progress(f"the written tests on {number} of {len(tests_of)} mutants")
            mutant = mutants[each.number - 1].id if each.number else ""
            answers.row({"mutant": mutant, "kills": [kill.test for kill in each.kills]})

    if request["framework"] == "unittest":
        told(Callables({name: _work(test) for name, test in unittests_of(request["file"]).items()}))
    else:
        _by_pytest(request["file"], told, answers)


def _by_pytest(file: str, told: Callable[[Suite], None], answers: Answers) -> None:
    from ..session import collected

    status = collected([file, "-p", "no:cacheprovider"], lambda session: told(Pytest(session)))
    if status:
        answers.row({"broken": f"pytest ended with status {status}"})


def _work(test: unittest.TestCase) -> Callable[[], object]:
    return partial(_raised, test)


def _raised(test: unittest.TestCase) -> None:
    """In a fork: what it says is raised."""
    result = unittest.TestResult()
    test.run(result)
    if result.errors or result.failures or result.skipped:
        raise AssertionError


if __name__ == "__main__":
    answer(main)
