"""JUnit as foreign runners write it: read when it is sound, unknown when it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from outpace.engines.junit import Damaged, outcome, parse, read_report
from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown

PYTEST = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="4" time="0.1">
<testcase classname="tests.test_a" file="tests/test_a.py" name="test_ok" time="0.01" />
<testcase classname="tests.test_a.TestB" file="tests/test_a.py" name="test_bad[1-x]" time="0.01">
<failure message="assert 1 == 2&#10;  where">trace</failure></testcase>
<testcase classname="tests.test_a" file="tests/test_a.py" name="test_skip"><skipped message="no"/></testcase>
<testcase classname="tests.test_a" file="tests/test_a.py" name="test_late">
<error message="failed on teardown"/></testcase>
</testsuite></testsuites>"""
SUREFIRE = """<testsuite name="s" tests="2"><testcase classname="S" name="a"/><testcase classname="S" name="a">
<rerunFailure message="flaky"/></testcase></testsuite>"""
LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<testsuite tests="1"><testcase classname="S" name="&b;"/></testsuite>"""
OUTSIDE = '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&x;"/></testsuite>'

RED = Red(
    failures=(
        FailedTest(
            name="tests.test_a.TestB::test_bad[1-x]",
            message="assert 1 == 2 where",
            node="tests/test_a.py::TestB::test_bad[1-x]",
        ),
        FailedTest(name="tests.test_a::test_late", message="failed on teardown", node="tests/test_a.py::test_late"),
    ),
    passed=("tests.test_a::test_ok",),
    skipped=("tests.test_a::test_skip",),
)
SOUND: tuple[tuple[str, str, TestRun], ...] = (
    ("pytest", PYTEST, RED),
    ("another runner", SUREFIRE, Green(passed=("S::a",))),
    ("no tests", '<testsuite tests="0"/>', Unknown("no test ran", "a suite that runs")),
    (
        "only skipped",
        '<testsuite tests="1"><testcase name="a"><skipped/></testcase></testsuite>',
        Unknown("all 1 tests were skipped", "a suite that runs"),
    ),
    (
        "green and red under one name",
        '<testsuite><testcase name="a"/><testcase name="a"><failure message="m"/></testcase></testsuite>',
        Red(failures=(FailedTest(name="a", message="m"),)),
    ),
)


@pytest.mark.parametrize(("text", "run"), [case[1:] for case in SOUND], ids=[case[0] for case in SOUND])
def test_a_sound_report_is_read_whole(text: str, run: TestRun) -> None:
    assert outcome(parse(text.encode())) == run


DAMAGED = {
    "entities": LAUGHS,
    "outside entities": OUTSIDE,
    "fewer cases than declared": '<testsuite tests="3"><testcase name="a"/></testsuite>',
    "another document": "<html/>",
    "very deep": "<testsuite>" * 100,
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_or_hostile_report_is_refused(text: str) -> None:
    with pytest.raises(Damaged):
        parse(text.encode())


@pytest.mark.parametrize("content", [b"", PYTEST.encode()[:-40], b"\xff\xfe\x00", b"<testsuite>"], ids=range(4))
def test_a_report_that_was_cut_off_is_unknown(content: bytes, tmp_path: Path) -> None:
    report = tmp_path / "results.xml"
    report.write_bytes(content)
    assert isinstance(read_report(report), Unknown)


def test_only_a_regular_file_of_its_own_is_read(tmp_path: Path) -> None:
    real = tmp_path / "real.xml"
    real.write_text(PYTEST)
    link, pipe = tmp_path / "link.xml", tmp_path / "pipe.xml"
    link.symlink_to(real)
    os.mkfifo(pipe)
    found = [isinstance(read_report(path), Unknown) for path in (link, pipe, tmp_path, tmp_path / "none.xml", real)]
    assert found == [True, True, True, True, False]
