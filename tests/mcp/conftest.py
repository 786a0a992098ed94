"""A repository that agents are asked about, with advisory data, and the desk that answers in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.cli.main import main
from tests.fakes.asking import Asking
from tests.fakes.notes_project import committed

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository; state and cache lie beside it."""
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache"), ("HOME", "home")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "home").mkdir()
    root = tmp_path / "notes"
    root.mkdir()
    committed(root)
    monkeypatch.chdir(root)
    assert (
        main(["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet", "--output", "/dev/null"]) == 0
    )
    return root


@pytest.fixture
def agent(place: Path) -> Asking:
    return Asking(place)
