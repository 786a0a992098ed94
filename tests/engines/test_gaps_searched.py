"""Survivors that no varied test sees, killed by programs that a search finds beside what the tests call."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app import test_filling
from outpace.app.test_gaps import Found, find
from outpace.app.test_mutants import Suite
from outpace.app.test_observed import observed
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.inside.probing.programs import source, unpacked
from outpace.testing.gaps.filling import Filling
from outpace.testing.gaps.gaps import Changed, Survivor

LABELS = """
import sys


def _label(kind):
    if kind is None:
        return "none"
    return kind.upper()


def labels(kinds):
    return [_label(kind) for kind in kinds if kind]


def warn(kinds):
    file = None
    if kinds:
        file = sys.stderr
    print("odd", file=file)


class Shelf:
    def __init__(self, *kinds, limit=2):
        self.kinds, self.limit = kinds, limit

    def add(self, kind):
        if len(self.kinds) >= self.limit:
            raise ValueError(f"no place for {kind}")
        self.kinds = (*self.kinds, kind)
"""
TESTS = """
import pytest

import labels


def test_labels():
    assert labels.labels(["a", None]) == ["A"]


def test_warn():
    labels.warn(["a"])


def test_add():
    with pytest.raises(ValueError):
        labels.Shelf("a", "b").add("c")
"""
CHANGED = (Changed(path="labels.py", functions=("_label", "warn", "Shelf.add")),)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    root = tmp_path_factory.mktemp("searched") / "project"
    root.mkdir()
    (root / "labels.py").write_text(LABELS)
    (root / "test_labels.py").write_text(TESTS)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=root, cwd=root)
    return Suite(inside=inside, root=str(root), words=("-q",))


@pytest.fixture(scope="module")
def found(suite: Suite) -> Found:
    return find(suite, CHANGED, {"labels.py": LABELS})


@pytest.fixture(scope="module")
def filling(suite: Suite, found: Found) -> Filling:
    return test_filling.fill(suite, found, test_filling.Asked(executions=300))


def test_what_tests_call_is_observed_with_the_objects_made_as_there(suite: Suite) -> None:
    path = str(Path(suite.root) / "labels.py")
    calls = observed(suite.inside, [path], suite.words)[path]
    written = {name: source(tuple(unpacked(node) for node in program)) for name, program in calls}
    assert written["Shelf.add"] == "v0 = labels.Shelf('a', 'b')\nv1 = v0.add('c')"
    assert written["_label"] == "v0 = labels._label('a')"


def test_a_private_function_is_called_by_its_own_name_where_no_test_can_bring_it_there(filling: Filling) -> None:
    assert filling.unknown is None
    assert any("labels._label(None)" in each.edit.put for each in filling.kept)


def test_what_is_printed_to_stderr_is_asserted_of_capsys(filling: Filling) -> None:
    assert any("capsys.readouterr().err == " in each.edit.put for each in filling.kept)


def test_every_kept_test_names_a_survivor_that_no_other_one_kills(found: Found, filling: Filling) -> None:
    survivors = {(each.tried.path, each.tried.mutant.id) for each in found.gaps if isinstance(each, Survivor)}
    kills = [set(each.kills) for each in filling.kept]
    assert all(each and each <= survivors for each in kills)
    others = [set[tuple[str, str]]().union(*kills[:at], *kills[at + 1 :]) for at in range(len(kills))]
    assert all(own - other for own, other in zip(kills, others, strict=True))
