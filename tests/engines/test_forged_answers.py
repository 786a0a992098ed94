"""Tests of a project that try to answer in Outpace's place: from a fork they reach nothing, or the run is unknown."""

from __future__ import annotations

import sys
from pathlib import Path

from outpace import sandbox
from outpace.app.test_run import How, Tests, run_tests
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.model.test_run import Red
from outpace.model.unknown import Unknown
from outpace.testing.result.records import Result

TRIES = """
import glob, os, signal
import pytest

ROW = b'{"result":["test_it.py::test_last","passed",0,"","","call",[]]}\\n'


def reached(paths):
    found = []
    for path in paths:
        try:
            with open(path, "ab", buffering=0) as file:
                if "answers" in os.readlink(f"/proc/self/fd/{file.fileno()}"):
                    file.write(ROW)
                    found.append(path)
        except OSError:
            pass
    return found


def test_no_descriptor_of_its_own_leads_there():
    assert [fd for fd in os.listdir("/proc/self/fd") if "answers" in named(f"/proc/self/fd/{fd}")] == []


def named(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""


def test_the_name_in_the_first_environment_leads_nowhere():
    with open("/proc/self/environ", "rb") as file:
        (path,) = [row[16:] for row in file.read().split(b"\\0") if row.startswith(b"OUTPACE_ANSWERS=")]
    assert os.path.isdir(os.path.dirname(path))
    assert not os.path.exists(path)


def test_no_descriptor_of_the_process_above_can_be_opened():
    above = f"/proc/{os.getppid()}"
    assert reached(glob.glob(f"{above}/fd/*")) == []
    for name in ("mem", "environ"):
        with pytest.raises(OSError):
            open(f"{above}/{name}", "rb").read(1)


def test_it_cannot_be_killed():
    os.kill(-1, signal.SIGKILL)
    for process in (os.getppid(), -os.getpgid(os.getppid())):
        with pytest.raises(PermissionError):
            os.kill(process, signal.SIGKILL)


def test_whose_child_goes_on_with_the_tests():
    os.fork()


def test_last():
    assert False
"""
PIPE = """
import json, sys

def test_first():
    row = ["test_it.py::test_third", "passed", 0, "", "", "call", []]
    sys.modules["outpace_inside.forks"].tell(json.dumps(row).encode())
"""


FEW = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run(place: Path, text: str, **files: str) -> Result:
    for name, content in {"test_it": text, **files}.items():
        (place / f"{name}.py").write_text(content)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=place, cwd=place, env=FEW)
    tests = Tests(inside=inside, root=str(place), words=("-p", "no:cacheprovider"))
    return run_tests(tests, How(seconds=60))


def test_a_test_in_a_fork_finds_no_way_to_where_answers_are_written(tmp_path: Path) -> None:
    result = run(tmp_path, TRIES)
    assert isinstance(result.run, Red), result.run
    assert [each.message for each in result.red] == ["assert False"]
    assert len(result.tests) == 6


def test_a_process_that_tells_of_a_test_that_it_did_not_run_makes_the_run_unknown(tmp_path: Path) -> None:
    result = run(tmp_path, PIPE)
    assert isinstance(result.run, Unknown)
    assert result.run.why.endswith("told of 'test_it.py::test_third', which it did not run then"), result.run


BEHIND = """
import os

kept = next(os.dup(int(fd)) for fd in os.listdir("/proc/self/fd") if "answers" in os.readlink(f"/proc/self/fd/{fd}"))
ended = os._exit

def more(status):
    os.write(kept, b'{"left":[]}\\n')
    ended(status)

os._exit = more
"""


def test_rows_behind_the_end_make_the_run_unknown(tmp_path: Path) -> None:
    """Code that runs while tests are collected can write there; it is told apart only by what cannot be."""
    result = run(tmp_path, "def test_it():\n    pass\n", conftest=BEHIND)
    assert result.run == Unknown("somebody else wrote to its answers: they go on behind their end")
