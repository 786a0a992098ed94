"""`outpace init` in 80 columns, and what it writes decodes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from outpace.cli.main import main
from outpace.pipelines.configuration import decode


def test_what_is_told_and_written_fits_80_columns_but_for_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path)], check=True)
    (tmp_path / "uv.lock").write_text("version = 1\n")
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    told = capsys.readouterr().out.splitlines()
    written = (tmp_path / "outpace.toml").read_text()
    comments = [line for line in written.splitlines() if line.startswith("#")]
    assert [line for line in (*told[1:], *comments) if len(line) > 80] == []
    code = [line.removeprefix("# ") for line in written.partition("\n# Where it runs")[2].splitlines()]
    shown = decode("\n".join(line for line in code if line.startswith("[[") or line.split(" ")[1:2] == ["="]))
    assert (shown.environments[0].name, len(shown.probes)) == ("production", 1)


STEP = """pip install '-r a"b.txt' 'c[d]>=1' && pytest -k 'not \x07\x7f and \\a"b' --x='{posargs}\u2028'"""
HOSTILE = {
    "on": "push",
    "jobs": {"t": {"env": {"A": "x\x7f\x1b[31m'\"\\", "B": "\u2028\t# no"}, "steps": [{"run": STEP}]}},
}


def test_what_is_written_decodes_and_is_the_same_when_it_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path)], check=True)
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "a.yml").write_text(json.dumps(HOSTILE))
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    author = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")
    subprocess.run(["git", "-C", str(tmp_path), *author, "commit", "-q", "-m", "x"], check=True)
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    written = (tmp_path / "outpace.toml").read_text()
    assert main(["init", "--force"]) == 0
    assert (tmp_path / "outpace.toml").read_text() == written
    (application,) = decode(written).applications
    assert application.test[:1] == ("pytest",)
    assert set(application.test_env) == {"A", "B"}
    assert "\x1b" not in written + capsys.readouterr().out
