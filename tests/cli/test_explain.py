"""`outpace explain` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.cli.main import main

DATA = Path(__file__).parents[1] / "data"
HERE = """Here:
  starlette 0.27.0  api/requirements.txt:1: not affected
    because no range and no list of a live record holds this version
    what would change it: another version here, or a record that calls this
      one affected
  starlette (not pinned)  dev-requirements.txt:1: unknown
    because no version is pinned: any version allows affected and fixed versions
    what would change it: pin it with == (fixed in 0.27.0), or read a lock
      file or the environment
  starlette 0.26.1  requirements.txt:1: exposed
    because PYSEC-2023-83 calls from 0.13.5, below 0.27.0 affected
    because PYSEC-2023-83 lists 0.26.1
    what would change it: Upgrade starlette to 0.27.0."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    work = tmp_path / "shop"
    (work / "api").mkdir(parents=True)
    (work / "requirements.txt").write_text("starlette==0.26.1\n")
    (work / "api" / "requirements.txt").write_text("starlette==0.27.0\n")
    (work / "dev-requirements.txt").write_text("starlette\n")
    monkeypatch.chdir(work)
    assert main(["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet"]) == 0
    capsys.readouterr()
    return work


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert main(["explain", *words, "--offline"]) == status
    captured = capsys.readouterr()
    return captured.out or captured.err


@pytest.mark.usefixtures("shop")
def test_an_advisory_is_explained_by_what_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "cve-2023-29159")
    assert told[told.index("Here:") : told.index("\n\nAdvisory data")] == HERE


@pytest.mark.parametrize("asked", ["ghsa-v5gw-mw7f-84px", "GHSA-V5GW-MW7F-84PX", "pysec-2023-83"])
@pytest.mark.usefixtures("shop")
def test_an_id_is_found_however_it_is_typed(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, asked).startswith("PYSEC-2023-83: ")


@pytest.mark.usefixtures("shop")
def test_where_nothing_is_here_the_advisory_is_explained_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    told = said(capsys, "PYSEC-2023-83")
    assert "Fixed in 0.27.0" in told
    assert "There is nothing here to look at" in told


@pytest.mark.usefixtures("shop")
def test_a_word_is_explained_and_a_mistyped_one_corrected(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "exit", "4").startswith("exit status 4\n\nRefused by a policy")
    assert "did you mean undecided?" in said(capsys, "undecidd", status=2)
