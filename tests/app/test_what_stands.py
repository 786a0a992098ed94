"""What a commit added stands on the deploy branch, or is gone, or never came there."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace import bootstrap
from outpace.bootstrap.standing import stands_on
from outpace.engines.git import Repository
from tests.fakes.notes_project import committed

CONFIGURATION = """[[applications]]
name = "notes"
branch = "deployed"
locks = ["requirements.txt"]
"""
GUARD = "    if '..' in name:\n        raise ValueError(name)\n"
READ = "def read(name):\n{}    return open(name).read()\n"


class Place:
    """A repository whose deploy branch is not the one that is checked out."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        files = {"notes.py": READ.format(""), "outpace.toml": CONFIGURATION, "requirements.txt": "starlette==0.26.1\n"}
        self.root = committed(root, files)
        self.repository = Repository(self.root)
        self.base = self.repository.head()

    def commit(self, base: str, code: str, path: str = "notes.py") -> str:
        return self.repository.commit(base, {path: code.encode()}, "Go on\n")

    def deploy(self, revision: str) -> None:
        self.repository.create_branch("deployed", revision, self.repository.resolve("refs/heads/deployed"))

    def stands(self, *revisions: str) -> list[bool | None]:
        with bootstrap.workplace(self.root, name=None, report=lambda _: None) as here:
            return list(map(stands_on(here), revisions))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    return Place(tmp_path / "notes")


def test_it_stands_where_every_line_that_it_added_is_there_still(place: Place) -> None:
    fix = place.commit(place.base, READ.format(GUARD))
    place.deploy(place.commit(fix, "import os\n\n\n" + READ.format(GUARD)))
    assert place.stands(fix) == [True]


def test_it_is_gone_where_a_line_of_it_is_changed_or_its_file_is_taken_away(place: Place) -> None:
    fix = place.commit(place.base, READ.format(GUARD))
    place.deploy(place.commit(fix, READ.format(GUARD.replace("'..'", "'~'"))))
    assert place.stands(fix) == [False]
    new = place.commit(place.base, "def test_read(): ...\n", "test_notes.py")
    place.deploy(place.commit(new, "\n", "test_notes.py"))
    assert place.stands(new) == [False]


def test_a_line_that_was_added_twice_and_stands_once_is_gone(place: Place) -> None:
    twice = "    check(name)\n    name = name.strip()\n    check(name)\n"
    fix = place.commit(place.base, READ.format(twice))
    place.deploy(place.commit(fix, READ.format(twice.removeprefix("    check(name)\n"))))
    assert place.stands(fix) == [False]


def test_what_never_came_to_the_deploy_branch_neither_stands_nor_fell(place: Place) -> None:
    place.deploy(place.base)
    fix = place.commit(place.base, READ.format(GUARD))
    squashed = place.commit(place.base, READ.format(GUARD) + "\n")
    assert place.stands(fix, "0" * 40) == [None, None]
    place.deploy(squashed)
    assert place.stands(fix) == [None]


def test_without_a_deploy_branch_nothing_has_landed(place: Place) -> None:
    assert place.stands(place.commit(place.base, READ.format(GUARD))) == [None]
