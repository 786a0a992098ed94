"""Readers under coverage-guided fuzzing. Atheris has no wheel for every system, so it is no part of the lock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import needs
from tests.soak.test_readers import READERS

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".tools" / "atheris"
ATHERIS = "atheris==3.0.0"
RUNS = int(os.environ.get("OUTPACE_SOAK_RUNS", "50"))
SECONDS = max(2, RUNS // 3)  # for each reader, beside the time that instrumenting takes
NAMES = tuple(READERS) if RUNS >= 20 else ("requirements", "setup.py")  # in the short form those of the most code
SEED = os.environ.get("OUTPACE_SOAK_SEED") or "1"

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def atheris() -> Path:
    """Installed beside the environment; without a wheel for this system, the test says so and is skipped."""
    if not (PLACE / "atheris").is_dir():
        only = ("--only-binary", ":all:", "--python-version", f"{sys.version_info.major}.{sys.version_info.minor}")
        argv = [needs("uv"), "pip", "install", "--quiet", "--target", str(PLACE), *only, ATHERIS]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            pytest.skip(f"{ATHERIS} has no wheel that installs here: {done.stderr.strip()[-200:]}")
    return PLACE


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_led_to_new_code_raises_only_what_it_declares(name: str, atheris: Path, tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(atheris), str(ROOT))), "PYTHONWARNINGS": "error"}
    argv = [sys.executable, str(ROOT / "tests" / "soak" / "guided.py"), name, str(SECONDS), str(tmp_path), SEED]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False, timeout=SECONDS + 120)
    found = {path.name: path.read_bytes()[:2000] for path in tmp_path.glob("found-*")}
    assert (found, done.returncode) == ({}, 0), done.stderr[-4000:]
