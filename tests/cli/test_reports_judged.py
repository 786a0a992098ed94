"""`outpace test run --from-junit` as it is typed: what another runner wrote, judged, without running anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

GREEN = '<testsuite tests="2"><testcase name="a"/><testcase name="b"/></testsuite>'
FLAKY = GREEN.replace('"b"/>', '"b"><flakyFailure message="once"/></testcase>')
RED = """<testsuite tests="1"><testcase classname="t" name="a">
<failure message="no" type="AssertionError"/></testcase></testsuite>"""
CUT = """unknown: the JUnit report cannot be read: no element found: line 1, column 101
  would settle it: a runner that ends by itself
"""
REPORTS = (
    ("green", GREEN, 0, "green: 2 passed\n"),
    (
        "flaky",
        FLAKY,
        10,
        "red: 1 failed, 1 passed\n  b: once\nflaky: b was red and green on the same files; it counts as red\n",
    ),
    ("red", RED, 10, "red: 1 failed, 0 passed\n  t::a: AssertionError: no\n"),
    ("empty", '<testsuite tests="0"/>', 10, "unknown: no test was collected\n  would settle it: a suite that runs\n"),
    ("cut off", FLAKY[:-12], 10, CUT),
)


def outpace(*words: str, cwd: Path) -> tuple[int, str]:
    argv = [sys.executable, "-m", "outpace.cli", "test", "run", *words]
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("report", "status", "said"), [case[1:] for case in REPORTS], ids=[case[0] for case in REPORTS]
)
def test_a_report_is_judged_and_the_exit_status_agrees(report: str, status: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "results.xml").write_text(report)
    assert outpace("--from-junit", "results.xml", cwd=tmp_path) == (status, said)


def test_a_judged_report_can_be_written_again_in_one_shape(tmp_path: Path) -> None:
    (tmp_path / "results.xml").write_text(RED)
    words = ("--from-junit", "results.xml", "--junit", "again.xml", "--format", "json")
    status, said = outpace(*words, cwd=tmp_path)
    failed = json.loads(said)["result"]["failed"]
    assert (status, failed) == (10, [{"test": "t::a", "message": "AssertionError: no", "kind": "assertion"}])
    assert outpace("--from-junit", "again.xml", cwd=tmp_path)[0] == 10
