"""Real suites in the sandbox: green, red and everything that is neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines.confined_python import Limits
from outpace.engines.suite import Suite
from outpace.model.application import Application
from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from tests.fakes.here import HERE, confined, written

PYTEST = Application(name="shop", test=("pytest", "-q"))
UNITTEST = Application(name="shop", test=("python", "-m", "unittest"))
NAMED = "import unittest\nclass Shop(unittest.TestCase):\n"


def run(tree: Path, application: Application, *, seconds: float = 60, only: tuple[str, ...] = ()) -> TestRun:
    return Suite(confined(), Limits(seconds=seconds)).run(HERE, tree, application, only)


def test_pytest_is_read_test_by_test_and_the_failing_one_can_be_asked_for_alone(tmp_path: Path) -> None:
    source = "class TestShop:\n    def test_bad(self): assert 1 == 2\ndef test_ok(): pass\n"
    tree = written(tmp_path, {"tests/test_shop.py": source})
    found = run(tree, PYTEST)
    assert isinstance(found, Red)
    (failure,) = found.failures
    assert failure.name == "tests.test_shop.TestShop::test_bad"
    assert "1 == 2" in failure.message
    assert found.passed == ("tests.test_shop::test_ok",)
    alone = run(tree, PYTEST, only=(failure.node,))
    assert alone == Red(failures=(failure,))


def test_unittest_is_read_test_by_test(tmp_path: Path) -> None:
    body = """    def test_bad(self): self.assertEqual(1, 2)
    def test_ok(self): pass
    @unittest.skip("not now")
    def test_skip(self): pass
    @unittest.expectedFailure
    def test_known(self): self.fail()
"""
    tree = written(tmp_path, {"test_shop.py": NAMED + body})
    assert run(tree, UNITTEST) == Red(
        failures=(FailedTest(name="test_shop.Shop::test_bad", message="AssertionError: 1 != 2"),),
        passed=("test_shop.Shop::test_known", "test_shop.Shop::test_ok"),
        skipped=("test_shop.Shop::test_skip",),
    )


def test_a_module_that_cannot_be_imported_is_a_red_test_under_its_name(tmp_path: Path) -> None:
    tree = written(tmp_path, {"test_a.py": "import nowhere\n", "test_b.py": "def test_ok(): pass\n"})
    found = run(tree, PYTEST)
    assert isinstance(found, Red)
    assert [failure.name for failure in found.failures] == ["test_a"]


UNDECIDED = {
    "nothing collected": ({"test_a.py": "x = 1\n"}, "no test ran"),
    "a test that ends the runner": (
        {"test_a.py": "import os\ndef test_ok(): pass\ndef test_end(): os._exit(0)\n"},
        "the runner left no JUnit report",
    ),
    "a conftest that fails": (
        {"conftest.py": "import nowhere\n", "test_a.py": "def test_ok(): pass\n"},
        "the runner left no JUnit report",
    ),
    "green in the report, red in the status": (
        {
            "conftest.py": "def pytest_sessionfinish(session): session.exitstatus = 1\n",
            "test_a.py": "def test_ok(): pass\n",
        },
        "the JUnit report says green, but status 1",
    ),
    "red in the report, green in the status": (
        {
            "conftest.py": "import os\ndef pytest_unconfigure(config): os._exit(0)\n",
            "test_a.py": "def test_bad(): assert False\n",
        },
        "the JUnit report says red, but status 0",
    ),
}


@pytest.mark.parametrize(("files", "why"), UNDECIDED.values(), ids=UNDECIDED.keys())
def test_what_is_neither_green_nor_red_is_unknown(files: dict[str, str], why: str, tmp_path: Path) -> None:
    found = run(written(tmp_path, files), PYTEST)
    assert isinstance(found, Unknown)
    assert found.why.startswith(why), found.why


def test_a_suite_that_never_ends_is_ended_and_unknown(tmp_path: Path) -> None:
    tree = written(tmp_path, {"test_a.py": "import time\ndef test_a(): time.sleep(600)\n"})
    assert run(tree, PYTEST, seconds=3) == Unknown("it did not end in 3 s", "more time, or a shorter suite")


def test_a_suite_reaches_nothing_outside_of_its_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes to its own copy, sees none of our variables, calls nobody, and cannot touch its environment."""
    secret = tmp_path / "secret"
    secret.write_text("hush")
    monkeypatch.setenv("SHOP_TOKEN", "t0ken")
    source = f"""
import os, pathlib, socket, sys, pytest
def test_writes_its_copy(): pathlib.Path("left").write_text("x")
def test_no_variable_of_ours(): assert "SHOP_TOKEN" not in os.environ
def test_no_file_of_ours():
    with pytest.raises(OSError): open({str(secret)!r})
def test_no_network():
    with pytest.raises(OSError): socket.create_connection(("192.0.2.1", 80), timeout=2)
def test_no_change_of_the_environment():
    with pytest.raises(OSError): pathlib.Path(sys.prefix, "planted").write_text("x")
"""
    found = run(written(tmp_path / "tree", {"test_box.py": source}), PYTEST)
    assert isinstance(found, Green), found
    assert len(found.passed) == 5
    assert not Path(HERE.path, "planted").exists()


MANAGE = """\
import os, sys, unittest
class Result(unittest.TextTestResult):
    pass
class Shop(unittest.TestCase):
    def test_ok(self): self.assertEqual(os.environ["SECRET_KEY"], "dummy")
    def test_bad(self): self.assertEqual(os.path.basename(os.getcwd()), "elsewhere")
if __name__ == "__main__":
    assert sys.argv[1:] == ["test", "--keepdb"], sys.argv
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Shop)
    result = unittest.TextTestRunner(resultclass=Result).run(suite)
    sys.exit(bool(result.failures))
"""


@pytest.mark.parametrize(
    "test", [("python", "manage.py", "test", "--keepdb"), ("python", "-m", "manage", "test", "--keepdb")]
)
def test_a_script_that_runs_unittest_is_read_test_by_test_in_its_own_place_and_with_its_variables(
    test: tuple[str, ...], tmp_path: Path
) -> None:
    tree = written(tmp_path, {"site/manage.py": MANAGE})
    application = Application(name="shop", test=test, test_path="site", test_env={"SECRET_KEY": "dummy"})
    assert run(tree, application) == Red(
        failures=(
            FailedTest(
                name="__main__.Shop::test_bad", message="AssertionError: 'site' != 'elsewhere' - site + elsewhere"
            ),
        ),
        passed=("__main__.Shop::test_ok",),
    )


def test_a_script_that_runs_no_test_is_unknown_whatever_its_status(tmp_path: Path) -> None:
    tree = written(tmp_path, {"manage.py": "raise SystemExit(0)\n"})
    found = run(tree, Application(name="shop", test=("python", "manage.py", "test")))
    assert isinstance(found, Unknown), found
