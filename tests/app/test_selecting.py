"""Select, change, select again: with the project's own Python in the sandbox, and the map in a real cache."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from outpace import sandbox
from outpace.app.test_select import Answer, Kept, Suite, explain, key_of, select
from outpace.engines.cache import Cache
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.model.errors import BadInput
from outpace.model.unknown import Unknown
from outpace.testing.selection.decision import Changed, Everything, New, Policy, Some
from outpace.testing.selection.maps import Item, Map, Miss, Told, World, joined

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NEVER = Policy(one_in=0)
SHOP = "def price():\n    return 3\n\n\ndef tax():\n    return 1\n"
TESTS = "import shop\n\n\ndef test_price():\n    assert shop.price()\n\n\ndef test_tax():\n    assert shop.tax()\n"


class Project:
    def __init__(self, place: Path) -> None:
        self.root = place / "project"
        self.root.mkdir()
        self.kept = Kept(results=Cache(place / "cache"), key=key_of("shop", ("c",)))
        self.write(shop=SHOP, test_shop=TESTS)

    def write(self, **modules: str) -> None:
        for name, text in modules.items():
            (self.root / f"{name}.py").write_text(text)

    @property
    def suite(self) -> Suite:
        python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
        built = described(Path(sys.executable), (".",))
        inside = InsidePython(python, built=built, tree=self.root, cwd=self.root)
        return Suite(inside=inside, root=str(self.root), words=("-q",), commit="c" * 40)

    def select(self, *, record: bool = False, base: Callable[[], Suite] | None = None) -> Answer:
        told = select(self.suite, self.kept, now=NOW, policy=NEVER, record=record, base=base)
        assert isinstance(told, Answer), told
        return told


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def recorded(project: Project) -> Map:
    """As it would be kept, without a run."""
    test = "test_shop.py::test_price"
    world = World(tests=(test,), broken=(), settings={}, files={}, digests={})
    return joined(None, (Told(test=test, outcome="passed"),), world, at=NOW, commit=project.suite.commit)


def chosen(told: Answer) -> dict[str, object]:
    assert isinstance(told.decision, Some), told.decision
    return {each.test: each.why for each in told.decision.selected}


def test_a_change_selects_its_test_until_that_is_recorded_again(project: Project) -> None:
    first = project.select(record=True)
    assert first.decision == Everything(
        why=("there is no record of these tests yet",), tests=("test_shop.py::test_price", "test_shop.py::test_tax")
    )
    assert first.recorded == 2
    project.write(shop=SHOP.replace("return 3", "return 4  # more"))
    changed = {"test_shop.py::test_price": Changed((Item("u:shop.py:price"),))}
    assert chosen(project.select(record=True)) == changed
    assert chosen(project.select()) == {}
    project.write(shop=SHOP.replace("return 3", "return 4"), test_more="def test_more():\n    pass\n")
    assert chosen(project.select()) == {"test_more.py::test_more": New()}


def test_the_base_is_recorded_where_nothing_is(project: Project, tmp_path: Path) -> None:
    before = Project(tmp_path.joinpath("before").mkdir() or tmp_path / "before")
    project.write(shop=SHOP.replace("return 1", "return 2"))
    told = project.select(record=True, base=lambda: before.suite)
    assert chosen(told) == {"test_shop.py::test_tax": Changed((Item("u:shop.py:tax"),))}
    assert told.recorded == 2


def test_files_that_cannot_be_collected_and_suites_without_tests_are_told_apart(project: Project) -> None:
    project.kept.put(recorded(project))
    project.write(test_shop="def broken(:\n")
    told = project.select()
    assert isinstance(told.decision, Everything)
    assert told.decision.why[0].startswith("test_shop.py cannot be collected: ")
    (project.root / "test_shop.py").unlink()
    nothing = select(project.suite, project.kept, now=NOW, policy=NEVER)
    assert nothing == Unknown("no test was collected", "a suite that pytest collects")


def test_a_map_that_was_damaged_is_no_map(project: Project) -> None:
    project.kept.results.put(project.kept.key, b"not a map")
    assert project.kept.map() is None


def test_a_miss_is_explained_once(project: Project) -> None:
    with pytest.raises(BadInput, match="no test was missed that is not explained"):
        explain(project.kept, "it reads the clock")
    miss = Miss(test="test_shop.py::test_tax", commit="d", at=NOW)
    project.kept.put(msgspec.structs.replace(recorded(project), misses=(miss,)))
    explain(project.kept, "it reads the clock")
    again = project.kept.map()
    assert again is not None
    assert again.misses == (msgspec.structs.replace(miss, explained="it reads the clock"),)
