"""`outpace match --format ...` as it is typed: every format, every exit status, a file or stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from outpace.cli.main import main
from outpace.cli.match import FORMATS
from tests.formats import published

DATA = Path(__file__).parents[1] / "data"
EXPOSED = "starlette==0.26.1\n"
CLEAN = "left==1.0\n"
DOUBTFUL = "starlette>=0.26\n"
UNREADABLE = "no requirement\n"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    place = tmp_path_factory.mktemp("state")
    environment = {"XDG_STATE_HOME": str(place / "state"), "XDG_CACHE_HOME": str(place / "cache"), "HOME": str(place)}
    told = ["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--kev-from", str(DATA / "kev.json")]
    argv = [sys.executable, "-m", "outpace.cli", *told, "--quiet"]
    subprocess.run(argv, env={**os.environ, **environment}, check=True, capture_output=True)
    return environment


class Here:
    """A directory with one requirements file, and the real command in it."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.root = root
        self.capture = capture

    def says(self, text: str, *words: str) -> tuple[int, bytes, str]:
        (self.root / "requirements.txt").write_text(text)
        self.capture.readouterr()
        status = main(["match", "--offline", *words])
        told = self.capture.readouterr()
        return status, told.out, told.err.decode()


@pytest.fixture
def here(
    tmp_path: Path, state: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Here:
    for name, value in state.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return Here(tmp_path, capfdbinary)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("text", "status"),
    [(EXPOSED, 10), (CLEAN, 0), (DOUBTFUL, 0), (UNREADABLE, 10)],
    ids=["exposed", "clean", "doubtful", "unreadable"],
)
def test_a_format_changes_no_exit_status_and_writes_the_same_to_a_file(
    form: str, text: str, status: int, here: Here
) -> None:
    found, out, err = here.says(text, "--format", form)
    assert found == status
    assert here.says(text, "--format", form, "--output", "answer") == (status, b"", err)
    silent = form == "openvex" and text in {CLEAN, UNREADABLE}
    assert bool(err) == silent
    assert (here.root / "answer").exists() != silent
    assert bool(out) != silent
    assert here.says(text, "--format", form, "--strict")[0] == (0 if text == CLEAN else 10)


@pytest.mark.parametrize("text", [EXPOSED, CLEAN, DOUBTFUL, UNREADABLE])
def test_what_the_command_writes_is_valid_by_the_published_schemas(text: str, here: Here) -> None:
    validators = {
        "sarif": published.sarif(),
        "cyclonedx": published.cyclonedx(),
        "cyclonedx-vex": published.cyclonedx(),
        "openvex": published.openvex(),
    }
    for form, validator in validators.items():
        out = here.says(text, "--format", form)[1]
        assert (form, published.errors(validator, out) if out else []) == (form, [])


def test_where_openvex_has_nothing_to_state_an_older_file_is_left_and_that_is_said(here: Here) -> None:
    (here.root / "old.json").write_text("{}")
    status, out, err = here.says(CLEAN, "--format", "openvex", "--output", "old.json")
    assert (status, out, (here.root / "old.json").read_text()) == (0, b"", "{}")
    assert "old.json is left as it was" in err


def test_a_sarif_path_begins_at_the_root_of_the_repository(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.root / ".git").mkdir()
    (here.root / "services" / "web").mkdir(parents=True)
    (here.root / "services" / "web" / "requirements.txt").write_text(EXPOSED)
    monkeypatch.chdir(here.root / "services" / "web")
    [run] = json.loads(here.says(CLEAN, "--format", "sarif")[1])["runs"]
    [result] = run["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "services/web/requirements.txt"
    assert result["fixes"][0]["artifactChanges"][0]["artifactLocation"]["uri"] == "services/web/requirements.txt"


def test_an_environment_gives_a_bill_of_materials_of_what_is_installed(here: Here) -> None:
    site = here.root / "env" / "lib" / "python3.11" / "site-packages"
    for name, version in (("starlette", "0.26.1"), ("left", "1.0")):
        folder = site / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    status, out, _ = here.says(CLEAN, "--environment", "env", "--format", "cyclonedx")
    assert status == 10
    assert published.errors(published.cyclonedx(), out) == []
    assert str(here.root) not in out.decode()
    assert [each["purl"] for each in json.loads(out)["components"]] == [
        "pkg:pypi/left@1.0",
        "pkg:pypi/starlette@0.26.1",
    ]
