"""A repository without a lock: silence is no answer, whichever command is asked."""

from __future__ import annotations

import json
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


def test_what_cannot_be_judged_is_said_by_respond_as_by_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    work = tmp_path / "shop"
    work.mkdir()
    (work / "requirements.txt").write_text("starlette>=0.26\n")
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", "-c", "user.name=N", "-c", "user.email=n@e.invalid", *words], cwd=work, check=True)
    monkeypatch.chdir(work)
    assert main(["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["respond", "--offline"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "nothing is known to be exposed, and not everything could be judged" in said
    assert "starlette >=0.26: no version is pinned: >=0.26 allows affected and fixed versions (PYSEC-" in said
    assert main(["respond", "--offline", "--format", "json"]) == 0
    unknown = json.loads(capsys.readouterr().out)["unknown"]
    assert "starlette >=0.26 and PYSEC-2023-83" in [each["what"] for each in unknown]
