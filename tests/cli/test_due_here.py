"""Deadlines that a repository declares, in `outpace match` and `outpace clock`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from outpace.cli.main import main

DATA = Path(__file__).parents[1] / "data"
DECLARED = "[[applications]]\nname = 'shop'\n[[deadlines]]\nname = 'every'\nwithin = '9 days'\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    work = tmp_path / "shop"
    work.mkdir()
    (work / "requirements.txt").write_text("django==5.0\n")
    git = ["git", "-C", str(work), "-c", "user.name=N", "-c", "user.email=n@example.org"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "begin"], check=True)
    monkeypatch.chdir(work)
    assert main(["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet"]) == 0
    capsys.readouterr()
    return work


def dues(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str] | None]:
    assert main(["match", "--format", "json", "--offline"]) == 10
    exposures = json.loads(capsys.readouterr().out)["result"]["exposures"]
    return {
        name: each["due"] and (each["due"]["state"], each["due"]["at"])
        for each in exposures
        for name in each["vulnerability"]["aliases"]
        if name.startswith("CVE-")
    }


def test_a_match_takes_the_time_from_what_is_on_record(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(dues(capsys).values()) == {None}
    (shop / "outpace.toml").write_text(DECLARED)
    name, *others = dues(capsys)
    assert set(dues(capsys).values()) == {("not begun", None)}
    assert not (shop.parent / "state" / "outpace" / "facts.sqlite").exists()
    assert main(["record", "known", name, "--at", "2024-01-30T09:00Z"]) == 0
    capsys.readouterr()
    assert dues(capsys) == {
        name: ("overdue", "2024-02-08T09:00:00Z"),
        **dict.fromkeys(others, ("not begun", None)),
    }
    assert main(["clock"]) == 0
    assert "Overdue since 2024-02-08 (every)." in capsys.readouterr().out


def test_a_file_that_cannot_be_read_is_said_and_keeps_nobody_from_the_answer(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "outpace.toml").write_text(DECLARED.replace("9 days", "soon"))
    assert main(["match", "--offline"]) == 10
    said = capsys.readouterr()
    assert said.out.startswith("Exposed: ")
    assert "outpace.toml: deadlines[0] ('every'): `within = 'soon'` is no duration; write a count" in said.err
