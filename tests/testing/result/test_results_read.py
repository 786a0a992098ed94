"""What a run told becomes green, red or unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.testing.ports import Told
from outpace.testing.result.costs import WITHOUT_HISTORY, Cost, costs, runs_of
from outpace.testing.result.reading import result_of
from outpace.testing.result.records import Diff, Result, Spent, Tried


def told(*rows: dict[str, Any], ended: Unknown | None = None) -> Told:
    return Told(rows=tuple(json.dumps(row).encode() for row in rows), ended=ended)


def ran(name: str, outcome: str, **more: Any) -> dict[str, Any]:
    row = [name, outcome, 0.5, more.get("exception", ""), more.get("message", ""), more.get("phase", "call"), []]
    return {"result": row}


ALL = {"collected": ["a", "b"], "broken": []}
ONE = {"collected": ["a"], "broken": []}
REFUSED = (
    "no test is red, and yet pytest ended with status 1",
    "what in a conftest.py or a plugin decides so when the session ends",
)
RED_A = Red(failures=(FailedTest(name="a", message="", node="a"),))
CASES: tuple[tuple[str, Told, TestRun], ...] = (
    ("green", told(ALL, ran("b", "passed"), ran("a", "skipped"), {"left": []}), Green(passed=("b",), skipped=("a",))),
    (
        "red, in the order of the suite",
        told(ALL, ran("b", "failed", exception="AssertionError", message="no"), ran("a", "error", message="x")),
        Red(
            failures=(
                FailedTest(name="a", message="x", node="a"),
                FailedTest(name="b", message="AssertionError: no", node="b"),
            )
        ),
    ),
    (
        "a file that cannot be collected",
        told({"collected": [], "broken": [["t.py", "SyntaxError"]]}),
        Red(failures=(FailedTest(name="t.py", message="SyntaxError", node="t.py"),)),
    ),
    ("nothing collected", told({"collected": []}), Unknown("no test was collected", "a suite that runs")),
    ("nothing at all", told(), Unknown("no test was collected", "a suite that runs")),
    ("only skipped", told(ONE, ran("a", "skipped")), Unknown("all 1 tests were skipped", "a suite that runs")),
    (
        "some did not come to run",
        told(ALL, ran("a", "passed"), {"left": ["b"]}),
        Unknown("1 tests did not come to run", "more time, or a suite that ends"),
    ),
    ("ended early", told(ALL, ran("a", "passed"), ended=Unknown("killed")), Unknown("killed")),
    ("refused as it closed", told(ONE, ran("a", "passed"), {"left": []}, {"closed": 1}), Unknown(*REFUSED)),
    ("red, and refused for it", told(ONE, ran("a", "failed"), {"left": []}, {"closed": 1}), RED_A),
    ("pytest's usage", told({"status": 4}), Unknown("pytest ended with status 4", "a suite that pytest collects")),
)


@pytest.mark.parametrize(("given", "run"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_only_what_ran_to_its_end_and_passed_is_green(given: Told, run: TestRun) -> None:
    assert result_of(given).run == run


AGAINST = "what the run answered contradicts itself: "
FORGED = (
    ("more results than tests", (ran("a", "failed"), ran("b", "passed"), ran("a", "passed")), "a is there 2 times"),
    ("a test that nobody knows", (ran("a", "passed"), ran("b", "passed"), ran("c", "passed")), "c was not to run"),
    ("a test that vanished", (ran("a", "passed"),), "b has no result"),
    ("run and left", (ran("a", "passed"), ran("b", "passed"), {"left": ["b"]}), "b is there 2 times"),
)


@pytest.mark.parametrize(("rows", "why"), [case[1:] for case in FORGED], ids=[case[0] for case in FORGED])
def test_what_contradicts_itself_is_unknown(rows: tuple[dict[str, Any], ...], why: str) -> None:
    assert result_of(told(ALL, *rows)).run == Unknown(AGAINST + why)


def test_of_some_tests_each_that_was_asked_for_has_a_result_and_no_other() -> None:
    both = told(ALL, ran("a", "passed"), ran("b", "passed"))
    assert result_of(both, asked=("a", "b")).run == Green(passed=("a", "b"))
    assert result_of(both, asked=("a",)).run == Unknown(f"{AGAINST}b was not to run")
    assert result_of(told(ALL, ran("a", "passed")), asked=("a", "gone")).run == Unknown(f"{AGAINST}gone has no result")


def test_what_cannot_be_read_is_unknown() -> None:
    assert isinstance(result_of(Told(rows=(b"{",))).run, Unknown)


def test_a_test_that_was_green_when_it_ran_again_stays_red_and_is_flaky() -> None:
    result = result_of(
        told(ALL, ran("a", "failed"), ran("b", "failed"), {"again": ["a", True]}, {"again": ["b", False]})
    )
    assert isinstance(result.run, Red)
    assert [each.name for each in result.run.failures] == ["a", "b"]
    assert result.flaky == ("a",)


KINDS = (
    (Tried("t", "failed", exception="AssertionError", phase="call"), "assertion"),
    (Tried("t", "failed", exception="KeyError", phase="call"), "exception"),
    (Tried("t", "error", exception="KeyError", phase="setup"), "set-up"),
    (Tried("t", "error", phase="died"), "crash"),
    (Tried("t", "error", phase="timed out"), "timeout"),
    (Tried("t.py", "error", phase="collection"), "collection"),
)


@pytest.mark.parametrize(("test", "kind"), KINDS)
def test_a_red_test_says_in_what_way_it_is_red(test: Tried, kind: str) -> None:
    assert test.kind == kind


def test_time_is_summed_over_processes_and_counted_for_all_runs() -> None:
    rows = [{"fixtures": [["c.py", 3, "db", 1, 0.5]], "sleeps": []}, {"fixtures": [["c.py", 3, "db", 2, 1.0]]}]
    result = result_of(told(ONE, ran("a", "passed"), *rows))
    assert result.fixtures == (Spent("c.py", 3, "db", 3, 1.5),)
    assert costs(result, WITHOUT_HISTORY) == (
        Cost(kind="test", name="a", place="", count=1, seconds=0.5, total=500.0),
        Cost(kind="fixture", name="db", place="c.py:3", count=3, seconds=1.5, total=1500.0),
    )
    assert (runs_of(None), runs_of(0)) == (WITHOUT_HISTORY, WITHOUT_HISTORY)
    assert runs_of(400).count == 400


def test_what_is_not_seen_is_said() -> None:
    result = result_of(
        told(ONE, ran("a", "passed"), {"processes": 2, "sessions": ["server"]}, {"children": True, "left": []}),
        changed={},
    )
    assert result == Result(
        run=Green(passed=("a",)),
        tests=(Tried("a", "passed", 0.5, "", "", "call", ()),),
        diff=result.diff,
        processes=2,
        caveats=(
            "set up once in each process, as they last for a whole run: server",
            "tests start other programs; what those take of the diff or open is not seen; no file is called unopened",
        ),
        has_programs=True,
    )


def test_a_file_is_called_unopened_only_where_no_other_program_could_have_opened_it() -> None:
    read = {"sites": [], "unparsed": [], "read": {"a.json": False, "b.json": True}, "left": []}
    diffs = [
        result_of(told(ONE, ran("a", "passed"), {**read, "children": each}), changed={}).diff for each in (False, True)
    ]
    assert [isinstance(diff, Diff) and diff.unread for diff in diffs] == [("a.json",), ()]
