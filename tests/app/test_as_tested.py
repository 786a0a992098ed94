"""What decides how a change is tested, and when a missing service is the reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from outpace.app.as_tested import as_tested, missing_services
from outpace.engines.git import Repository
from outpace.model.application import Application
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.pipelines.events import Origin
from outpace.pipelines.suites import Suite
from tests.fakes.here import written

SHOP = Application(name="shop")
WORKFLOW = """on: push
jobs:
  t:
    container: python:3.12
    services: {db: {image: postgres}}
    steps: [{run: STEP}]
"""
FILE = ".github/workflows/t.yml"
SUITE = Suite(command=("pytest",), origin=Origin("ci.yml", 3), written=Origin("ci.yml", 3), services=("postgres",))


def workflow(step: str) -> dict[str, str]:
    return {FILE: WORKFLOW.replace("STEP", step)}


def committed(root: Path, *revisions: dict[str, str]) -> Repository:
    """One commit each, on `main`; the first is `main~1` where there are two."""
    git = ("git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@example.invalid")
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    for files in revisions:
        written(root, files)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    return Repository(root)


def test_the_pipeline_of_base_decides_and_not_that_of_the_change(tmp_path: Path) -> None:
    trees = committed(tmp_path, workflow("A=1 pytest -x"), workflow("pytest x"))
    found = as_tested(SHOP, trees, "main~1", "main")
    assert found.application == Application(
        name="shop", test=("pytest", "-x"), test_env={"A": "1"}, python=("3.12", "any")
    )
    assert found.notes == (
        f"is tested as {FILE}:6 does it, with A set, without postgres, which it starts beside the suite",
    )


def test_what_is_declared_is_left_as_it_is(tmp_path: Path) -> None:
    trees = committed(tmp_path, workflow("pytest -x"))
    declared = Application(name="shop", test=("pytest", "-q"))
    found = as_tested(declared, trees, "main", "main")
    assert (found.application, found.notes) == (declared, ())


def test_a_change_that_takes_pytest_away_is_still_tested_with_it(tmp_path: Path) -> None:
    files = {"pyproject.toml": "[tool.pytest.ini_options]\n", "test_a.py": "import unittest\n"}
    trees = committed(tmp_path, files, {"pyproject.toml": ""})
    assert as_tested(SHOP, trees, "main~1", "main").application.test == ("pytest", "-q")
    first = committed(tmp_path / "first", {"README": ""}, {"test_a.py": "import pytest\n"})
    assert as_tested(SHOP, first, "main~1", "main").application.test == ("pytest", "-q")


def test_a_pipeline_that_tests_another_part_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    trees = committed(tmp_path, workflow("cd a && pytest") | {"a/test_x.py": "", "b/test_y.py": ""})
    found = as_tested(Application(name="b", path="b"), trees, "main", "main").application
    assert (found.test, found.test_path) == (("pytest", "-q"), "")
    assert as_tested(Application(name="a", path="a"), trees, "main", "main").suite is not None


ALONE = Suite(command=("pytest",), origin=Origin("ci.yml", 3), written=Origin("ci.yml", 3))
MOSTLY_RED = Red(failures=(FailedTest(name="a", message="x"), FailedTest(name="b", message="x")), passed=("c",))
PASSED = Passed("1 passed")
FAILED = Failed("newly red")


@pytest.mark.parametrize(
    ("told", "before", "suite", "expected"),
    [
        (PASSED, Green(passed=("a",)), SUITE, None),
        (PASSED, MOSTLY_RED, None, None),
        (FAILED, MOSTLY_RED, SUITE, None),
        (
            PASSED,
            MOSTLY_RED,
            ALONE,
            "2 of 3 tests are red on base too, the first with x; ci.yml makes another environment",
        ),
        (PASSED, Unknown("it crashed"), ALONE, None),
        (
            PASSED,
            MOSTLY_RED,
            SUITE,
            "2 of 3 tests are red on base too, the first with x; ci.yml starts postgres beside it, which",
        ),
        (PASSED, Unknown("it crashed"), SUITE, "the suite does not run here: it crashed; ci.yml starts postgres"),
    ],
)
def test_a_service_that_is_missing_is_named_and_no_change_is_blamed_or_praised_without_it(
    told: Result, before: TestRun, suite: Suite | None, expected: str | None
) -> None:
    found = missing_services(told, before, suite)
    if expected is None:
        assert found == told
    else:
        assert isinstance(found, CheckUndecided)
        assert found.missing.startswith(expected)
