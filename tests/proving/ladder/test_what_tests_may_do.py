"""A proposed test may do what tests do and what its subject does, and nothing to the runner that judges it."""

from __future__ import annotations

import pytest

from outpace.model.proof import CheckUndecided, Failed, Passed
from outpace.proving.ladder import capabilities, copies, parses, powers
from outpace.proving.ladder.capabilities import judge, packages
from outpace.proving.ladder.lent import package_power
from outpace.proving.ladder.own import own_powers
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.rewrites import rewritten
from outpace.proving.ladder.worth import GRANTED, Noticed, function_of, powers_of_tests
from outpace.proving.ladder.worth import judge as judge_worth

TESTS = "tests/test_shop.py"


def gained(code: str, path: str = TESTS) -> set[str]:
    file = PatchedFile(path=path, before=None, after=code.encode())
    return {use.power for use in capabilities.gains(file, lambda _: None)}


REACHING = {
    "a hook": "def pytest_runtest_makereport(item):\n    return None\n",
    "a hook that waits": "async def pytest_sessionfinish(session):\n    return None\n",
    "a hook in a class": "class A:\n    def pytest_collection_modifyitems(self):\n        return None\n",
    "plugins": "pytest_plugins = ['mine']\n",
    "plugins with a type": "pytest_plugins: list[str] = ['mine']\n",
    "plugins among others": "pytest_plugins, a = ['mine'], 1\n",
    "plugins in a loop": "for pytest_plugins in [['mine']]:\n    pass\n",
    "plugins on the way": "if (pytest_plugins := ['mine']):\n    pass\n",
    "plugins from within": "def f():\n    global pytest_plugins\n    pytest_plugins = ['mine']\n\n\nf()\n",
    "a hook by another name": "def f(item): ...\n\n\npytest_runtest_makereport = f\n",
    "a hook that is no statement": "pytest_runtest_makereport = lambda item: None\n",
    "a hook that is brought": "from shop.a import f as pytest_runtest_makereport\n",
    "a hook that is brought as it is": "from shop.a import pytest_runtest_makereport\n",
    "a hook under a condition": "if True:\n    with a() as pytest_runtest_setup:\n        pass\n",
    "a hook that is matched": "match f:\n    case pytest_runtest_makereport:\n        pass\n",
    "plugins that are matched": "match ['mine']:\n    case [*pytest_plugins]:\n        pass\n",
    "an end of the run": "import pytest\npytest.exit('done', 0)\n",
    "a decorated hook": "import pytest\n@pytest.hookimpl(tryfirst=True)\ndef f(): ...\n",
    "the runner's own modules": "from _pytest.reports import TestReport\nTestReport.passed\n",
    "unittest's result": "import unittest.result\nunittest.result.TestResult.addFailure\n",
    "the plugin manager": "def test_a(request):\n    request.config.pluginmanager.unregister('x')\n",
    "the count of failures": "def test_a(request):\n    request.session.testsfailed = 0\n",
    "a status": "def test_a(request):\n    setattr(request.session, 'exitstatus', 0)\n",
}


@pytest.mark.parametrize("code", REACHING.values(), ids=REACHING.keys())
def test_what_reaches_into_the_runner_is_told_and_no_test_may(code: str) -> None:
    assert powers.RUNNER in gained(code)
    assert powers.RUNNER not in powers_of_tests({"tests/conftest.py": code}, lambda _: None)


def test_an_ordinary_function_is_no_hook() -> None:
    code = (
        "import pytest_mock\n\n\ndef test_pytest(pytest_like):\n    pytest_words = 1\n    def my_pytest_hook(): ...\n"
    )
    assert gained(code) == {package_power("pytest_mock")}


def test_a_mock_is_a_power_that_tests_have_and_code_has_not() -> None:
    code = "from unittest.mock import patch\npatch('a.b')\n"
    new = PatchedFile(path="shop/a.py", before=b"", after=code.encode())
    assert gained(code) == {powers.MOCKS}
    assert judge(Patch.of([new]), in_tests=GRANTED) == Failed(
        "it gains a power that the file did not have: shop/a.py:2 puts something in the place of other code "
        "(unittest.mock.patch)"
    )
    beside = PatchedFile(path=TESTS, before=None, after=code.encode())
    assert judge(Patch.of([beside]), in_tests=GRANTED) == Passed("no code does more to the world than it did")
    assert isinstance(judge(Patch.of([beside])), Failed)


def test_what_a_test_says_in_a_text_is_what_an_attacker_would_say_and_what_it_does_counts() -> None:
    said, done = (f"def test_a():\n    {line}\n".encode() for line in ("fill('{0.__globals__}')", "fill.__globals__"))
    texts = [PatchedFile(path=path, before=None, after=said) for path in (TESTS, "shop/a.py")]
    assert [isinstance(judge(Patch.of([each])), Passed) for each in texts] == [True, False]
    assert isinstance(judge(Patch.of([PatchedFile(path=TESTS, before=None, after=done)])), Failed)


def test_what_the_project_s_modules_do_is_no_news_in_a_test_and_is_in_code() -> None:
    own = own_powers(["shop/shell.py"], lambda _: b"import os\nos.system('a')\n")
    code = b"from shop.shell import run\nrun()\n"
    beside, within = (PatchedFile(path=path, before=None, after=code) for path in (TESTS, "shop/a.py"))
    assert isinstance(judge(Patch.of([beside]), own), Passed)
    assert judge(Patch.of([within]), own) == Failed(
        "it gains a power that the file did not have: shop/a.py:1 runs a shell (shop.shell.run)"
    )


