"""An analyzer's command: its report is what counts, and whatever it does, the tree stays and an answer comes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.engines.analyzer_command import AnalyzerCommand
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.own_python import described
from outpace.model.analyzer import Analyzer
from outpace.model.unknown import Unknown
from outpace.proving.ladder.finding import Finding, Findings
from tests.needs import missing, needs

ONE = {"ruleId": "R1", "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}}}]}
SARIF = json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scan"}}, "results": [ONE]}]})
FOUND = Findings(tool="scan", found=(Finding(rule="R1", path="a.py"),))
NO_REPORT = "`command` of [analyzers.scan] that writes SARIF to its standard output, or `report`"


class Scanned:
    """A tree, a program `scan` on the PATH, and what comes of it."""

    def __init__(self, root: Path) -> None:
        self.root, self.bin = root / "tree", root / "bin"
        self.root.mkdir()
        self.bin.mkdir()
        (self.root / "a.py").write_text("a = 1\n")
        (self.root / "told.json").write_text(SARIF)

    def program(self, script: str) -> None:
        (self.bin / "scan").write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / "scan").chmod(0o755)

    def find(self, declared: Analyzer, instead: Mapping[str, bytes] | None = None) -> Findings | Unknown:
        python = ConfinedPython(tier=sandbox.strongest())
        built = described(Path(sys.executable), (".",))
        environ = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.root.parent)}
        before = self.files()
        found = AnalyzerCommand("scan", declared, python, built=built, environ=environ).find(self.root, instead)
        assert self.files() == before
        return found

    def files(self) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in self.root.rglob("*") if each.is_file()}


@pytest.fixture
def scanned(tmp_path: Path) -> Scanned:
    if isinstance(sandbox.strongest(), sandbox.NoSandbox):
        missing("no tier of the sandbox can be formed")
    return Scanned(tmp_path)


SCAN = Analyzer(command=("scan",))
SHORT = Analyzer(command=("scan",), seconds=1)

SLOW = Unknown("it did not end in 1 s", "`seconds` of [analyzers.scan], or fewer rules")

ENDS: dict[str, tuple[str, Analyzer, Findings | Unknown]] = {
    "a report": ("cat told.json", SCAN, FOUND),
    "a report, and status 1": ("cat told.json; exit 1", SCAN, FOUND),
    "a report, and much beside it": ("cat told.json; rm a.py; echo x > x; echo no >&2", SCAN, FOUND),
    "no report": (
        "echo 'no such option' >&2; exit 2",
        SCAN,
        Unknown("it wrote no report (status 2): no such option", NO_REPORT),
    ),
    "a report that is none": (
        "echo all is well",
        SCAN,
        Unknown(
            "its report cannot be used: it is no SARIF: JSON is malformed: invalid character (byte 0)",
            "an analyzer that writes SARIF 2.1.0",
        ),
    ),
    "a flood": (
        "head -c 40000000 /dev/zero",
        SCAN,
        Unknown("its report cannot be used: it has more than 32 MiB", "an analyzer with fewer rules"),
    ),
    "a flood without an end": ("yes", SHORT, SLOW),
    "a report, and no end": ("cat told.json; sleep 60", SHORT, SLOW),
    "a report, and a crash": (
        "cat told.json; kill -9 $$",
        SCAN,
        Unknown("it was ended by signal 9", "what its own output says"),
    ),
    "missing": (
        "",
        Analyzer(command=("gone",)),
        Unknown("gone cannot be run: it is in no folder of PATH", "install it, or name another in [analyzers.scan]"),
    ),
}


@pytest.mark.parametrize(("script", "declared", "answer"), ENDS.values(), ids=ENDS.keys())
def test_whatever_an_analyzer_does_comes_to_findings_or_to_why_there_are_none(
    scanned: Scanned, script: str, declared: Analyzer, answer: Findings | Unknown
) -> None:
    scanned.program(script)
    assert scanned.find(declared) == answer


def test_a_file_holds_what_is_to_be_looked_at_instead(scanned: Scanned) -> None:
    scanned.program("grep -q other a.py && cat told.json")
    assert isinstance(scanned.find(SCAN), Unknown)
    assert scanned.find(SCAN, {"a.py": b"other = 1\n"}) == FOUND


def test_nothing_is_put_through_a_link(scanned: Scanned, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("outside = 1\n")
    (scanned.root / "link.py").symlink_to(tmp_path / "outside.py")
    scanned.program("test ! -e new.py && cat told.json")
    assert scanned.find(SCAN, {"link.py": b"other = 1\n", "new.py": b"other = 1\n"}) == FOUND
    assert (tmp_path / "outside.py").read_text() == "outside = 1\n"


def test_a_module_of_the_tree_is_no_part_of_an_analyzer(scanned: Scanned) -> None:
    """Neither that of the standard library which has its name, nor what Python runs at each start."""
    for name in ("json", "argparse", "sitecustomize"):
        (scanned.root / f"{name}.py").write_text("raise SystemExit('nothing to see here')\n")
    python = Analyzer(command=("python", "-m", "json.tool", "told.json"))
    assert scanned.find(python) == FOUND
    (scanned.bin / "scan").write_text(f"#!{sys.executable}\nimport json\nprint(open('told.json').read())\n")
    (scanned.bin / "scan").chmod(0o755)
    assert scanned.find(SCAN) == FOUND


def test_a_report_may_be_a_file_that_the_tree_does_not_bring_itself(scanned: Scanned) -> None:
    to_file = Analyzer(command=("scan",), report="out.sarif")
    empty = json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": []}]})
    (scanned.root / "out.sarif").write_text(empty)
    scanned.program("cat told.json > out.sarif; echo done")
    assert scanned.find(to_file) == FOUND
    scanned.program("echo done")
    assert scanned.find(to_file) == Unknown("it wrote no report (status 0): done", NO_REPORT)


@pytest.mark.parametrize("report", ["out.sarif", "out/report.sarif"])
def test_a_report_is_not_read_through_a_link(scanned: Scanned, tmp_path: Path, report: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "report.sarif").write_text(SARIF)
    declared = Analyzer(command=("scan",), report=report)
    link, target = (scanned.root / "out.sarif", "../outside/report.sarif") if "/" not in report else (
        scanned.root / "out",
        str(tmp_path / "outside"),
    )  # fmt: skip
    link.symlink_to(target)
    scanned.program(f"test -e {report} || ln -s {tmp_path}/outside/report.sarif {report}; true")
    assert isinstance(scanned.find(declared), Unknown)
    assert (tmp_path / "outside" / "report.sarif").read_text() == SARIF


def test_an_analyzer_has_no_network(scanned: Scanned) -> None:
    needs("python3")
    scanned.program(
        "python3 -c \"import socket; socket.create_connection(('127.0.0.1', 1), 2)\" 2>&1 | grep -q refused "
        "&& echo reached || cat told.json"
    )
    assert scanned.find(SCAN) == FOUND
