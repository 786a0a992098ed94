"""Prove, of what the usual environment does not hold: a group of documentation, another requirements file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from outpace.app.prove import prove
from outpace.app.prove_question import question
from outpace.engines.git import Repository
from outpace.model.application import Application
from outpace.model.proof import Passed, Proof, Proved, Refuted, Result, Undecided
from tests.fakes.index import Index, Release
from tests.fakes.project import Project, project
from tests.fakes.proof import tools

TESTS = """import unittest
class Shop(unittest.TestCase):
    def test_leaf(self):
        try: import leaf
        except ImportError: self.skipTest("no leaf")
        self.assertEqual(leaf.age(), 1)
    def test_name(self): pass
"""
GOOD = "def age(): return 1"
LEAF = {"1.0": GOOD, "1.1": GOOD, "1.2": "import nowhere", "1.3": "def age(): return 3"}
RELEASES = {
    "leaf": [Release(version=version, modules=(("leaf.py", f"{source}\n"),)) for version, source in LEAF.items()],
    "seed": [Release(version="1.0"), Release(version="2.0", modules=(("nothing.py", ""),))],
    "stone": [Release(version=version, sdist=True, backend="import os") for version in ("1.0", "1.1")],
}
SHOP = Application(name="shop", locks=("uv.lock",), test=("python", "-m", "unittest"), imports=("shop",))
PLAIN = Application(name="shop", locks=("requirements.txt",), test=SHOP.test, imports=("shop",))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Index(RELEASES) as index:
        made = project(tmp_path_factory.mktemp("wider"), index.url)
        made.write({"shop.py": "", "test_shop.py": TESTS})
        locked(made)
        made.commit("Begin")
        yield made


def locked(shop: Project, leaf: str = "1.0", stone: str = "1.0", more: str = "") -> None:
    """Leaf is asked for by a group that nothing installs of itself, stone by an extra that cannot be built."""
    shop.write({}, dependencies='"seed==1.0"')
    pyproject = shop.root / "pyproject.toml"
    asked = f'optional-dependencies = {{web = ["stone=={stone}"]}}\n[dependency-groups]\ndocs = ["leaf=={leaf}"]\n'
    pyproject.write_text(pyproject.read_text().replace("[tool.uv]", f"{asked}[tool.uv]", 1))
    shop.write({"requirements.txt": "seed==1.0\n", "requirements-docs.txt": f"leaf=={leaf}\n{more}"})
    shop.lock()


def proved(
    shop: Project, branch: str, *, leaf: str = "1.0", stone: str = "1.0", application: Application = SHOP
) -> Proof:
    shop.switch("main")
    locked(shop, leaf, stone)
    moved = f"leaf 1.0 -> {leaf}" if leaf != "1.0" else f"stone 1.0 -> {stone}"
    shop.commit(f"Upgrade\n\nMoves: {moved}\n", branch=branch)
    shop.switch("main")
    return asked(shop, branch, "main", application)


def asked(shop: Project, branch: str, base: str, application: Application) -> Proof:
    found = question(Repository(shop.root), application, branch, base)
    return prove(application, found.base, found.revision, purpose=None, tools=tools(shop))


def result(proof: Proof, name: str) -> Result:
    return next(check.result for check in proof.checks if check.name == name)


def test_what_moved_in_a_group_runs_in_an_environment_with_that_group_beside_the_usual_one(shop: Project) -> None:
    proof = proved(shop, "good", leaf="1.1")
    assert proof.conclusion == Proved(), proof
    assert result(proof, "imports") == Passed("shop imports; with --group docs: shop, leaf import")
    ran = "1 passed on the change, none newly red; with --group docs: 2 passed on the change, none newly red"
    assert result(proof, "suite") == Passed(ran)
    built = result(proof, "environment")
    assert isinstance(built, Passed)
    assert built.evidence.endswith(", and again with --group docs for what else moved")


@pytest.mark.parametrize(
    ("leaf", "why"),
    [
        ("1.2", "imports: with --group docs: import leaf fails on the change and not on base: ModuleNotFoundError: "),
        ("1.3", "suite: with --group docs: test_shop.Shop::test_leaf passes on base and fails on the change "),
    ],
    ids=["its import", "its suite"],
)
def test_what_breaks_with_that_group_alone_refutes(shop: Project, leaf: str, why: str) -> None:
    found = proved(shop, f"bad-{leaf}", leaf=leaf).conclusion
    assert isinstance(found, Refuted)
    assert found.reason.startswith(why)


def test_an_extra_that_does_not_build_on_base_leaves_it_undecided_and_says_so(shop: Project) -> None:
    proof = proved(shop, "stone", stone="1.1")
    assert isinstance(proof.conclusion, Undecided)
    begins = "imports: not installed where the change is proved, so that nothing of it was run: stone 1.1"
    assert proof.conclusion.missing.startswith(f"{begins} (base is not built with --extra web: ")
    assert proof.conclusion.would_settle.startswith("what brings it in `install` of outpace.toml")
    assert result(proof, "suite") == Passed("1 passed on the change, none newly red")


def test_what_moved_in_another_requirements_file_runs_with_that_file(shop: Project) -> None:
    proof = proved(shop, "plain", leaf="1.1", application=PLAIN)
    assert result(proof, "imports") == Passed("shop imports; with -r requirements-docs.txt: shop, leaf import")
    assert proof.conclusion == Proved(), proof


def test_a_requirements_file_that_contradicts_the_others_leaves_it_undecided(shop: Project) -> None:
    for leaf, branch in (("1.0", "apart"), ("1.1", "apart-fix")):
        shop.switch("main" if branch == "apart" else "apart")
        locked(shop, leaf, more="seed==2.0\n")
        shop.commit("Upgrade\n\nMoves: leaf 1.0 -> 1.1\n", branch=branch)
    proof = asked(shop, "apart-fix", "apart", PLAIN)
    assert isinstance(proof.conclusion, Undecided), proof
    assert "leaf 1.1 (base is not built with -r requirements-docs.txt: " in proof.conclusion.missing
