"""Prove, of tests that are selected by records of base, and of what a change takes to production untested."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from outpace import sandbox
from outpace.app.prove import prove
from outpace.app.prove_runs import Side, Tools
from outpace.app.prove_selected import Chosen, Selecting, Untested, how, told
from outpace.app.test_select import Kept
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.engines.suite import Suite
from outpace.model.application import Application
from outpace.model.exposure import Matched
from outpace.model.fact import digest_of
from outpace.model.inventory import Inventory
from outpace.model.proof import CheckUndecided, Failed, Passed, Proof, Proved, Result, Skipped
from outpace.proving.ports import Built, Environment
from outpace.testing.ports import Inside
from outpace.testing.selection.decision import drawn
from tests.fakes.proving import EmptyEnvironments, MemoryResults, MemoryTrees, WrittenImports, WrittenRehearsals

LOCK = """version = 1
[[package]]
name = "sprout"
version = "1"
source = { registry = "https://index.example.org/simple" }
"""
CODE = "def price(count):\n    return count * 2\n\n\ndef name():\n    return 'shop'\n"
CHANGED = """def price(count):
    if count > 100:
        return 0
    return count * 2


def name():
    return 'shop'
"""
TESTS = """import shop

def test_price():
    assert shop.price(2) == 4

def test_name():
    assert shop.name() == 'shop'
