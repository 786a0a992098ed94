"""What a run of tests looks like: text, JSON, and JUnit that our own reader reads back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from outpace.app.test_report import judged
from outpace.engines.junit import outcome, parse
from outpace.formats.test_run import text
from outpace.formats.test_run_junit import document
from outpace.formats.test_run_v1 import answer
from outpace.model.test_run import FailedTest, Green, Red
from outpace.model.unknown import Unknown
from outpace.testing.result.costs import Cost, runs_of
from outpace.testing.result.names import names_of
from outpace.testing.result.records import Diff, Result, Survivor, Tried, Untaken
from outpace.testing.selection.decision import Changed, Deselected, Everything, Selected, Some
from outpace.testing.selection.maps import Item

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
TESTS = (
    Tried("tests/test_a.py::test_ok", "passed", 0.25),
    Tried(
        "tests/test_a.py::TestB::test_bad[1-x::y]",
        "failed",
        1.0,
        "AssertionError",
        "assert 1 == 2",
        "call",
        (("tests/test_a.py", 7, "test_bad"),),
    ),
    Tried("tests/test_a.py::test_skip", "skipped", 0.0, "Skipped", "not here"),
    Tried("tests/test_a.py::test_gone", "error", 0.0, "", "its process ended: signal SIGSEGV", "died"),
)
CHOICE = Some(
    selected=(Selected(test="tests/test_a.py::test_ok", why=Changed((Item("u:shop.py:price"),))),),
    deselected=(
        Deselected(test="tests/test_b.py::test_old", commit="c" * 40, at=AT - timedelta(days=3), inputs=9, seconds=1),
    ),
)
RESULT = Result(
    run=Red(
        failures=(
            FailedTest(name=TESTS[1].id, message="AssertionError: assert 1 == 2", node=TESTS[1].id),
            FailedTest(name=TESTS[3].id, message="its process ended: signal SIGSEGV", node=TESTS[3].id),
        ),
        passed=(TESTS[0].id,),
        skipped=(TESTS[2].id,),
    ),
    tests=TESTS,
    choice=CHOICE,
    flaky=(TESTS[1].id,),
    diff=Diff(
        base="main",
        places=3,
        untaken=(Untaken(path="shop.py", line=4, kind="true", function="price"),),
        unread=("rates.json",),
    ),
    survivors=(Survivor(path="shop.py", line=4, function="price", diff="-1\n+2\n", executions=3),),
    caveats=("it ran in one process",),
)
TEXT = """\
red: 2 failed, 1 passed, 1 skipped; 1 not selected, each green before on all that it depends on
  tests/test_a.py::TestB::test_bad[1-x::y]: AssertionError: assert 1 == 2
  tests/test_a.py::test_gone: its process ended: signal SIGSEGV
  by kind: 1 assertion, 1 crash
flaky: tests/test_a.py::TestB::test_bad[1-x::y] was red and green on the same files; it counts as red
selected: 1 of 2 tests
  tests/test_a.py::test_ok  changed: price() in shop.py
oldest record of what was not selected: 2026-11-23 08:00 (outpace test select --why TEST)
no test takes 1 of 3 functions and outcomes of conditions that changed since main:
  shop.py:4 price: the condition is never true
changed, and no test opened it: rates.json
1 mutant of the changed functions not killed (see outpace test mutants):
  shop.py:4 price: not killed in 3 executions
slowest, and what it costs in a year of 600 runs, one for each commit that landed in it:
      1.00 s    10 min  test tests/test_a.py::test_bad
      0.50 s     1.0 h  sleep wait (shop.py:3) in 12 times
note: it ran in one process
"""


def test_the_first_line_is_the_answer_and_every_fact_has_a_line() -> None:
    costs = (
        Cost(kind="test", name="tests/test_a.py::test_bad", place="", count=1, seconds=1.0, total=600.0),
        Cost(kind="sleep", name="wait", place="shop.py:3", count=12, seconds=0.5, total=3600.0),
    )
    assert text(RESULT, costs, runs_of(600)) == TEXT


def test_a_plain_green_run_is_one_line() -> None:
    assert text(Result(run=Green(passed=("a", "b")))) == "green: 2 passed\n"
    everything = Result(run=Green(passed=("a",)), choice=Everything(why=("v1 is a release",), tests=("a",)))
    assert text(everything) == "green: 1 passed\nall 1 tests ran\n  because v1 is a release\n"


def test_a_miss_cannot_be_overlooked() -> None:
    said = text(msgspec.structs.replace(RESULT, missed=(TESTS[1].id,)))
    assert "missed: tests/test_a.py::TestB::test_bad[1-x::y] is red, alone too" in said
    assert "outpace test select --explained REASON" in said


def test_what_is_written_as_junit_is_read_back_as_it_was() -> None:
    cases = parse(document(RESULT, at=AT))
    assert [(case.classname, case.name, case.outcome) for case in cases] == [
        ("tests.test_a", "test_ok", "passed"),
        ("tests.test_a.TestB", "test_bad[1-x::y]", "failure"),
        ("tests.test_a", "test_skip", "skipped"),
        ("tests.test_a", "test_gone", "error"),
        ("tests.test_b", "test_old", "skipped"),
    ]
    again = judged(cases)
    assert isinstance(again.run, Red)
    assert again.flaky == ("tests.test_a.TestB::test_bad[1-x::y]",)
    written = document(RESULT, at=AT).decode()
    for words in (
        "price: the condition is never true",
        "changed: price() in shop.py",
        "not selected: green at cccccccccc",
    ):
        assert words in written


def test_an_unknown_run_is_green_to_no_reader_of_junit() -> None:
    run = outcome(parse(document(Result(run=Unknown("it ended early")), at=AT)))
    assert isinstance(run, Red)


NAMES = (
    ("tests/test_a.py::test_x", ("tests.test_a", "test_x")),
    ("tests/test_a.py::TestB::test_x[a::b/c.py]", ("tests.test_a.TestB", "test_x[a::b/c.py]")),
    ("tests/test_a.py", ("tests.test_a", "")),
)


@pytest.mark.parametrize(("node", "names"), NAMES)
def test_names_are_those_that_pytest_writes(node: str, names: tuple[str, str]) -> None:
    assert names_of(node) == names


def test_json_tells_every_fact() -> None:
    told = msgspec.json.decode(answer(RESULT))
    result = told["result"]
    assert (result["result"], result["flaky"], result["diff"]["untaken"][0]["outcome"]) == (
        "red",
        [TESTS[1].id],
        "true",
    )
    assert [each["kind"] for each in result["failed"]] == ["assertion", "crash"]
    assert told["warnings"] == ["it ran in one process"]
    unknown = msgspec.json.decode(answer(Result(run=Unknown("no end", "more time"))))
    assert unknown["unknown"] == [{"what": "the tests", "why": "no end", "would_settle": "more time"}]
