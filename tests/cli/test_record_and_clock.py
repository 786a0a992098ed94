"""`outpace record` and `outpace clock` in a real repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest

from outpace.cli.main import main


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=N", "-c", "user.email=n@example.org"]
    return subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = tmp_path / "shop"
    work.mkdir()
    (work / "requirements.txt").write_text("aiohttp==3.9.1\n")
    git(work, "init", "--quiet", "-b", "main")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "-m", "begin")
    git(tmp_path, "clone", "--quiet", "--bare", str(work), "remote.git")
    git(work, "remote", "add", "origin", str(tmp_path / "remote.git"))
    monkeypatch.setenv("OUTPACE_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(work)
    return work


def test_what_is_told_is_on_the_clock(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "known", "CVE-2024-23334", "--at", "2024-01-30T09:00Z", "--by", "ann"]) == 0
    assert main(["record", "landed", "--at", "2024-01-30T12:00Z"]) == 0
    capsys.readouterr()
    assert main(["clock", "--format", "json"]) == 0
    (exposure,) = msgspec.json.decode(capsys.readouterr().out)["result"]["exposures"]
    assert [(stage["milestone"], stage["took_s"], stage["source"]) for stage in exposure["stages"]] == [
        ("known", None, "told by ann"),
        ("landed", 10_800.0, "told"),
    ]
    assert exposure["stages"][1]["detail"] == f"main {git(shop, 'rev-parse', '--short=7', 'HEAD').strip()}"
    assert exposure["waiting"]["awaiting"] == "deployed"


def test_what_is_pushed_lies_beside_the_branches_of_the_remote(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "seen.txt").write_text("aiohttp==3.9.2\n")
    command = ["record", "observed", "--environment", "production", "--inventory", "seen.txt", "--push"]
    assert main(command) == 0
    assert "inventory    1 package\n" in capsys.readouterr().out
    remote = shop.parent / "remote.git"
    assert git(remote, "log", "--format=%s", "refs/outpace/facts").strip() == "Share 1 fact"
    assert git(remote, "for-each-ref", "--format=%(refname)", "refs/heads").split() == ["refs/heads/main"]
    assert git(shop, "status", "--porcelain") == "?? seen.txt\n"


def test_a_verification_cannot_be_told_on_the_command_line(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "verified", "CVE-2024-23334"]) == 2
    assert "`verified` cannot be told" in capsys.readouterr().err
    assert main(["clock", "CVE-2024-23334"]) == 2