"""
FEW = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # each plugin's files are part of what a record stands on
SHOP = Application(name="shop", locks=("uv.lock",), test=("pytest", "-p", "no:cacheprovider"), test_env=FEW)
BASE = {"uv.lock": LOCK, "shop.py": CODE, "test_shop.py": TESTS}
TREES = MemoryTrees(
    [
        (BASE, "Begin"),
        ({**BASE, "shop.py": CHANGED}, "Change"),
        ({**BASE, "test_shop.py": TESTS + "\n"}, "Test more"),
        ({**BASE, "README.md": "words"}, "Say more"),
        ({**BASE, "shop.py": CODE.replace("return count * 2", "twice = 2\n    return count * twice")}, "Name it"),
    ],
    {"main": 0},
)


class OwnEnvironment(EmptyEnvironments):
    """The environment of this very test run, under the digest of the lock."""

    def build(self, tree: Path, application: Application, also: tuple[str, ...] = ()) -> Environment:
        empty = super().build(tree, application, also)
        assert isinstance(empty, Built)
        return msgspec.structs.replace(described(Path(sys.executable), (".",)), digest=empty.digest)

    def modules(self, built: Built, package: str) -> tuple[str, ...]:
        return ()


def place(built: Built, tree: Path, application: Application) -> Inside:
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    return InsidePython(python, built=built, tree=tree, cwd=tree, env=application.test_env)


def nothing(inventory: Inventory) -> Matched:
    return Matched(inventory=inventory)


def silent(_: str) -> None:
    pass


def selecting() -> Selecting:
    results = MemoryResults()
    return Selecting(place=place, results=results, project=Kept(results=results, key="project"), report=silent)


def tools(*, select: Selecting | None = None, untested: bool = False) -> Tools:
    return Tools(
        trees=TREES,
        environments=OwnEnvironment(),
        imports=WrittenImports(),
        suites=Suite(ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)),
        rehearsals=WrittenRehearsals(),
        results=MemoryResults(),
        rematch=nothing,
        tier="a test's",
        selecting=select,
        untested=Untested(place=place, report=silent) if untested else None,
    )


def proof(made: Tools, number: int) -> Proof:
    return prove(SHOP, TREES.name(0), TREES.name(number), purpose=None, tools=made)


def sides(number: int) -> tuple[Side, Side]:
    base, change = (Side(revision=TREES.name(at), tree=TREES.tree(TREES.name(at)), files=Path()) for at in (0, number))
    return base, change


def built() -> tuple[Built, Built]:
    found = msgspec.structs.replace(described(Path(sys.executable), (".",)), digest=digest_of(LOCK))
    return found, found


def suite(found: Proof) -> Result:
    return next(check.result for check in found.checks if check.name == "suite")


def exercised(found: Proof) -> Result:
    return next(check.result for check in found.checks if check.name == "added code exercised")


def test_a_proof_says_that_only_some_tests_ran_and_what_of_the_change_none_takes() -> None:
    assert not any(drawn(TREES.name(number), 20) for number in (1, 3))
    select = selecting()
    found = proof(tools(select=select, untested=True), 1)
    assert suite(found) == Passed(
        "1 passed on the change, none newly red; 1 of 2 tests ran, selected by what changed; the others depend on "
        "nothing that did, and were green on base"
    )
    assert found.notes == (
        "touches more than the lock: shop.py",
        "takes to production untested: shop.py:2 price, never true",
    )
    assert exercised(found) == CheckUndecided("no test comes to shop.py:3", "tests that run it, or a reader of it")
    assert select.choose(TREES, SHOP, sides(3), built()) == Chosen(
        said="no test ran: none of 2 tests depends on what changed, and each was green on base", nothing=True
    )


def test_lines_that_the_suite_comes_to_pass_and_without_the_option_nobody_looks() -> None:
    found = proof(tools(untested=True), 4)
    assert exercised(found) == Passed("the suite comes to all of 2 added lines")
    assert isinstance(found.conclusion, Proved)
    assert exercised(proof(tools(), 1)) == Skipped("outpace prove --untested asks, by one more run of the suite")
    assert proof(tools(), 1).digest != proof(tools(untested=True), 1).digest


def test_what_only_unittest_runs_is_not_looked_into_and_says_so() -> None:
    other = msgspec.structs.replace(SHOP, test=("python", "-m", "unittest", "test_shop"))
    found = prove(other, TREES.name(0), TREES.name(1), purpose=None, tools=tools(untested=True))
    why = "nothing tells which of the added lines run: only suites of pytest can be looked into"
    assert exercised(found) == CheckUndecided(why, "a suite that pytest runs")


def test_where_the_change_touches_tests_all_of_them_run() -> None:
    select = selecting()
    chosen = select.choose(TREES, SHOP, sides(2), built())
    assert chosen == Chosen(said="all tests ran, not a selection: the change touches tests, or how they are run")
    other = msgspec.structs.replace(SHOP, test=("python", "-m", "unittest"))
    chosen = select.choose(TREES, other, sides(1), built())
    assert chosen == Chosen(said="all tests ran, not a selection: only tests that pytest runs can be selected")


SAID: tuple[tuple[Result, Result], ...] = (
    (Passed("2 passed"), Passed("2 passed; all tests ran")),
    (CheckUndecided("wavers", "time"), CheckUndecided("wavers; all tests ran", "time")),
    (
        Failed("t is red"),
        Failed("t is red; all tests ran; a miss of selection: it would have left out t"),
    ),
)


@pytest.mark.parametrize(("result", "said"), SAID)
def test_a_miss_stands_in_the_check_and_is_kept_for_every_later_run(result: Result, said: Result) -> None:
    select = selecting()
    change = Side(revision="c" * 40, tree="t", files=Path())
    chosen = Chosen(said="all tests ran", left_out=frozenset({"t", "u"}))
    assert told(tools(select=select), chosen, result, ("t", "other"), change) == said
    known = select.project.map()
    missed = [miss.test for miss in known.misses] if known is not None else []
    assert missed == (["t"] if isinstance(result, Failed) else [])


def test_a_selected_proof_is_another_answer_than_one_of_all_tests() -> None:
    made = tools()
    assert told(made, Chosen(), Passed("x"), (), Side(revision="c", tree="t", files=Path())) == Passed("x")
    assert how(made) == "a test's"
    assert how(tools(select=selecting())) == ("a test's", "selected tests")
