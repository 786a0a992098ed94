"""A project's tests through the sandbox: side by side, with a diff, with crashes, and with what is flaky."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app.test_run import Change, How, Tests, run_tests
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.model.test_run import Green, Red
from outpace.model.unknown import Unknown
from outpace.testing.result.records import Diff, Result, Untaken

SHOP = """
import json
from pathlib import Path

def price(count):
    rates = json.loads(Path(__file__).with_name("rates.json").read_text())
    if count > 100:
        return 0
    return count * rates["each"]

def unused():
    return 1
"""
TESTS = """
import os, subprocess, sys, time, unittest
import pytest
import shop

SET_UP = []

@pytest.fixture(scope="module")
def register():
    SET_UP.append(os.getpid())
    return SET_UP

@pytest.mark.parametrize("count", [1, 2, 3])
def test_price(register, count):
    assert shop.price(count) == 2 * count
    assert register == [os.getpid()]

class TestTill(unittest.TestCase):
    opened = 0

    @classmethod
    def setUpClass(cls):
        cls.opened += 1

    def test_once(self):
        with self.subTest(part=1):
            self.assertEqual(self.opened, 1)

    def test_still_once(self):
        self.assertEqual(self.opened, 1)
"""
ALONE = """
import os, time

def test_fine():
    pass

def test_ends_its_process():
    os._exit(7)

def test_after_that():
    time.sleep(0.02)

SEEN = []

def test_leaves_something():
    SEEN.append(1)

def test_falls_over_it():
    assert SEEN == []
"""
FEW = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def project(place: Path, **files: str) -> Tests:
    for name, text in files.items():
        (place / f"{name}.py").write_text(text)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=place, cwd=place, env=FEW)
    return Tests(inside=inside, root=str(place), words=("-p", "no:cacheprovider"))


def outcomes(result: Result) -> dict[str, str]:
    return {each.id.partition("::")[2]: each.outcome for each in result.tests}


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_no_test_takes_of_a_diff_is_told_however_many_processes_there_are(tmp_path: Path, jobs: int) -> None:
    tests = project(tmp_path, shop=SHOP, test_shop=TESTS)
    (tmp_path / "rates.json").write_text('{"each": 2}')
    (tmp_path / "other.json").write_text("{}")
    change = Change(
        base="main",
        paths=("other.json", "rates.json", "shop.py", "test_shop.py"),
        before=lambda path: None,
        after=lambda path: (tmp_path / path).read_bytes(),
    )
    result = run_tests(tests, How(jobs=jobs, seconds=60), change=change)
    assert isinstance(result.run, Green), result.run
    assert set(outcomes(result).values()) == {"passed"}
    assert result.tests[0].id == "test_shop.py::test_price[1]"
    assert (len(result.tests), result.processes) == (5, min(jobs, 2))  # a module's fixture and a class stay together
    assert result.diff == Diff(
        base="main",
        places=4,
        untaken=(
            Untaken(path="shop.py", line=7, kind="true", function="price"),
            Untaken(path="shop.py", line=11, kind="function", function="unused"),
        ),
        unread=("other.json",),
    )


def test_a_test_that_ends_its_process_is_red_and_those_after_it_still_run(tmp_path: Path) -> None:
    result = run_tests(project(tmp_path, test_alone=ALONE), How(again=True, slow=True, seconds=60))
    assert isinstance(result.run, Red)
    assert outcomes(result) == {
        "test_fine": "passed",
        "test_ends_its_process": "error",
        "test_after_that": "passed",
        "test_leaves_something": "passed",
        "test_falls_over_it": "failed",
    }
    assert {each.id.partition("::")[2]: each.kind for each in result.red} == {
        "test_ends_its_process": "crash",
        "test_falls_over_it": "assertion",
    }
    assert result.red[0].message == "its process ended: exit status 7"
    assert result.flaky == ("test_alone.py::test_falls_over_it",)
    assert [(each.name, each.file, each.count) for each in result.sleeps] == [("test_after_that", "test_alone.py", 1)]


def test_a_session_that_a_conftest_refuses_is_not_green(tmp_path: Path) -> None:
    refuses = "def pytest_sessionfinish(session):\n    session.exitstatus = 1\n"
    result = run_tests(project(tmp_path, conftest=refuses, test_one="def test_one(): pass\n"), How(seconds=60))
    assert isinstance(result.run, Unknown)
    assert outcomes(result) == {"test_one": "passed"}


def test_what_has_no_end_is_red_and_what_it_kept_from_running_is_named(tmp_path: Path) -> None:
    text = "import time\n\ndef test_waits():\n    time.sleep(60)\n\ndef test_later():\n    pass\n"
    result = run_tests(project(tmp_path, test_waits=text), How(seconds=1.5))
    assert outcomes(result) == {"test_waits": "error"}
    assert (result.red[0].kind, result.left) == ("timeout", ("test_waits.py::test_later",))


FIXTURES = """
import time
import pytest

@pytest.fixture(scope="session")
def server():
    time.sleep(0.02)
    yield "server"
    time.sleep(0.06)

@pytest.fixture
def client(server):
    yield server
    time.sleep(0.03)

@pytest.mark.parametrize("number", range(3))
def test_it(client, number):
    assert client == "server"
"""


def test_a_fixture_costs_what_its_set_up_and_its_tear_down_take_in_each_process(tmp_path: Path) -> None:
    one, two = (
        run_tests(project(tmp_path, test_it=FIXTURES), How(jobs=jobs, slow=True, seconds=60)) for jobs in (1, 2)
    )
    assert isinstance(one.run, Green)
    assert isinstance(two.run, Green)
    assert {each.name: each.count for each in one.fixtures} == {"server": 1, "client": 3, "number": 3}
    assert {each.name: each.count for each in two.fixtures} == {"server": 2, "client": 3, "number": 3}
    took = {each.name: each.seconds for each in one.fixtures}
    assert took["server"] >= 0.08
    assert took["client"] >= 0.09
    assert (two.processes, two.caveats) == (2, ("set up once in each process, as they last for a whole run: server",))
