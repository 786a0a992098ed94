"""Tests on base and on a change: what is newly red each time or gone refutes, and what wavers is undecided."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from outpace.app.climb_runs import RUNS, STEADY, Tree, compared, outcomes
from outpace.model.proof import CheckUndecided, Failed, Passed
from outpace.model.proof import Result as Checked
from outpace.model.unknown import Unknown
from outpace.testing.ports import Told
from outpace.testing.told import Broken, Outcomes, Result

A, B = "test_a.py::test_a", "test_a.py::test_b"
GREEN = {A: "passed", B: "passed"}


class Runs:
    """Implements `testing.ports.Inside` for `outcomes`: one run after another, and the last again and again."""

    def __init__(self, *runs: Mapping[str, str] | Outcomes | Unknown) -> None:
        self.runs = runs
        self.asked: list[Mapping[str, Any]] = []

    def ask(self, module: str, request: Mapping[str, Any], **how: Any) -> Told:
        assert (module, how["env"]) == ("outcomes", STEADY)
        run = self.runs[min(len(self.asked), len(self.runs) - 1)]
        self.asked.append(request)
        if isinstance(run, Unknown):
            return Told(rows=(), ended=run)
        return Told(rows=(msgspec.json.encode(run if isinstance(run, Outcomes) else _of(run, request["ids"])),))


def _of(run: Mapping[str, str], ids: tuple[str, ...] | None) -> Outcomes:
    """A test that is red says why."""
    named = {test: outcome for test, outcome in run.items() if ids is None or test in ids}
    red = {"failed": ("builtins.AssertionError", "1 == 2")}
    results = (Result(test, outcome, 0.0, *red.get(outcome, ("", ""))) for test, outcome in named.items())
    return Outcomes(state="answered", results=tuple(results))


def tree(runs: Runs) -> Tree:
    return Tree(root=Path("/nowhere"), inside=runs)


def told(base: Runs, change: Runs) -> Checked:
    return compared(tree(base), tree(change), ("-q",), lambda _: None)


def test_what_is_green_on_both_passes_and_runs_once() -> None:
    base, change = Runs(GREEN), Runs(GREEN)
    assert told(base, change) == Passed("2 tests of base green on the change")
    assert [len(each.asked) for each in (base, change)] == [1, 1]


def test_what_is_red_on_the_change_in_every_run_refutes_with_what_it_says() -> None:
    base, change = Runs(GREEN), Runs({A: "passed", B: "failed"})
    said = f"{B} is green on base and fails on the change: AssertionError: 1 == 2"
    assert told(base, change) == Failed(said)
    assert [[each["ids"] for each in side.asked] for side in (base, change)] == [[None, [B], [B]]] * 2
    assert RUNS == 3


def test_what_is_red_once_only_is_undecided() -> None:
    assert told(Runs(GREEN), Runs({A: "passed", B: "failed"}, GREEN)) == CheckUndecided(
        f"{B} is red on the change, but not in each of 3 runs"
    )
    assert told(Runs(GREEN), Runs({A: "passed", B: "failed"}, {A: "passed", B: "failed"}, GREEN)) == CheckUndecided(
        f"{B} is red on the change, but not in each of 3 runs"
    )


def test_what_turns_red_on_base_too_is_undecided() -> None:
    wavering = Runs(GREEN, {A: "passed", B: "failed"})
    assert told(wavering, Runs({A: "passed", B: "failed"})) == CheckUndecided(
        f"{B} is red on the change, but not in each of 3 runs"
    )


def test_one_that_wavers_does_not_save_another_that_is_red_each_time() -> None:
    change = Runs({A: "failed", B: "failed"}, {A: "passed", B: "failed"})
    assert told(Runs(GREEN), change) == Failed(f"{B} is green on base and fails on the change: AssertionError: 1 == 2")


def test_several_are_counted() -> None:
    assert told(Runs(GREEN), Runs({A: "failed", B: "failed"})) == Failed(
        f"{A} is green on base and fails on the change: AssertionError: 1 == 2, and 1 more"
    )


def test_what_was_red_on_base_is_not_blamed() -> None:
    red = {A: "passed", B: "failed"}
    assert told(Runs(red), Runs(red)) == Passed("1 test of base green on the change")
    assert told(Runs(red), Runs({A: "passed"})) == Passed("1 test of base green on the change")


def test_what_no_longer_runs_refutes() -> None:
    gone = f"{B} is green on base and no longer runs on the change"
    assert told(Runs(GREEN), Runs({A: "passed"})) == Failed(gone)
    assert told(Runs(GREEN), Runs({A: "passed", B: "skipped"})) == Failed(gone)


def test_a_file_that_can_no_longer_be_collected_refutes() -> None:
    broken = Outcomes(state="answered", broken=(Broken("test_a.py", "SyntaxError: x"),), results=())
    assert told(Runs(GREEN), Runs(broken)) == Failed(
        "test_a.py fails on the change and not on base: SyntaxError: x, and 2 more"
    )


def test_what_base_skips_and_is_red_on_the_change_refutes() -> None:
    assert told(Runs({A: "passed", B: "skipped"}), Runs({A: "passed", B: "failed"})) == Failed(
        f"{B} fails on the change and not on base: AssertionError: 1 == 2"
    )


def test_where_no_test_is_green_nothing_is_said() -> None:
    red = {A: "failed"}
    assert told(Runs(red), Runs(red)) == CheckUndecided("no test of base is green", "tests that are")


def test_tests_that_did_not_come_to_their_end_are_undecided_on_either_side() -> None:
    ended = Unknown("it took too long", "tests that end")
    assert told(Runs(ended), Runs(GREEN)) == CheckUndecided(
        "no result of the tests on base: it took too long", "tests that end"
    )
    assert told(Runs(GREEN), Runs(ended)) == CheckUndecided(
        "no result of the tests on the change: it took too long", "tests that end"
    )


def test_a_run_that_was_cut_off_or_found_nothing_has_no_outcome() -> None:
    cut = Outcomes(state="died", why="exit status 0", results=(Result(A, "passed"),))
    assert outcomes(tree(Runs(cut)), ("-q",)) == Unknown(
        "the tests did not come to their end: exit status 0", "tests that end"
    )
    assert outcomes(tree(Runs({})), ("-q",)) == Unknown("no test was collected", "tests, or `test` in outpace.toml")
