"""Scratch directories: private, and swept after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.engines.scratch import scratch

KILLED = """
import os, signal, tempfile, sys
tempfile.tempdir = sys.argv[1]
from outpace.engines.scratch import scratch
with scratch("tree") as place:
    (place / "x").write_text("left")
    print(place, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_left_is_swept_and_what_is_in_use_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch("held") as held:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, check=False
        )
        left = Path(done.stdout.strip())
        assert (left / "x").exists()
        with scratch("next"):
            assert not left.exists()
            assert held.exists()
    assert list(tmp_path.iterdir()) == []


def test_folders_in_folders_without_end_and_closed_ones_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suite may leave them, and must not keep us from ending, nor the next run from beginning."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch("deep") as place:
        (place / "closed" / "inner").mkdir(parents=True)
        (place / "closed" / "inner" / "file").touch()
        for folder in (place / "closed" / "inner", place / "closed"):
            folder.chmod(0)
        monkeypatch.chdir(place)
        for _ in range(1_500):
            Path("d" * 9).mkdir()
            os.chdir("d" * 9)
        os.chdir(tmp_path)
    assert list(tmp_path.iterdir()) == []
