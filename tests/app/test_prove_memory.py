"""What a proof costs: each costly run once for its inputs, and nothing dear after a refutation."""

from __future__ import annotations

import msgspec

from outpace.app.prove import prove
from outpace.app.prove_runs import Tools
from outpace.model.application import Application
from outpace.model.exposure import Matched
from outpace.model.inventory import Inventory
from outpace.model.proof import Failed, Passed, Proof, Skipped
from outpace.proving.ladder.without_task import NO_CODE
from tests.fakes.proving import (
    EmptyEnvironments,
    MemoryResults,
    MemoryTrees,
    WrittenImports,
    WrittenRehearsals,
    WrittenSuites,
)

LOCK = """version = 1
[[package]]
name = "sprout"
version = "{version}"
source = {{ registry = "https://index.example.org/simple" }}
"""
GREEN, RED = "passed a\npassed b\n", "passed a\nfailed b\n"
SHOP = Application(name="shop", locks=("uv.lock",), test=("pytest",))


def commit(version: str, suite: str, message: str) -> tuple[dict[str, str], str]:
    return {"uv.lock": LOCK.format(version=version), "suite": suite}, message


TREES = MemoryTrees(
    (
        commit("1", GREEN, "Begin"),
        commit("2", RED, "Moves: sprout 1 -> 2"),
        commit("3", GREEN, "Moves: sprout 2 -> 3"),
        commit("4", GREEN, "Moves: sprout 3 -> 9"),
    ),
    {"main": 0},
)


def tools(suites: WrittenSuites) -> Tools:
    return Tools(
        trees=TREES,
        environments=EmptyEnvironments(),
        imports=WrittenImports(),
        suites=suites,
        rehearsals=WrittenRehearsals(),
        results=MemoryResults(),
        rematch=nothing,
        tier="a test's",
    )


def nothing(inventory: Inventory) -> Matched:
    return Matched(inventory=inventory)


def proof(made: Tools, number: int) -> Proof:
    return prove(SHOP, TREES.name(0), TREES.name(number), purpose=None, tools=made)


def test_base_is_run_once_however_many_candidates_follow() -> None:
    suites = WrittenSuites()
    made = tools(suites)
    proof(made, 3)
    assert suites.runs == 0  # refuted by its lock alone
    proof(made, 2)
    assert suites.runs == 2  # base and change
    proof(made, 2)
    assert suites.runs == 2
    proof(made, 1)
    assert suites.runs == 5  # the change, and what is newly red again on both


def test_after_a_refutation_nothing_dear_is_tried() -> None:
    results = {check.name: check.result for check in proof(tools(WrittenSuites()), 3).checks}
    why = "sprout 1 -> 9 was stated by the commit's trailers and did not happen"
    assert results == {
        **dict.fromkeys(("parses", "capabilities"), Skipped(NO_CODE)),
        "lock diff": Failed(why),
        **dict.fromkeys(
            ("re-match", "environment", "imports", "suite", "probe", "added code exercised"),
            Skipped("refuted already"),
        ),
    }


def test_settings_of_the_suite_that_the_change_edits_are_judged_like_edited_tests() -> None:
    settings = "[tool.pytest.ini_options]\naddopts = '{words}'\n"
    first, second = commit("1", GREEN, "Begin"), commit("2", GREEN, "Moves: sprout 1 -> 2")
    first[0]["pyproject.toml"] = settings.format(words="-W error")
    second[0]["pyproject.toml"] = settings.format(words="")
    trees, suites = MemoryTrees((first, second), {"main": 0}), WrittenSuites()
    made = msgspec.structs.replace(tools(suites), trees=trees)
    found = prove(SHOP, trees.name(0), trees.name(1), purpose=None, tools=made)
    assert suites.runs == 3  # base, the change, and the change with the settings of base
    assert found.notes == ("touches how tests are run: [tool.pytest.ini_options] in pyproject.toml",)
    suite = next(check.result for check in found.checks if check.name == "suite")
    assert suite == Passed(
        "2 passed on the change, none newly red; the tests as they were on base are not newly red either"
    )
