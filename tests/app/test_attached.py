"""The world of an attached pipeline over a real repository: what is not in this clone is not asked of git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.app.attached import AttachedWorld
from outpace.engines.git import Repository
from outpace.engines.prober import Prober
from outpace.model.application import Application
from outpace.model.change import Change
from tests.fakes.fixing import Shop, below, shop
from tests.fakes.index import Release
from tests.fakes.observer import FakeObserver

DEPLOYED = Application(name="shop", locks=("requirements.txt",))
NOWHERE = "1" * 40


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Shop]:
    index = {"a": [Release(version="1.0")]}
    with shop(tmp_path, index, (below("X-1", "a", "1.1"),)) as found:
        yield found


def world_of(made: Shop, place: Path) -> AttachedWorld:
    return AttachedWorld(
        DEPLOYED,
        repository=Repository(place, made.environ),
        source=made.known,
        observer=FakeObserver({}),
        prober=Prober(),
    )


def change(base: str, revision: str) -> Change:
    return Change(branch="outpace/fix-X-1", base=base, revision=revision, fixes=("X-1",), moves=())


def test_a_commit_is_here_by_its_whole_id_alone(made: Shop) -> None:
    made.commit({"requirements.txt": "a==1.0\n"})
    head = made.git("rev-parse", "HEAD").strip()
    world = world_of(made, made.place)
    names = (head, head[:12], "HEAD", "main", NOWHERE, "--all", "")
    assert [name for name in names if world.has(name)] == [head]


def test_where_history_ends_nothing_before_it_is_contained(made: Shop, tmp_path: Path) -> None:
    made.commit({"requirements.txt": "a==1.0\n"})
    first = made.git("rev-parse", "HEAD").strip()
    made.commit({"requirements.txt": "a==1.1\n"}, "Upgrade a")
    last = made.git("rev-parse", "HEAD").strip()
    clone = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{made.place}", clone], env=dict(made.environ), check=True
    )
    asked = [(tip, change(first, each)) for tip in (first, last) for each in (first, last)]
    whole, shallow = world_of(made, made.place), world_of(made, clone)
    assert [whole.contains(*each) for each in asked] == [True, False, True, True]
    assert [shallow.contains(*each) for each in asked] == [False, False, False, True]


def test_what_becomes_a_commit_of_this_clone_is_seen_in_the_same_run(made: Shop) -> None:
    made.commit({"requirements.txt": "a==1.0\n"})
    world = world_of(made, made.place)
    base = made.git("rev-parse", "HEAD").strip()
    repository = Repository(made.place, made.environ)
    revision = repository.commit(base, {"requirements.txt": b"a==1.1\n"}, "Upgrade a")
    assert world.has(revision)
