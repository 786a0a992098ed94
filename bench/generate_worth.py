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
CONTEXTS = '''
"""Tells coverage.py which test runs."""
import coverage
import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    coverage.Coverage.current().switch_context(item.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item):
    coverage.Coverage.current().switch_context("")
'''
READ = """
import coverage, json, sys
data = coverage.CoverageData(".coverage")
data.read()
file = next(name for name in data.measured_files() if name.endswith(sys.argv[1]))
found = {}
for context in sorted(data.measured_contexts()):
    data.set_query_context(context)
    found[context] = data.arcs(file)
print(json.dumps(found))
"""


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


def only(taken: Mapping[str, Iterable[tuple[int, int]]]) -> set[str]:
    """Those that take a branch which no other one takes."""
    times = Counter(arc for arcs in taken.values() for arc in set(arcs))
    return {case for case, arcs in taken.items() if any(times[arc] == 1 for arc in arcs)}


def branches(place: Path, module: str, files: Sequence[Path], python: Path) -> dict[str, set[tuple[int, int]]]:
    """Case -> steps from line to line in the module."""
    (place / "contexts_of_tests.py").write_text(CONTEXTS)
    words = [str(python), "-m", "coverage", "run", "--branch", f"--include={place / module}", "-m", "pytest"]
    words += ["-p", "contexts_of_tests", "-p", "no:cacheprovider", "-q", "--tb=no", *map(str, files)]
    environ = {"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin"}
    subprocess.run(words, cwd=place, env=environ, capture_output=True, check=False, timeout=300)
    said = subprocess.run(
        [str(python), "-c", READ, module], cwd=place, env=environ, capture_output=True, check=False, timeout=60
    )
    (place / "contexts_of_tests.py").unlink()
    found: dict[str, list[tuple[int, int]]] = json.loads(said.stdout or b"{}")
    return {case: {(one, other) for one, other in arcs} for case, arcs in found.items() if case}


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
