"""Split, end to end: a git repository, a loopback index, uv, the sandbox, and a real suite on every step."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial

import pytest

from outpace.app.prove import prove
from outpace.app.split import Joined, Tools, View, asked_of, land, split
from outpace.engines.history.clone import Clone
from outpace.engines.revision import Revision
from outpace.engines.steps import Steps
from outpace.model.application import Application
from outpace.model.errors import Refused
from outpace.model.proof import Proof, Proved, Refuted
from tests.fakes.index import Index, Release
from tests.fakes.project import Project, project
from tests.fakes.proof import tools

CART = "def total(prices):\n    return sum(prices)\n"
DOOR = "from cart import total\n\n\ndef pay(prices):\n    return total(prices)\n"
TESTS = "import unittest\nfrom door import pay\n\n\nclass Door(unittest.TestCase):\n    def test_pay(self):\n"
PAYS = "        self.assertEqual(pay([1, 2]), 3)\n"
PAIR = "import unittest\nimport left, right\n\n\nclass Pair(unittest.TestCase):\n    def test_alike(self):\n"
ALIKE = "        self.assertEqual(left.size(), right.size())\n"
FILES = {
    "cart.py": CART,
    "door.py": DOOR,
    "test_door.py": TESTS + PAYS,
    "left.py": "def size():\n    return 1\n",
    "right.py": "def size():\n    return 1\n",
    "test_pair.py": PAIR + ALIKE,
    "README.md": "shop\n",
}
TURNS = "".join(f"    share += {n}\n    share -= {n}\n" for n in range(5))
REBATE = f"\n\ndef rebate(prices, share=0):\n{TURNS}    return total(prices) - share\n"
SHOP = Application(name="shop", locks=("uv.lock",), test=("python", "-m", "unittest"), imports=("door",))
RELEASES = {"sprout": [Release(version="2.0", modules=(("sprout.py", "def age(): return 1\n"),))]}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Index(RELEASES) as index:
        made = project(tmp_path_factory.mktemp("split"), index.url)
        made.write(FILES, dependencies='"sprout==2.0"')
        made.lock()
        made.commit("Begin")
        yield made


def branch(shop: Project, name: str, files: Mapping[str, str]) -> str:
    shop.switch("main")
    shop.write(files)
    shop.commit("Change the shop", branch=name)
    shop.switch("main")
    return name


def view_of(shop: Project, name: str) -> View:
    steps, made = Steps(shop.root), tools(shop)
    asked = asked_of(steps, SHOP, name, None)
    proves = partial(prove, SHOP, purpose=None, tools=made)
    return split(
        SHOP,
        asked,
        tools=Tools(repository=steps, tree=partial(Revision, Clone(shop.root, os.environ)), prove=proves, report=print),
        at_most=12,
    )


def test_what_is_new_is_proved_before_what_uses_it_and_the_last_tree_is_the_branchs(shop: Project) -> None:
    files = {
        "cart.py": CART + REBATE,
        "door.py": "from cart import rebate\n\n\ndef pay(prices):\n    return rebate(prices)\n",
        "README.md": "shop, with a rebate\n",
    }
    view = view_of(shop, branch(shop, "rebate", files))
    steps = Steps(shop.root)
    told = [(step.piece.kind, step.piece.title, step.found) for step in view.steps]
    assert told == [
        ("expand", "Add rebate in cart.py", Proved()),
        ("change", "Change pay in door.py", Proved()),
        ("documentation", "Document it in README.md", Proved()),
    ]
    assert steps.tree(view.steps[-1].revision) == steps.tree("rebate")
    assert view.joined == ()


def test_steps_between_which_a_test_is_red_become_one_and_it_is_said(shop: Project) -> None:
    files: dict[str, str] = dict.fromkeys(("left.py", "right.py"), "def size():\n    return 2\n")
    view = view_of(shop, branch(shop, "sizes", files))
    assert [(step.piece.title, step.found) for step in view.steps] == [
        ("Change size in left.py; Change size in right.py", Proved())
    ]
    assert view.joined == (
        Joined(
            one="Change size in left.py",
            other="Change size in right.py",
            why="suite: test_pair.Pair::test_alike passes on base and fails on the change (red in 2 of 2 runs): "
            "AssertionError: 2 != 1",
        ),
    )


def test_steps_are_written_as_a_branch_that_never_takes_the_place_of_another(shop: Project) -> None:
    view = view_of(shop, branch(shop, "landed", {"README.md": "a shop\n"}))
    steps = Steps(shop.root)
    first, second = land(view, steps, "steps/"), land(view, steps, "steps/")
    assert (first.landed, first.is_new, second.is_new) == ("steps/landed", True, False)
    assert steps.resolve("refs/heads/steps/landed") == view.steps[-1].revision
    steps.create_branch("mine/landed", steps.head())
    with pytest.raises(Refused, match="mine/landed exists already"):
        land(view, steps, "mine/")


def test_what_a_proof_held_against_the_whole_is_not_held_against_a_step(shop: Project) -> None:
    """The first test is red on the branch as a whole too: joining steps would not mend it."""
    files = {
        "cart.py": CART + REBATE,
        "door.py": "from cart import rebate\n\n\ndef pay(prices):\n    return rebate(prices) + 1\n",
        "README.md": "shop, with a mistake\n",
    }
    view = view_of(shop, branch(shop, "mistaken", files))
    assert [type(step.found) for step in view.steps] == [Proved, Refuted, Proved]
    assert (view.joined, type(view.whole), view.refuted) == ((), Refuted, True)


def test_a_second_run_runs_no_suite_again(shop: Project) -> None:
    name = branch(shop, "twice", {"left.py": "def size():\n    return 0 + 1\n", "README.md": "again\n"})
    made = [proofs(shop, name) for _ in range(2)]
    suites = [[check.cached for proof in each for check in proof.checks if check.name == "suite"] for each in made]
    assert suites == [[False, False, True], [True, True, True]]


def proofs(shop: Project, name: str) -> list[Proof]:
    """Of the whole, and of each step."""
    steps, made, kept = Steps(shop.root), tools(shop), list[Proof]()

    def proves(base: str, revision: str) -> Proof:
        kept.append(prove(SHOP, base, revision, purpose=None, tools=made))
        return kept[-1]

    made_with = Tools(
        repository=steps, tree=partial(Revision, Clone(shop.root, os.environ)), prove=proves, report=print
    )
    split(SHOP, asked_of(steps, SHOP, name, None), tools=made_with, at_most=9)
    return kept
