"""What each test of a suite is worth to it: mutants that no other one kills, branches that no other one takes."""

from __future__ import annotations

import ast
import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from outpace import sandbox
from outpace.app.test_mutants import How, Suite, try_mutants
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.model.unknown import Unknown
from outpace.testing.mutants.targets import Chosen
from outpace.testing.mutants.trial import AtImport, Equivalent, Killed

EVERY = 1 << 30
"""As many killers of one mutant as there are tests."""
STEPS = '''
"""Each test's steps from one instruction of the module to the next: where a condition ends one way or the other, they
differ, in the middle of a line too."""
import json
import os
import sys

import pytest

WHERE, TOLD = os.environ["STEPS_OF"], os.environ["STEPS_TOLD"]
FOUND = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    steps = FOUND.setdefault(item.nodeid, set())

    def entered(frame, event, _):
        if frame.f_code.co_filename != WHERE:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        code, last = f"{frame.f_code.co_firstlineno}:{frame.f_code.co_name}", [-1]

        def stepped(frame, event, _):
            if event == "opcode":
                steps.add((code, last[0], frame.f_lasti))
                last[0] = frame.f_lasti
            return stepped

        return stepped

    sys.settrace(entered)
    try:
        yield
    finally:
        sys.settrace(None)


def pytest_sessionfinish(session):
    with open(TOLD, "w") as file:
        json.dump({case: sorted(steps) for case, steps in FOUND.items()}, file)
'''

Step = tuple[str, int, int]


class Worth(NamedTuple):
    """`asserted` counts each assertion once for each case that it is run for; `idle` are the cases without which
    nothing would be lost."""

    mutants: int
    killed: int
    asserted: int
    idle: tuple[str, ...]


def worth(place: Path, module: str, files: Sequence[Path], python: Path, cases: Iterable[str]) -> Worth | Unknown:
    """`cases` are the ids of green tests. Each mutant is tried with every test that reaches it."""
    box = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(box, built=described(python, (".",)), tree=place, cwd=place)
    suite = Suite(inside=inside, root=str(place), words=())
    trial = try_mutants(suite, [Chosen(path=module)], How(killers=EVERY))
    if trial.doubt is not None:
        return trial.doubt
    judged = [each.verdict for each in trial.tried if not isinstance(each.verdict, (Equivalent, AtImport))]
    killers = [{kill.test for kill in verdict.kills} for verdict in judged if isinstance(verdict, Killed)]
    green = list(cases)
    alone = {next(iter(each)) for each in killers if len(each) == 1} | only(branches(place, module, files, python))
    return Worth(len(judged), len(killers), asserted(files, green), tuple(case for case in green if case not in alone))


def only(taken: Mapping[str, Iterable[Step]]) -> set[str]:
    """Those that take a branch which no other one takes."""
    times = Counter(step for steps in taken.values() for step in set(steps))
    return {case for case, steps in taken.items() if any(times[step] == 1 for step in steps)}


def branches(place: Path, module: str, files: Sequence[Path], python: Path) -> dict[str, set[Step]]:
    """Case -> its steps. coverage.py tells lines alone."""
    told = place.parent / "steps.json"
    (place / "steps_of_tests.py").write_text(STEPS)
    environ = {"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin"}
    environ |= {"STEPS_OF": str(place / module), "STEPS_TOLD": str(told)}
    words = [str(python), "-m", "pytest", "-p", "steps_of_tests", "-p", "no:cacheprovider", "-q", "--tb=no"]
    subprocess.run([*words, *map(str, files)], cwd=place, env=environ, capture_output=True, check=False, timeout=600)
    (place / "steps_of_tests.py").unlink()
    found: dict[str, list[Step]] = json.loads(told.read_bytes())
    told.unlink()
    return {case: {(code, one, other) for code, one, other in steps} for case, steps in found.items()}


def asserted(files: Sequence[Path], cases: Iterable[str]) -> int:
    """Assertions that are run, over all cases."""
    of = {name: count for path in files for name, count in _assertions(path.read_text()).items()}
    return sum(of.get(case.partition("[")[0].rpartition("::")[2], 0) for case in cases)


def _assertions(text: str) -> dict[str, int]:
    return {
        node.name: sum(_asserts(each) for each in ast.walk(node))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.withitem):
        return "raises" in ast.unparse(node.context_expr).lower()
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return isinstance(node, ast.Assert) or (called and ast.unparse(node).startswith("self.assert"))
