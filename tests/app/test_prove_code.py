"""Prove, of the code that a change brings beside a bump or alone: a git repository, a loopback index, real suites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
import pytest

from outpace.app.prove import prove
from outpace.app.prove_question import question
from outpace.engines.git import Repository
from outpace.model.application import Application
from outpace.model.proof import Passed, Proof, Proved, Refuted, Result, Skipped, Undecided
from outpace.proving.decide import CAPABILITIES, EXERCISED, PARSES
from outpace.proving.ladder.without_task import NO_CODE
from tests.fakes.index import Index, Release
from tests.fakes.project import Project, project
from tests.fakes.proof import tools

CODE = "import sprout\n\n\ndef age():\n    return sprout.age()\n"
CALLS_HOME = "import socket\nimport sprout\n\n\ndef age():\n    socket.create_connection(('h', 1))\n    return 1\n"
READER = "def read(path):\n    with open(path) as file:\n        return file.read()\n\n\nNAME = 'reader'\nSIZE = 1\n"
TESTS = (
    "import unittest\nimport shop\nclass Shop(unittest.TestCase):\n    def test_age(self): self.assertTrue(shop.age)\n"
)
SPAWNS = "import subprocess, unittest\nclass More(unittest.TestCase):\n    def test_a(self): subprocess.run(['true'])\n"
FILES = {
    "shop.py": CODE,
    "test_shop.py": TESTS,
    "reader.py": READER,
    "quiet.py": "import os  # noqa: F401\n",
    "old.py": "print 'of another age'\n",
    "README.md": "shop",
}
RELEASES = {
    "sprout": [Release(version=each, modules=(("sprout.py", "def age(): return 1\n"),)) for each in ("1.0", "1.1")],
    "seed": [Release(version="1.0")],
}
SHOP = Application(name="shop", locks=("uv.lock",), test=("python", "-m", "unittest"), imports=("shop",))
USES_NETWORK = "shop.py:6 uses the network (socket.create_connection)"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Index(RELEASES) as index:
        made = project(tmp_path_factory.mktemp("code"), index.url)
        made.write(FILES, dependencies='"sprout==1.0"')
        made.lock()
        made.commit("Begin")
        yield made


def proved(
    shop: Project,
    branch: str,
    files: Mapping[str, str | None],
    *,
    version: str = "1.1",
    granted: frozenset[str] | None = frozenset(),
) -> Proof:
    """Of a branch off main; where it is there already, it is proved again."""
    trees = Repository(shop.root)
    if trees.resolve(branch) is None:
        shop.switch("main")
        for name in (name for name, content in files.items() if content is None):
            (shop.root / name).unlink()
        shop.write({name: content for name, content in files.items() if content is not None})
        shop.write({}, dependencies=f'"sprout=={version}"')
        shop.lock()
        moved = f"Fixes: CVE-1\nMoves: sprout 1.0 -> {version}" if version != "1.0" else ""
        shop.commit(f"Change the shop\n\n{moved}\n", branch=branch)
        shop.switch("main")
    asked = question(trees, SHOP, branch, "main")
    made = msgspec.structs.replace(tools(shop), granted=granted)
    return prove(SHOP, asked.base, asked.revision, purpose=None, tools=made)


def result(proof: Proof, name: str) -> Result:
    return next(check.result for check in proof.checks if check.name == name)


def climbed(proof: Proof) -> tuple[Result, Result, Result]:
    return result(proof, PARSES), result(proof, CAPABILITIES), result(proof, EXERCISED)


def test_a_bump_alone_is_proved_and_climbs_no_rung_of_code(shop: Project) -> None:
    proof = proved(shop, "bump", {"README.md": "shops"})
    assert (proof.conclusion, climbed(proof)) == (Proved(), (Skipped(NO_CODE),) * 3), proof


def test_code_that_calls_out_beside_a_bump_is_undecided_until_somebody_grants_it(shop: Project) -> None:
    proof = proved(shop, "calls", {"shop.py": CALLS_HOME})
    assert proof.conclusion == Undecided(
        f"capabilities: nobody granted what it gains: {USES_NETWORK}",
        'a reader who wants that, and says so: outpace prove --grant "uses the network"',
    )
    assert isinstance(result(proof, "suite"), Passed)
    granted = proved(shop, "calls", {}, granted=frozenset({"uses the network"}))
    assert granted.conclusion == Proved()
    assert result(granted, CAPABILITIES) == Passed(f"granted: {USES_NETWORK}")
    assert granted.digest != proof.digest


def test_the_ladder_of_a_task_asks_after_its_code_itself(shop: Project) -> None:
    proof = proved(shop, "within-a-task", {"shop.py": CALLS_HOME}, granted=None)
    names = [check.name for check in proof.checks]
    assert names == ["lock diff", "re-match", "environment", "imports", "suite", "probe"]


def test_code_that_cannot_be_read_refutes_before_anything_is_built(shop: Project) -> None:
    proof = proved(shop, "unreadable", {"shop.py": CODE, "late.py": "def (:\n"})
    assert proof.conclusion == Refuted("parses: late.py cannot be read: invalid syntax (late.py, line 1)")
    assert result(proof, "environment") == Skipped("refuted already")


def test_what_could_not_be_read_on_base_either_is_left_to_a_reader(shop: Project) -> None:
    proof = proved(shop, "old", {"old.py": "print 'of an age before'\n"})
    assert isinstance(proof.conclusion, Undecided)
    assert proof.conclusion.missing.startswith("parses: old.py cannot be read: ")
    assert proof.conclusion.missing.endswith("; nor could it on base")


def test_a_module_that_only_moved_has_the_powers_that_it_had(shop: Project) -> None:
    proof = proved(shop, "moved", {"reader.py": None, "files.py": READER.replace("SIZE = 1", "SIZE = 2")})
    assert proof.conclusion == Proved(), proof


def test_a_new_module_is_told_where_it_stands_and_not_where_it_is_imported(shop: Project) -> None:
    proof = proved(
        shop, "new", {"net.py": "import ssl\n\nCONTEXT = ssl.SSLContext\n", "shop.py": f"import net\n{CODE}"}
    )
    assert isinstance(proof.conclusion, Undecided)
    assert (
        proof.conclusion.missing
        == "capabilities: nobody granted what it gains: net.py:3 uses the network (ssl.SSLContext)"
    )


def test_what_a_module_silences_is_not_gained_by_who_imports_it(shop: Project) -> None:
    proof = proved(shop, "quiet", {"shop.py": f"import quiet\n{CODE}"})
    assert result(proof, CAPABILITIES) == Passed("no code does more to the world than it did")


def test_what_tests_of_base_do_is_no_news_in_a_new_test(shop: Project) -> None:
    first = proved(shop, "spawns", {"test_more.py": SPAWNS})
    gained = "capabilities: nobody granted what it gains: test_more.py:3 starts programs (subprocess.run)"
    assert isinstance(first.conclusion, Undecided)
    assert first.conclusion.missing.startswith(gained)
    shop.switch("spawns")
    shop.write({"test_again.py": SPAWNS})
    shop.commit("Test more", branch="spawns-again")
    shop.switch("main")
    again = question(Repository(shop.root), SHOP, "spawns-again", "spawns")
    proof = prove(SHOP, again.base, again.revision, purpose=None, tools=tools(shop))
    assert result(proof, CAPABILITIES) == Passed("no code does more to the world than it did")


def test_what_the_code_under_test_does_is_news_in_a_test_that_does_it_itself(shop: Project) -> None:
    proved(shop, "calls", {"shop.py": CALLS_HOME})
    shop.switch("calls")
    shop.write({"test_calls.py": "import socket\nsocket.create_connection\n"})
    shop.commit("Call in a test", branch="calls-in-a-test")
    shop.switch("main")
    asked = question(Repository(shop.root), SHOP, "calls-in-a-test", "calls")
    proof = prove(SHOP, asked.base, asked.revision, purpose=None, tools=tools(shop))
    assert isinstance(proof.conclusion, Undecided)
    gained = "test_calls.py:2 uses the network (socket.create_connection)"
    assert proof.conclusion.missing == f"capabilities: nobody granted what it gains: {gained}"


def test_code_in_another_language_is_not_read_and_may_be_granted(shop: Project) -> None:
    proof = proved(shop, "script", {"deploy": "#!/bin/sh\ncurl example.org\n"})
    assert isinstance(proof.conclusion, Undecided)
    assert proof.conclusion.missing == (
        "capabilities: nobody granted what it gains: deploy brings code that is not read"
    )
    granted = proved(shop, "script", {}, granted=frozenset({"brings code that is not read"}))
    assert granted.conclusion == Proved()


def test_a_link_that_leads_out_of_the_repository_is_code_that_is_not_read(shop: Project) -> None:
    shop.switch("main")
    (shop.root / "far.py").symlink_to("../../far.py")
    shop.write({"README.md": "with a link"})
    shop.commit("Link", branch="link")
    shop.switch("main")
    proof = proved(shop, "link", {})
    assert isinstance(proof.conclusion, Undecided)
    assert proof.conclusion.missing == (
        "capabilities: nobody granted what it gains: far.py brings code that is not read"
    )


def test_a_pipeline_that_is_given_more_is_undecided_and_one_that_is_bumped_is_not(shop: Project) -> None:
    path = ".github/workflows/ci.yml"
    pipeline = "on: [push]\njobs: {a: {runs-on: x, steps: [{uses: actions/checkout@v4}]}}\n"
    bumped = proved(shop, "pipeline", {path: pipeline})
    assert (bumped.conclusion, result(bumped, CAPABILITIES)) == (Proved(), Skipped(NO_CODE))
    wider = proved(shop, "wider", {path: f"permissions: write-all\n{pipeline}"})
    assert wider.conclusion == Undecided(
        f"capabilities: nobody granted what it gains: {path}:1 gives the pipeline more rights (write-all)",
        'a reader who wants that, and says so: outpace prove --grant "gives the pipeline more rights"',
    )
    granted = proved(shop, "wider", {}, granted=frozenset({"gives the pipeline more rights"}))
    assert granted.conclusion == Proved()
    assert proved(shop, "wider", {}, granted=frozenset({"uses the network"})).digest != granted.digest


def test_code_without_a_bump_climbs_the_same_rungs(shop: Project) -> None:
    proof = proved(shop, "code", {"shop.py": CODE.replace("sprout.age()", "sprout.age() + 0")}, version="1.0")
    assert climbed(proof) == (
        Passed("1 file of Python can be read"),
        Passed("no code does more to the world than it did"),
        Skipped("outpace prove --untested asks, by one more run of the suite"),
    )
    assert (proof.conclusion, result(proof, "lock diff")) == (Proved(), Skipped("no package moved"))
