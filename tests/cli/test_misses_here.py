"""A red test that selection would have left out, as `outpace test run` and `outpace test select` tell of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """import ctypes

def test_flag():
    assert ctypes.CDLL(None).access(b"flag.txt", 0)  # no file is opened, and Python is not asked

def test_other():
    pass
"""
MISSED = "missed: test_flag.py::test_flag is red, alone too, and selection would have left it out"


@pytest.mark.soak
@pytest.mark.parametrize("words", [(), ("--complete",)])
def test_a_run_of_all_tests_names_a_miss_and_select_then_runs_everything(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    who = {f"GIT_{role}_{key}": "n@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    state, cache = tmp_path / "state", tmp_path / "cache"
    env = {**os.environ, **who, "XDG_STATE_HOME": str(state), "XDG_CACHE_HOME": str(cache)}
    root = tmp_path / "project"
    root.mkdir()

    def said(*argv: str) -> str:
        return subprocess.run(argv, cwd=root, env=env, capture_output=True, text=True, check=False).stdout

    def outpace(*argv: str) -> list[str]:
        return said(sys.executable, "-m", "outpace.cli", "test", *argv, "--python", sys.executable).splitlines()

    def commit(message: str) -> str:
        said("git", "add", "-A")
        said("git", "commit", "-q", "-m", message)
        return said("git", "rev-parse", "HEAD")[:10]

    said("git", "init", "-q", "-b", "main")
    (root / "pyproject.toml").write_text('[project]\nname = "flags"\nversion = "1"\n')
    (root / "test_flag.py").write_text(TESTS)
    green = commit("Begin")
    outpace("select", "--record")
    (root / "flag.txt").write_text("")
    red = commit("Add a flag")
    assert MISSED in outpace("run", *words)
    why = f"test_flag.py::test_flag was red at {red} without having been selected, recorded green at {green}"
    told = outpace("select")
    assert told[0] == "all 2 tests are to run"
    assert any(line.strip().endswith(f"{why}: nobody has said why") for line in told)
