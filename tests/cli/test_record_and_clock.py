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
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2024-01-30T10:00:00Z")
    git(work, "commit", "--quiet", "-m", "begin")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
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


def test_a_landing_before_its_commit_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "landed", "CVE-2024-23334", "--at", "2024-01-30T09:00Z"]) == 2
    assert "was not landed at 2024-01-30T09:00:00Z: it was committed at 2024-01-30T10:00:00Z" in capsys.readouterr().err


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


def test_what_landed_is_held_against_the_deploy_branch(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(shop, "switch", "--quiet", "-c", "topic")
    git(shop, "commit", "--quiet", "--allow-empty", "-m", "a change")
    tip = git(shop, "rev-parse", "HEAD").strip()
    refusals = {
        ("landed", "CVE-1"): f"{tip[:12]} has not landed: main does not hold it",
        ("landed", "topic"): "topic is a revision here, not an advisory",
        ("deployed", "CVE-1", "--revision", "0" * 40): f"there is no branch or revision {'0' * 40}",
    }
    for words, why in refusals.items():
        assert main(["record", *words]) == 2
        assert why in capsys.readouterr().err
    assert main(["record", "--list"]) == 0
    assert capsys.readouterr().out == "remote: nothing was told\n"
    git(shop, "branch", "--force", "main", "topic")
    assert main(["record", "landed", "CVE-1"]) == 0


def test_a_slip_is_taken_back_here_and_where_facts_are_shared(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "known", "CVE-2024-2333", "--push", "--format", "json"]) == 0
    key = msgspec.json.decode(capsys.readouterr().out)["result"]["fact"]
    assert main(["record", "--push", "--retract", key[:12]]) == 0
    assert capsys.readouterr().out.startswith("remote: known retracted\n")
    assert main(["clock"]) == 0
    assert "No exposure of remote is on record" in capsys.readouterr().out
    remote = shop.parent / "remote.git"
    names = git(remote, "ls-tree", "-r", "--name-only", "refs/outpace/facts").split()
    shared = [msgspec.json.decode(git(remote, "show", f"refs/outpace/facts:{name}")) for name in names]
    assert sorted(each["kind"] for each in shared) == ["known", "retracted"]


def test_a_broken_inventory_is_named_by_its_file(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "seen.json").write_text("[1")
    assert main(["record", "observed", "--environment", "production", "--inventory", "seen.json"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("outpace: what seen.json holds cannot be read: ")
    assert "told" not in said


def test_a_relative_state_of_outpace_toml_is_one_place_for_the_whole_repository(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OUTPACE_STATE")
    (shop / "outpace.toml").write_text('state = ".facts"\n[[applications]]\nname = "shop"\n')
    (shop / "src").mkdir()
    for folder in (shop, shop / "src"):
        monkeypatch.chdir(folder)
        assert main(["record", "known", "CVE-2024-23334"]) == 0
    assert sorted(path.parent.relative_to(shop) for path in shop.rglob("facts.sqlite")) == [Path(".facts")]