def test_the_topmost_packages_that_sources_import_are_known_and_what_cannot_be_parsed_imports_nothing() -> None:
    sources = ["import flask.views", "from attrs import define\nfrom . import mine", "import (", "from star import *"]
    assert {package_power(top) for top in ("flask", "attrs", "star")} <= packages(sources)
    assert packages(["import ("]) == frozenset()


def test_tests_have_the_packages_of_the_project_pytest_and_the_powers_of_their_subject() -> None:
    texts = {
        "shop/net.py": "import socket\nsocket.socket()\n",
        "shop/other.py": "import subprocess\nsubprocess.run(['a'])\nimport flask\n",
        "README.md": "import requests",
        "broken.py": "def (",
    }
    had = powers_of_tests(texts, lambda _: None, ["shop/net.py", "broken.py", "gone.py"])
    assert GRANTED | {powers.NETWORK, package_power("flask"), package_power("pytest")} <= had
    assert not had & {powers.PROGRAMS, package_power("requests"), powers.RUNNER, powers.ENDS}


def noticed(
    alive: int = 4,
    *,
    killed: int = 0,
    crashed: int = 0,
    missed: int = 0,
    killers: tuple[str, ...] = ("t.py::test_a[1]",),
) -> Noticed:
    first = "0 for 1 in total"
    return Noticed(alive=alive, killed=killed, crashed=crashed, missed=missed, killers=killers, first=first)


WORTH = (
    (
        noticed(0),
        Failed("it adds nothing measurable: the tests of base notice every mutant of this code already"),
    ),
    (
        noticed(crashed=1),
        Failed("it asserts nothing that shows: 1 living mutant end it by an exception, and none by an assertion"),
    ),
    (noticed(missed=4), Failed("it adds nothing measurable: 4 mutants live, and it notices none of them")),
    (noticed(killed=4, killers=("t.py::test_b",)), Failed("t.py::test_a notices no change of this code at all")),
    (
        noticed(killed=1, missed=2),
        Failed("the new tests notice 1 of 3 living mutants that they run: they run the code more than they check it"),
    ),
    (
        noticed(killed=2, crashed=1, missed=2),
        Passed(
            "2 of 4 living mutants are noticed by an assertion, 1 by an exception, 2 run unnoticed; "
            "the first 0 for 1 in total"
        ),
    ),
)


@pytest.mark.parametrize(("seen", "result"), WORTH)
def test_each_new_test_notices_something_and_together_half_of_what_they_run(
    seen: Noticed, result: Passed | Failed
) -> None:
    assert judge_worth(seen, ["t.py::test_a[1]", "t.py::test_a[2]"]) == result


def test_a_test_is_known_without_its_parameters() -> None:
    assert [function_of(test) for test in ("t.py::test_a[1]", "t.py::A::test_b")] == ["t.py::test_a", "t.py::A::test_b"]


def test_python_that_cannot_be_read_is_refuted_and_what_is_no_python_is_not_asked() -> None:
    page = PatchedFile(path="a.html", before=b"", after=b"<p")
    gone = PatchedFile(path="gone.py", before=b"(", after=None)
    good = PatchedFile(path="b.pyi", before=b"", after=b"def f() -> None: ...\n")
    assert parses.judge(Patch.of([page, gone, good])) == Passed("every file of Python can be read")
    for wrong in (b"def (", b"a\x00b", b"# coding: nonsense\n", b"(" * 2000):
        broken = PatchedFile(path="c.py", before=b"", after=wrong)
        told = parses.judge(Patch.of([good, broken]))
        assert isinstance(told, Failed)
        assert told.evidence.startswith("c.py cannot be read: ")


DEEP = {
    "signs": b"-" * 20_000 + b"1",
    "functions": b"lambda:" * 3000 + b"1",
    "attributes": b"x" + b".a" * 5000,
    "texts": b"x = " + b" + ".join([b"'a'"] * 500),
    "choices": b"if a: b\n" + b"elif a: b\n" * 500,
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP.keys())
def test_python_that_nests_without_end_is_refuted_and_ends_nobody(source: bytes) -> None:
    deep = PatchedFile(path="tests/test_c.py", before=b"", after=source)
    told = parses.judge(Patch.of([deep]))
    assert isinstance(told, Failed)
    assert told.evidence.startswith("tests/test_c.py cannot be read: ")
    assert judge(Patch.of([deep])) is not None
    assert packages([source.decode()]) == frozenset()
    assert isinstance(copies.judge({"tests/test_c.py": source.decode()}, {}), Passed)
    assert rewritten(source.decode()) is None


def test_ordinary_chains_are_read() -> None:
    long = b"x = " + b" + ".join([b"'a'"] * 150) + b"\nif a: b\n" + b"elif a: b\n" * 150
    assert isinstance(parses.judge(Patch.of([PatchedFile(path="c.py", before=b"", after=long)])), Passed)


def test_python_that_cannot_be_read_leaves_its_powers_undecided() -> None:
    broken = PatchedFile(path="c.py", before=b"", after=b"def (")
    assert isinstance(judge(Patch.of([broken])), CheckUndecided)
