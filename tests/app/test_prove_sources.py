"""A change whose pins are as stated, and whose requirements files let other files in than before."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.app.prove import prove
from outpace.app.prove_runs import Tools
from outpace.model.application import Application
from outpace.model.exposure import Matched
from outpace.model.inventory import Inventory
from outpace.model.proof import CheckUndecided, Result
from tests.fakes.proving import (
    EmptyEnvironments,
    MemoryResults,
    MemoryTrees,
    WrittenImports,
    WrittenRehearsals,
    WrittenSuites,
)

SHOP = Application(name="shop", locks=("requirements.txt",), test=("pytest",))
READER = "somebody who knows why, or a change without it"


def nothing(inventory: Inventory) -> Matched:
    return Matched(inventory=inventory)


def lock_diff(before: Mapping[str, str], after: Mapping[str, str]) -> Result:
    trees = MemoryTrees(((before, "Begin"), (after, "Moves: sprout 1 -> 2")), {"main": 0})
    tools = Tools(
        trees=trees,
        environments=EmptyEnvironments(),
        imports=WrittenImports(),
        suites=WrittenSuites(),
        rehearsals=WrittenRehearsals(),
        results=MemoryResults(),
        rematch=nothing,
        tier="a test's",
    )
    found = prove(SHOP, trees.name(0), trees.name(1), purpose=None, tools=tools)
    return next(check.result for check in found.checks if check.name == "lock diff")


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (
            {"requirements.txt": "--only-binary :all:\nsprout==1\n"},
            {"requirements.txt": "sprout==2\n-r more.txt\n", "more.txt": "--trusted-host h.invalid\n--pre\n"},
            (
                "adds --trusted-host (more.txt, line 1), adds --pre (more.txt, line 2), "
                "drops --only-binary (on base requirements.txt, line 1)"
            ),
        ),
        (
            {"requirements.txt": "-r odd\n", "odd": "sprout==1\n"},
            {"requirements.txt": "-r odd\n", "odd": "sprout==2\n--pre\n"},
            "adds --pre (odd, line 2)",
        ),
    ],
    ids=["in the file and in what it newly includes", "in what the deployed file includes, by whatever name"],
)
def test_the_lock_diff_is_undecided(before: Mapping[str, str], after: Mapping[str, str], why: str) -> None:
    assert lock_diff(before, after) == CheckUndecided(why, READER)
