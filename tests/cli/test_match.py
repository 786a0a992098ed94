"""`outpace match` where it is called, and what its JSON says of exploitation."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from outpace.cli.main import main

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A repository with two locks in it and advisories without a KEV catalog beside it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    work = tmp_path / "shop"
    for folder in ("src/deep", "api/src"):
        (work / folder).mkdir(parents=True)
    (work / "requirements.txt").write_text("starlette==0.26.1\n")
    (work / "api" / "requirements.txt").write_text("django==5.0\n")
    subprocess.run(["git", "init", "-q", str(work)], check=True)
    monkeypatch.chdir(work)
    assert main(["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet"]) == 0
    capsys.readouterr()
    return work


READ = {
    ".": (".", ["api/requirements.txt", "requirements.txt"], ""),
    "src/deep": (".", ["api/requirements.txt", "requirements.txt"], "../.."),
    "api": ("api", ["requirements.txt"], ""),
    "api/src": ("api", ["requirements.txt"], ".."),
}


@pytest.mark.parametrize("folder", READ)
def test_a_subdirectory_belongs_to_the_nearest_lock_above_and_which_was_read_is_said(
    folder: str, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, files, above = READ[folder]
    monkeypatch.chdir(shop / folder)
    main(["match", "--format", "json", "--offline"])
    result = json.loads(capsys.readouterr().out)["result"]
    assert (result["root"], result["files"]) == (str((shop / root).resolve()), files)
    main(["match", "--offline"])
    said = " ".join(capsys.readouterr().out.split())
    assert (f"in {above}, since there is no lock here" in said, "since there is no lock" in said) == (
        bool(above),
        bool(above),
    )


def test_outside_of_a_repository_nothing_above_is_read(
    tmp_path: Path, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "uv.lock").write_text("version = 1\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["match", "--offline"]) == 2
    assert "there is no lock file" in capsys.readouterr().err


def test_no_advisories_are_asked_for_where_there_is_nothing_to_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTPACE_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    assert main(["match"]) == 2
    told = capsys.readouterr().err
    assert "there is no lock file" in told
    assert "advisory data" not in told


def test_json_parts_what_is_not_in_the_catalog_from_what_cannot_be_looked_up(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def states() -> set[str]:
        main(["match", "--format", "json", "--offline"])
        exposures = json.loads(capsys.readouterr().out)["result"]["exposures"]
        return {each["vulnerability"]["exploited"]["state"] for each in exposures}

    assert states() == {"unknown"}
    main(["advisories", "update", "--kev-from", str(DATA / "kev.json"), "--quiet"])
    capsys.readouterr()
    assert states() == {"not listed"}


def test_an_environment_without_a_distribution_is_no_clean_answer(
    tmp_path: Path, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    empty.mkdir(parents=True)
    assert main(["match", "--environment", str(tmp_path / "venv"), "--offline"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "no distribution was found in environment" in said.err
    (empty / "acme-1.0.dist-info").mkdir()
    (empty / "acme-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    assert main(["match", "--environment", str(tmp_path / "venv"), "--offline"]) == 0
