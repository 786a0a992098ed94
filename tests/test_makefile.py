"""The recipes take the variables that they name."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_seed_and_the_runs_of_a_soak_reach_it() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        ["make", "-n", "soak", "SEED=7", "RUNS=3"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"OUTPACE_SOAK_(\w+)=(\d+)", shown) == [("RUNS", "3"), ("SEED", "7")]


def test_no_variable_of_the_makefile_is_without_use() -> None:
    text = (ROOT / "Makefile").read_text()
    names = re.findall(r"^(\w+) \?=", text, re.MULTILINE)
    assert [name for name in names if f"$({name})" not in text] == []
