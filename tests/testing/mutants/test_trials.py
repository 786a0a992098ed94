"""What a trial's rows say: verdicts, the share that is killed, doubt, and which survivors come first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from outpace.model.unknown import Unknown
from outpace.testing.mutants.reading import is_kept, row_of, trial_of
from outpace.testing.mutants.score import Score, by_file, score_of, survivors
from outpace.testing.mutants.trial import Kill, Killed, LeftOut, Mutant, Survived, Trial, Tried, Unreached
from outpace.testing.ports import Told

RAN = {"tests": 3, "green": ["t", "u"], "left_out": [["t::red", "red", "no"]]}


def mutant(name: str, line: int = 1, operator: str = "comparison") -> list[object]:
    return [name, "f", line, 4, line, 9, operator, "a < b", "a <= b"]


def told(*rows: Mapping[str, Any], ended: Unknown | None = None) -> Told:
    """With a row for each file of which there is none."""
    counted = Counter(str(row["path"]) for row in rows if "path" in row)
    there = {row["file"] for row in rows if "file" in row}
    files = [{"file": path, "mutants": count} for path, count in counted.items() if path not in there]
    return Told(rows=tuple(msgspec.json.encode(row) for row in (*files, *rows)), ended=ended)


def survivor(name: str, executions: int, operator: str = "comparison") -> dict[str, Any]:
    return {
        "mutant": mutant(name, operator=operator),
        "path": "a.py",
        "state": "survived",
        "executions": executions,
        "diff": "d",
        "key": "",
    }


def killed(name: str, how: str = "assertion", **more: object) -> dict[str, Any]:
    return {
        "mutant": mutant(name),
        "path": "a.py",
        "state": "killed",
        "kills": [["t", how, ""]],
        "executions": 1,
    } | more


def test_rows_become_one_trial_in_the_order_of_the_source() -> None:
    trial = trial_of(
        told(
            {"file": "a.py", "mutants": 2, "arid": {"logging": 2}},
            {"file": "b.py", "unreadable": "SyntaxError: no"},
            {"collected": 3, "broken": [["t.py", "ImportError"]], "alone": True},
            RAN,
            {"mutant": mutant("f:b:1", 9), "path": "a.py", "state": "unreached", "key": "", "diff": "d"},
            killed("f:a:1"),
            {"control": []},
        )
    )
    kill = Kill(test="t", how="assertion")
    assert trial == Trial(
        tried=(
            Tried(
                path="a.py",
                mutant=Mutant("f:a:1", "f", 1, 4, 1, 9, "comparison", "a < b", "a <= b"),
                verdict=Killed(kills=(kill,), executions=1),
            ),
            Tried(
                path="a.py",
                mutant=Mutant("f:b:1", "f", 9, 4, 9, 9, "comparison", "a < b", "a <= b"),
                verdict=Unreached(diff="d"),
            ),
        ),
        files=("a.py",),
        arid=(("logging", 2),),
        unreadable=(("b.py", "SyntaxError: no"),),
        broken=(("t.py", "ImportError"),),
        tests=3,
        left_out=(LeftOut(test="t::red", state="red", why="no"),),
        controls=1,
    )


def test_a_verdict_of_an_earlier_run_is_taken_over_with_the_diff_of_this_one() -> None:
    row = {"mutant": mutant("f:a:1", 7), "path": "a.py", "state": "known", "key": "k", "diff": "now"}
    trial = trial_of(told(RAN, row), {"k": msgspec.json.encode(survivor("f:a:1", 4))})
    assert [(each.mutant.line, each.verdict, each.again) for each in trial.tried] == [
        (7, Survived(executions=4, diff="now"), True)
    ]


@pytest.mark.parametrize(
    ("rows", "ended", "why"),
    [
        ([RAN], Unknown("it took too long"), "it took too long"),
        ([{"status": 5}], None, "no test was collected"),
        ([{"status": 2}], None, "pytest ended with status 2"),
        ([{"collected": 1, "alone": False}, RAN], None, "importing the project starts threads"),
        (
            [RAN, {"control": [["t::a", "assertion", ""]]}],
            None,
            "t::a is red after others without any mutant (assertion)",
        ),
        ([{"tests": 1, "left_out": [["t", "red", ""]]}], None, "none of 1 tests is green without a mutant"),
        ([{"tests": "many"}], None, "1 lines of what the trial answered cannot be read"),
        ([RAN, killed("f:a:1")], None, ""),
    ],
)
def test_what_cannot_be_believed_is_in_doubt(rows: list[dict[str, Any]], ended: Unknown | None, why: str) -> None:
    doubt = trial_of(told(*rows, ended=ended)).doubt
    assert (doubt.why if doubt else "").startswith(why)
    assert (doubt is None) == (why == "")


KNOWN = {"mutant": mutant("f:a:1"), "path": "a.py", "state": "known", "key": "k"}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([killed("f:a:1", kills=[])], "f:a:1 is killed by 0 tests"),
        ([survivor("f:a:1", 1) | {"kills": [["t", "assertion", ""]]}], "f:a:1 is survived by 1 tests"),
        ([killed("f:a:1", kills=[["nobody", "assertion", ""]])], "f:a:1 is killed by 'nobody', which is no green test"),
        ([killed("f:a:1", kills=[["t::red", "assertion", ""]])], "f:a:1 is killed by 't::red', which is no green"),
        ([killed("f:a:1", kills=[["", "assertion", ""]])], "f:a:1 is killed by '', which is no green test"),
        ([killed("f:a:1"), survivor("f:a:1", 1)], "f:a:1 is told twice"),
        (
            [{"file": "a.py", "mutants": 1}, killed("f:a:1"), killed("f:a:2")],
            "1 mutants of a.py were made, and 2 tried",
        ),
        ([{"file": "a.py", "mutants": 3}, killed("f:a:1")], "3 mutants of a.py were made, and 1 tried"),
        ([killed("f:a:1") | {"state": "very dead", "kills": []}], "of f:a:1 is told what nobody knows"),
        ([KNOWN], "of f:a:1 is told what nobody knows"),
        ([KNOWN | {"mutant": mutant("f:a:2"), "key": "there"}], "of f:a:2 is told what nobody knows"),
        ([RAN, killed("f:a:1")], "3 tests ran, 2 of them green and 1 not"),
    ],
)
def test_an_answer_that_contradicts_itself_is_in_doubt(rows: list[dict[str, Any]], why: str) -> None:
    known = {"there": msgspec.json.encode(survivor("f:a:1", 4))}
    doubt = trial_of(told(RAN, *rows), known).doubt
    assert doubt is not None
    assert doubt.why.removeprefix("the answer contradicts itself: ").startswith(why)


def test_a_process_that_ends_between_two_tests_kills_and_a_sample_is_smaller_than_all() -> None:
    rows = [{"file": "a.py", "mutants": 9}, {"drawn_from": 9}, killed("f:a:1", kills=[["", "crash", ""]])]
    assert trial_of(told(RAN, *rows)).doubt is None


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (killed("f:a:1", key="k"), True),
        (survivor("f:a:1", 1) | {"key": "k"}, True),
        (killed("f:a:1"), False),
        (killed("f:a:1", key="k", kills=[]), False),
        (survivor("f:a:1", 1) | {"key": "k", "kills": [["t", "assertion", ""]]}, False),
        (KNOWN, False),
    ],
)
def test_only_a_verdict_that_may_be_so_is_kept_for_later_runs(row: dict[str, Any], kept: bool) -> None:
    read = row_of(msgspec.json.encode(row))
    assert read is not None
    assert is_kept(read) is kept


def test_the_share_is_of_what_a_test_could_have_killed() -> None:
    rows = [killed("f:a:1"), killed("f:a:2", "timeout"), survivor("f:a:3", 2)]
    states = ["unreached", "unstable", "equivalent", "at import"]
    rows += [{"mutant": mutant(f"f:{state}:1"), "path": "b.py", "state": state} for state in states]
    trial = trial_of(told(RAN, *rows))
    score = score_of(trial.tried)
    assert score == Score(killed=2, weak=1, survived=1, unreached=1, unstable=1, equivalent=1, at_import=1)
    assert (score.judged, score.rate.value) == (5, 0.4)
    assert score.rate.low is not None
    assert score.rate.high is not None
    assert 0.11 < score.rate.low < 0.12
    assert 0.76 < score.rate.high < 0.77
    assert [(path, each.killed, each.judged) for path, each in by_file(trial)] == [("a.py", 2, 3), ("b.py", 0, 2)]


def test_no_mutant_says_nothing_of_the_tests() -> None:
    assert score_of(()).rate.value is None


def test_the_survivor_that_most_tests_run_through_comes_first_and_what_none_runs_last() -> None:
    rows = [
        {"mutant": mutant("unrun"), "path": "a.py", "state": "unreached"},
        survivor("text", 90, "string"),
        survivor("seldom", 2),
        survivor("often", 40),
        survivor("returned", 50, "return"),
    ]
    names = [each.mutant.id for each in survivors(trial_of(told(RAN, *rows)))]
    assert names == ["often", "seldom", "returned", "text", "unrun"]
