"""What the tests of a small project notice already is not tested a second time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app.test_covered import covered
from outpace.app.test_generate import How, Seeds, generate, modules_of
from outpace.app.test_mutants import Nothing, Suite
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.engines.test_sources import TestSources
from outpace.testing.generation import Covered, Enough, Generated, Module
from outpace.testing.writing.style import Style

PRICES = """def price(total):
    if total > 10:
        return total - 1
    return total
"""
SIGNS = """def sign(number):
    return -1 if number < 0 else 1
"""
TESTS = """
from prices import price
from signs import sign


def test_price():
    assert [price(total) for total in (10, 11, 12)] == [10, 10, 11]


def test_what_is_red_notices_nothing():
    assert sign(-1) == 7
"""
FEW = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


class Project:
    def __init__(self, root: Path) -> None:
        texts = {"prices.py": PRICES, "signs.py": SIGNS, "test_prices.py": TESTS}
        for path, text in texts.items():
            (root / path).write_text(text)
        python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
        self.inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=root, cwd=root, env=FEW)
        self.suite = Suite(inside=self.inside, root=str(root), words=())
        self.sources = TestSources(root, texts, ["."])
        self.modules = modules_of([("prices.py", None, PRICES), ("signs.py", None, SIGNS)], ["."])
        self.reports: list[str] = []

    def covered(self, modules: tuple[Module, ...]) -> dict[str, Covered]:
        return dict(covered(self.suite, modules, kept=Nothing(), report=self.reports.append))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_what_green_tests_kill_and_take_is_not_tested_again(project: Project) -> None:
    known = project.covered(project.modules)
    assert known["prices.py"].branches == {0, 1, -2, -3, -4}
    assert {"price:comparison:1", "price:number:1"} <= known["prices.py"].mutants
    assert known["signs.py"] == Covered()
    assert project.reports == []
    prices, signs = generate(
        project.inside, project.sources, project.modules, Style(), How(budget=60), seeds=Seeds(covered=known)
    )
    assert isinstance(prices, Enough), prices
    assert (prices.worth.killed, prices.worth.survivors) == (prices.worth.mutants, ())
    assert isinstance(signs, Generated), signs
    assert (signs.worth.killed_before, signs.worth.outcomes) == (0, 2)


def test_of_a_suite_that_cannot_be_collected_nothing_is_known_and_that_is_said(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text("raise SystemExit(3)\n")
    assert project.covered(project.modules[1:]) == {"signs.py": Covered()}
    assert [each.partition(" the tests that are there")[0] for each in project.reports] == [
        "which mutants",
        "which branches",
    ]
