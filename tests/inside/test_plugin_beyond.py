"""The plugin of pytest where tests depend on what lies beyond the project: a sibling, git, bytecode kept elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.sandbox import run

TESTS = """
import subprocess, sys
import libx

def test_sibling():
    assert libx.rate() == 3

def test_child_beyond():
    assert subprocess.run(["cat", "../lib/shared.json"], capture_output=True).stdout == b"{}"

def test_git():
    subprocess.run(["git", "rev-parse", "HEAD"], check=True)

def test_child():
    assert subprocess.run([sys.executable, "-c", "import helper"]).returncode == 0

def test_nothing():
    pass
"""
SETTINGS = "[pytest]\npythonpath = . ../lib\n"
GIT = "test_it.py::test_git: it reads .git, of which nothing is recorded"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    for name, text in (
        ("app/pytest.ini", SETTINGS),
        ("app/test_it.py", TESTS),
        ("app/helper.py", "NAME = 1\n"),
        ("lib/libx.py", "def rate():\n    return 3\n"),
        ("lib/shared.json", "{}"),
        ("other/libz.py", ""),
        ("tmp/nothing", ""),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    who = {f"GIT_{role}_{key}": "n@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *words], cwd=root, env={**os.environ, **who}, check=True)
    return root


def told(project: Path, *words: str, path: str = "", **env: str) -> list[str]:
    own = str(Path(__file__).parents[2] / "src")
    plain = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{own}:{path}" if path else own, "HOME": str(project)}
    more = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": str(project.parent / "tmp"), **env}
    whole = [sys.executable, "-m", "pytest", "-q", "-p", "outpace.inside.plugin", *words]
    said = run(whole, cwd=project, env={**plain, **more}, accept=(0, 1)).stdout.decode()
    return [line.partition("outpace:")[2].strip() for line in said.splitlines() if line.startswith("outpace:")]


def test_files_of_a_sibling_and_of_git_are_seen_whoever_reads_them(project: Path) -> None:
    assert told(project, "--outpace-record") == ["5 tests were recorded"]
    assert told(project, "--outpace-select") == ["1 of 5 tests were selected", GIT]
    shared = project.parent / "lib" / "shared.json"
    shared.write_text("[]")
    beyond = f"test_it.py::test_child_beyond: changed: {shared}"
    assert told(project, "--outpace-select") == ["2 of 5 tests were selected", beyond, GIT]
    shared.write_text("{}")
    (project.parent / "lib" / "libx.py").write_text("def rate():\n    return 3 + 0\n")
    assert told(project, "--outpace-select")[0] == "5 of 5 tests were selected"
    why = ["all tests ran, because where modules are imported from changed"]
    assert told(project, "--outpace-select", path=str(project.parent / "other")) == why


def test_who_starts_a_program_whose_bytecode_lies_elsewhere_is_always_selected(project: Path) -> None:
    elsewhere = {"PYTHONPYCACHEPREFIX": str(project.parent / "tmp" / "compiled")}
    told(project, **elsewhere)
    assert told(project, "--outpace-record", **elsewhere) == ["5 tests were recorded"]
    (project / "helper.py").write_text("NAME = 2\n")
    selected = told(project, "--outpace-select", **elsewhere)
    why = ", and bytecode lies elsewhere (PYTHONPYCACHEPREFIX)"
    starters = [line for line in selected if line.endswith(why)]
    assert (selected[0], len(starters)) == ("3 of 5 tests were selected", 3)
