"""`outpace where` as it is typed: over the applications of a machine, outside of their repositories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data"
CONFIGURATION = '[[applications]]\nname = "{name}"\nlocks = ["requirements.txt"]\n\n' + "".join(
    f'[[environments]]\nname = "{name}"\nobserve = {{{{ recorded = "{name}" }}}}\n\n' for name in ("production", "qa")
)


class Machine:
    def __init__(self, place: Path) -> None:
        self.place = place
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTPACE_", "XDG_", "GIT_"))}
        self.env = {**kept, "HOME": str(place), "GIT_CONFIG_GLOBAL": os.devnull}
        self.says("advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet")

    def says(self, *words: str, status: int = 0, cwd: str = ".") -> str:
        argv = [sys.executable, "-m", "outpace.cli", *words]
        done = subprocess.run(
            argv, cwd=self.place / cwd, env=self.env, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout or done.stderr

    def application(self, name: str, environment: str, version: str) -> None:
        folder = self.place / name
        folder.mkdir()
        (folder / "outpace.toml").write_text(CONFIGURATION.format(name=name))
        (folder / "requirements.txt").touch()
        (folder / "seen.json").write_text(json.dumps([{"name": "starlette", "version": version}]))
        who = {
            f"GIT_{role}_{key}": "a@example.invalid" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
        }
        for argv in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Begin"]):
            subprocess.run(["git", *argv], cwd=folder, env={**self.env, **who}, check=True)
        seen = ["--inventory", "seen.json", "--at", "2024-01-02T09:00:00Z"]
        self.says("record", "observed", "--environment", environment, *seen, cwd=name)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_every_application_of_the_machine_is_asked_without_its_repository(machine: Machine) -> None:
    machine.application("shop", "production", "0.26.1")
    machine.application("depot", "qa", "0.27.0")
    machine.application("annex", "qa", "2023-spring")
    told = machine.says("where", "CVE-2023-29159", "--offline", status=10)
    assert told == (
        "CVE-2023-29159 is held in 1 environment.\n"
        "3 environments on record here; advisory data up to 2025-02-12\n"
        "\n"
        "starlette 0.26.1  PYSEC-2023-83  (CVE-2023-29159, GHSA-v5gw-mw7f-84px)\n"
        "  shop  production  seen 2024-01-02T09:00:00Z\n"
        "\n"
        "unknown (1)\n"
        "  annex, qa: starlette 2023-spring and PYSEC-2023-83: 2023-spring is no\n"
        "    version that PEP 440 can order; would settle it: a version in PEP 440's form\n"
    )


def test_nowhere_is_said_with_how_far_the_record_reaches(machine: Machine) -> None:
    assert machine.says("where", "PYSEC-2023-83", "--offline") == (
        "PYSEC-2023-83: nothing is on record here; outpace observe sees what runs\nAdvisory data up to 2025-02-12\n"
    )
    machine.application("depot", "qa", "0.27.0")
    assert machine.says("where", "PYSEC-2023-83", "--offline").splitlines()[0] == (
        "PYSEC-2023-83 is held nowhere, so far as is on record."
    )


def test_an_advisory_that_nobody_published_is_no_clean_answer(machine: Machine) -> None:
    assert "the advisory data has no advisory CVE-1999-0001" in machine.says("where", "CVE-1999-0001", status=2)
