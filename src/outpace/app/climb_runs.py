"""The tests of a project on both sides of a change, by their ids: what ladders ask of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from outpace.model.proof import CheckUndecided, Failed, Passed
from outpace.model.proof import Result as Checked
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.testing.ports import Inside
from outpace.testing.told import GREEN, RED, Outcomes, Result, rows_of

RUNS = 3
SECONDS = 600.0
STEADY = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
AGAIN_AT_MOST = 20
LONGEST = 160
NEWLY_RED = "is green on base and fails on the change"
NEW_AND_RED = "fails on the change and not on base"
Results: TypeAlias = Mapping[str, Result]


class Tree(Struct, frozen=True, kw_only=True):
    """Base or change. `inside` runs the project's Python over `root`."""

    root: Path
    inside: Inside


def outcomes(
    side: Tree, words: Sequence[str], ids: Sequence[str] | None = None, env: Mapping[str, str] = STEADY
) -> Results | Unknown:
    """A file that could not be collected is a red test of its name."""
    request = {"words": words, "ids": ids, "seconds": SECONDS}
    told = side.inside.ask("outcomes", request, seconds=SECONDS + 60, env=env)
    rows = rows_of(told, Outcomes)
    if isinstance(rows, Unknown):
        return rows
    if told.ended is not None:
        return told.ended
    lost = next((row for row in rows if row.state not in ("", "answered")), None)
    if lost is not None:
        return Unknown(f"the tests did not come to their end: {lost.why or lost.state}", "tests that end")
    broken = {each.file: Result(each.file, "error", message=each.why) for row in rows for each in row.broken}
    found = {result.id: result for row in rows for result in row.results} | broken
    return found or Unknown("no test was collected", "tests, or `test` in outpace.toml")


def compared(base: Tree, change: Tree, words: Sequence[str], report: Callable[[str], None]) -> Checked:
    """Green must stay green, and what ran must run; what is red is asked again on both before it refutes."""
    report("running the tests of base on base and on the change")
    before, after = outcomes(base, words), outcomes(change, words)
    for side, found in (("base", before), ("the change", after)):
        if isinstance(found, Unknown):
            return CheckUndecided(f"no result of the tests on {side}: {found.why}", found.would_settle)
    assert not isinstance(before, Unknown)
    assert not isinstance(after, Unknown)
    against = _against(before, after)
    if against:
        return _again(against, (base, change), words, report)
    green = sum(each.outcome in GREEN for each in after.values())
    if not green:
        return CheckUndecided("no test of base is green", "tests that are")
    return Passed(f"{counted(green, 'test')} of base green on the change")


def _against(before: Results, after: Results) -> dict[str, str]:
    """Test -> what the change did to it."""
    newly = {
        test: f"{test} {NEWLY_RED if test in before and before[test].outcome in GREEN else NEW_AND_RED}{_why(found)}"
        for test, found in after.items()
        if found.outcome in RED and (test not in before or before[test].outcome not in RED)
    }
    lost = {
        test: f"{test} is green on base and no longer runs on the change"
        for test, found in before.items()
        if found.outcome in GREEN and (test not in after or after[test].outcome not in GREEN | RED)
    }
    return {**newly, **lost}


def _again(
    against: Mapping[str, str], sides: tuple[Tree, Tree], words: Sequence[str], report: Callable[[str], None]
) -> Checked:
    ids = [test for test in against if "::" in test][:AGAIN_AT_MOST]
    report(f"{counted(len(against), 'test')} newly red: running again on both")
    steady = set(against)
    for _ in range(RUNS - 1 if ids else 0):
        before, after = (outcomes(side, words, ids) for side in sides)
        if isinstance(before, Unknown) or isinstance(after, Unknown):
            break
        again = _against(before, after)
        steady &= {*again, *(test for test in against if test not in ids)}
    if not steady:
        return CheckUndecided(f"{next(iter(against))} is red on the change, but not in each of {RUNS} runs")
    first = next(test for test in against if test in steady)
    more = len(steady) - 1
    return Failed(against[first] + (f", and {more} more" if more else ""))


def _why(found: Result) -> str:
    said = f"{found.exception.rpartition('.')[2]}: {found.message}" if found.exception else found.message
    line = " ".join(said.split())
    return f": {line[:LONGEST]}" if line else ""
