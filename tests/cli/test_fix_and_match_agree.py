"""`fix` covers every file that `match` covers; the clock speaks of what is deployed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outpace.cli.main import main
from tests.fakes.here import written
from tests.fakes.index import Index, Release

FILES = {"requirements.txt": "web==1.1\n", "requirements/dev.txt": "-r ../requirements.txt\nlint==1.0\nview<2\n"}
NAMES = ("web", "lint", "view")


def record(name: str, number: int) -> str:
    span = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}
    entry = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [span]}
    return json.dumps({"id": f"PYSEC-2099-{number}", "modified": "2099-01-01T00:00:00Z", "affected": [entry]})


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    work = written(tmp_path / "shop", FILES)
    data = written(tmp_path / "osv", {f"{name}{at}.json": record(name, at) for at in range(1, 6) for name in ("view",)})
    written(data, {f"{name}.json": record(name, at) for at, name in enumerate(NAMES, 10)})
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "Begin")):
        subprocess.run(["git", "-c", "user.name=N", "-c", "user.email=n@e.invalid", *words], cwd=work, check=True)
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Index({name: [Release(version=version) for version in ("1.0", "1.1")] for name in NAMES}) as index:
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
        assert main(["advisories", "update", "--from", str(data), "--quiet"]) == 0
        yield work


def asked(capsys: pytest.CaptureFixture[str], *words: str, status: int) -> Any:
    capsys.readouterr()
    assert main([*words, "--offline", "--quiet", "--format", "json"]) == status
    return json.loads(capsys.readouterr().out)["result"]


@pytest.mark.usefixtures("place")
def test_an_exposed_pin_that_is_not_deployed_is_fixed_too_and_is_on_no_clock(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exposed = {
        (each["component"]["name"], each["component"]["file"])
        for each in asked(capsys, "match", status=10)["exposures"]
    }
    planned = {(each["name"], each["file"]) for each in asked(capsys, "fix", status=0)["plans"]}
    assert exposed == planned == {("lint", "requirements/dev.txt")}
    assert main(["clock", "PYSEC-2099-11", "--quiet"]) == 2


@pytest.mark.usefixtures("place")
def test_what_is_unknown_of_one_pin_for_one_reason_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    main(["fix", "--offline", "--quiet", "--dry-run"])
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("unknown:") == 1
    assert "unknown: view <2: no version is pinned: <2 allows affected and fixed versions (PYSEC-2099-1," in said
    assert "and 3 more)" in said


@pytest.mark.usefixtures("place")
def test_a_packages_name_is_answered_with_the_advisories_that_match_has_for_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["fix", "Lint", "--offline", "--quiet", "--dry-run"]) == 2
    assert "it is a package: fix one of its advisories, outpace fix PYSEC-2099-11" in capsys.readouterr().err
    assert main(["fix", "web", "--offline", "--quiet", "--dry-run"]) == 2
    assert "outpace match lists the ids" in capsys.readouterr().err
