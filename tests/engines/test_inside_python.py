"""A program of ours on the project's Python, in the sandbox: what it is told, what it answers, how it ends."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from outpace import sandbox
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described

TESTS = """
import os, sys

LEFT = []

def test_first():
    LEFT.append(1)
    print("noise", file=sys.stderr)

def test_second_sees_the_first():
    assert LEFT == [1], LEFT
"""
ENDS = "import os\n\ndef test_end():\n    os._exit(3)\n"


def here(tree: Path) -> InsidePython:
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    return InsidePython(python, built=described(Path(sys.executable), (".",)), tree=tree, cwd=tree)


def rows(told: object) -> list[dict[str, object]]:
    return [msgspec.json.decode(row) for row in told.rows]  # type: ignore[attr-defined]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "test_it.py").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize(("order", "seen"), [(None, ["passed", "passed"]), ([1, 0], ["failed", "passed"])])
def test_tests_run_in_the_order_that_is_asked_for(project: Path, order: list[int] | None, seen: list[str]) -> None:
    names = ["test_it.py::test_first", "test_it.py::test_second_sees_the_first"]
    ids = None if order is None else [names[at] for at in order]
    told = here(project).ask("outcomes", {"words": [], "ids": ids, "seconds": 30}, seconds=60)
    assert told.ended is None, told.log
    first, second = rows(told)
    assert first == {"collected": names, "broken": []}
    assert second["state"] == "answered"
    assert [result[1] for result in second["results"]] == seen  # type: ignore[attr-defined]


def test_a_test_that_ends_its_process_takes_nobody_with_it(project: Path) -> None:
    (project / "test_it.py").write_text(ENDS)
    told = here(project).ask("outcomes", {"words": [], "ids": None, "seconds": 30}, seconds=60)
    assert told.ended is None
    assert rows(told)[1] == {"state": "died", "why": "exit status 3", "results": []}


def test_a_program_that_does_not_come_to_its_end_says_so(project: Path) -> None:
    (project / "conftest.py").write_text("import os; os._exit(5)")
    told = here(project).ask("outcomes", {"words": [], "ids": None, "seconds": 30}, seconds=60)
    assert told.rows == ()
    assert told.ended is not None
    assert told.ended.why.startswith("it ended before its end (status 5)")


def test_a_failure_of_unittest_names_its_exception(project: Path) -> None:
    (project / "test_it.py").write_text(
        "import unittest\n\nclass Case(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(1, 2)\n"
    )
    told = here(project).ask("outcomes", {"words": [], "ids": None, "seconds": 30}, seconds=60)
    ((name, outcome, _, exception, message, phase, _),) = rows(told)[1]["results"]  # type: ignore[misc]
    assert (name, outcome, exception, message, phase) == (
        "test_it.py::Case::test_it",
        "failed",
        "AssertionError",
        "1 != 2",
        "call",
    )
