"""A repository without a lock: silence is no answer, whichever command is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from outpace.cli.main import main

DATA = Path(__file__).parents[1] / "data"
SAID = {
    "match": (2, "there is no lock file"),
    "fix": (10, "it is unknown what is exposed: there is no lock file at "),
    "respond": (10, "it is unknown what is exposed: main holds no lock file"),
}


@pytest.mark.parametrize("command", SAID)
def test_without_a_lock_nothing_is_called_safe(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    work = tmp_path / "shop"
    for words in (
        ["init", "-q", "-b", "main", str(work)],
        ["-C", str(work), "-c", "user.name=N", "-c", "user.email=n@e.invalid", "commit", "-qm", "x", "--allow-empty"],
    ):
        subprocess.run(["git", *words], check=True)
    monkeypatch.chdir(work)
    assert main(["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet"]) == 0
    capsys.readouterr()
    status, words = SAID[command]
    assert main([command, "--offline"]) == status
    said = capsys.readouterr()
    assert words in said.out + said.err
