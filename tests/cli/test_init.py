"""`outpace init` in 80 columns, and what it writes decodes."""

from __future__ import annotations

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
