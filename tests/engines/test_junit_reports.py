"""JUnit as foreign runners write it: read when it is sound, unknown when it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from outpace.app.test_report import judged
from outpace.engines.junit import Damaged, outcome, parse, read_report
from outpace.model.test_run import FailedTest, Red, TestRun
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
ATTRIBUTES = """<testsuite tests="3"><testcase name="a" status="failed"/>
<testcase name="b" status="run" result="suppressed"/><testcase name="c" status="run" result="completed"/></testsuite>"""
SPELLED = """<j:testsuite xmlns:j="urn:j"><j:testcase name="a"><j:failure/></j:testcase>
<j:testcase name="b"><Failure/></j:testcase><j:testcase name="c"><failed/></j:testcase></j:testsuite>"""
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
    ("another runner", SUREFIRE, Red(failures=(FailedTest(name="S::a", message="flaky"),))),
    (
        "in attributes alone",
        ATTRIBUTES,
        Red(failures=(FailedTest(name="a", message="status is failed"),), passed=("c",), skipped=("b",)),
    ),
    (
        "nothing but what was left out",
        '<testsuite tests="1"><testcase name="a" status="notrun"/></testsuite>',
        Unknown("all 1 tests were skipped", "a suite that runs"),
    ),
    (
        "outside of any case",
        '<testsuite tests="1" errors="1"><error message="setup of module"/><testcase name="b"/></testsuite>',
        Red(failures=(FailedTest(name="(the suite)", message="setup of module"),), passed=("b",)),
    ),
    (
        "under a prefix, and in other letters",
        SPELLED,
        Red(failures=tuple(FailedTest(name=name, message="") for name in "abc")),
    ),
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
    "fewer failures than declared": '<testsuite tests="1" failures="3" errors="0"><testcase name="b"/></testsuite>',
    "a word that nobody knows": '<testsuite><testcase name="b" status="purple"/></testsuite>',
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


FLAKY = """<testsuites><testsuite name="outer"><testsuite name="inner" tests="5">
<testcase classname="S" name="retried" time="1,000.5"><flakyFailure message="once"/><flakyError/></testcase>
<testcase classname="S" name="red each time" time="-"><failure message="m" type="E"/>
<rerunFailure message="m"/></testcase>
<testcase classname="S" name="steady" time="nan"/>
<testcase classname="S" name="twice"><failure message="first"/></testcase>
<testcase classname="S" name="twice"/>
</testsuite></testsuite></testsuites>"""


def test_what_a_runner_retried_is_red_and_flaky_and_what_was_red_each_time_is_red_alone() -> None:
    result = judged(parse(FLAKY.encode()))
    assert result.flaky == ("S::retried", "S::twice")
    assert [(each.id, each.outcome, each.seconds, each.exception) for each in result.tests] == [
        ("S::retried", "failed", 1000.5, ""),
        ("S::red each time", "failed", 0.0, "E"),
        ("S::steady", "passed", 0.0, ""),
        ("S::twice", "failed", 0.0, ""),
    ]
    assert isinstance(result.run, Red)


def test_a_report_that_cannot_be_read_is_unknown() -> None:
    unknown = Unknown("cut off")
    assert judged(unknown).run == unknown
    assert isinstance(judged(()).run, Unknown)


def test_what_a_suite_within_another_declares_is_held_against_what_it_reports() -> None:
    with pytest.raises(Damaged):
        parse(b'<testsuites><testsuite><testsuite tests="2"><testcase name="a"/></testsuite></testsuite></testsuites>')
