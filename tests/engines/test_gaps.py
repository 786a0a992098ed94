"""Gaps of a small project found and filled by its own Python, in the sandbox; edits written all of them or none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app import test_filling, test_judging
from outpace.app.test_gaps import Found, find
from outpace.app.test_mutants import Suite
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.engines.test_edits import write_edits
from outpace.model.errors import BadInput
from outpace.testing.gaps.filling import FileEdit, Filling, patch
from outpace.testing.gaps.gaps import Changed, Survivor, Untaken

PRICES = """
RATES = {}


def discount(items, code=None):
    amount = sum(items)
    if amount > 100:
        amount = amount - 10
    return {"amount": amount, "code": code}


def slug(name, least):
    if len(name) < least:
        raise ValueError(name)
    return name.lower()
"""
TESTS = """
import unittest

import pytest

import prices


def test_discount():
    bill = prices.discount([50, 70])
    assert bill["code"] is None


@pytest.mark.parametrize("name", ["Ab", "Bcd"])
def test_slug(name):
    assert prices.slug(name, 1)


class TestSlug(unittest.TestCase):
    def test_slug_of_three(self):
        self.assertEqual(prices.slug('Abc', 1), 'abc')
"""
CHANGED = (Changed(path="prices.py", functions=("discount", "slug"), lines=frozenset({7})),)


class Project:
    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.root = root
        (root / "prices.py").write_text(PRICES)
        (root / "test_prices.py").write_text(TESTS)
        python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
        inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=root, cwd=root)
        self.suite = Suite(inside=inside, root=str(root), words=("-q",))

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        (self.root / path).write_bytes(content)

    def found(self) -> Found:
        return find(self.suite, CHANGED, {"prices.py": PRICES})

    def filled(self, found: Found, *, orders: int) -> Filling:
        made = test_filling.fill(self.suite, found, test_filling.Asked(executions=1500))
        files = test_judging.Files(read=self.read, write=self.write)
        return test_judging.judge(self.suite, found, made, files, seed=1, orders=orders)

    def patch(self, filling: Filling) -> bytes:
        return patch(test_filling.file_edits(filling.kept, self.read))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("gaps") / "project")


@pytest.fixture(scope="module")
def found(project: Project) -> Found:
    return project.found()


@pytest.fixture(scope="module")
def filling(project: Project, found: Found) -> Filling:
    return project.filled(found, orders=2)


def test_gaps_are_outcomes_that_no_test_takes_and_mutants_that_none_notices(found: Found) -> None:
    assert found.unknown is None
    untaken = [each.branch for each in found.gaps if isinstance(each, Untaken)]
    assert [(each.function, each.condition, each.outcome) for each in untaken] == [
        ("discount", "amount > 100", "false"),
        ("slug", "len(name) < least", "true"),
    ]
    survivors = {each.tried.mutant.id for each in found.gaps if isinstance(each, Survivor)}
    assert {"discount:comparison:1", "discount:arithmetic:1", "slug:comparison:1"} <= survivors
    assert all(
        each.on_changed_line == (each.tried.mutant.line == 7) for each in found.gaps if isinstance(each, Survivor)
    )


def test_survivors_are_killed_by_edits_that_each_name_theirs(found: Found, filling: Filling) -> None:
    assert (filling.unknown, filling.refused, filling.left) == (None, (), ())
    assert all(each.kills for each in filling.kept)
    survivors = {(each.tried.path, each.tried.mutant.id) for each in found.gaps if isinstance(each, Survivor)}
    assert {name for each in filling.kept for name in each.kills} == survivors
    assert {each.proposal for each in filling.kept} == {"strengthened", "new"}
    assert project_lines(filling) == sorted(project_lines(filling))


def project_lines(filling: Filling) -> list[str]:
    """Strengthened ones come before new ones."""
    return ["0" if each.proposal == "strengthened" else "1" for each in filling.kept]


def test_the_edited_suite_is_green_and_its_survivors_are_killed(
    project: Project, filling: Filling, tmp_path: Path
) -> None:
    again = Project(tmp_path / "project")
    subprocess.run(["git", "-C", str(again.root), "apply", "-"], input=project.patch(filling), check=True)
    told = again.found()
    assert told.trial.left_out == ()
    assert [each for each in told.gaps if isinstance(each, Survivor)] == []


def test_one_seed_makes_the_same_bytes(project: Project, found: Found, filling: Filling) -> None:
    again = project.filled(found, orders=0)
    assert project.patch(again) == project.patch(filling)
    assert again.executions == filling.executions


def test_edits_are_written_all_of_them_or_none(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("old\n")
    edits = [FileEdit(path=name, before=b"old\n", after=b"new\n") for name in ("a.py", "b.py")]
    (tmp_path / "b.py").write_text("edited meanwhile\n")
    with pytest.raises(BadInput):
        write_edits(tmp_path, edits)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.py": "old\n",
        "b.py": "edited meanwhile\n",
    }
    (tmp_path / "b.py").write_text("old\n")
    write_edits(tmp_path, edits)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.py": "new\n", "b.py": "new\n"}
