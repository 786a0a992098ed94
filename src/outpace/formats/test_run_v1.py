"""The public JSON of `outpace test run`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.test_items import reason_words
from outpace.model.test_run import Green, Red
from outpace.model.unknown import Unknown
from outpace.testing.result.costs import Cost, Runs
from outpace.testing.result.records import Diff, Kind, Result
from outpace.testing.selection.decision import Everything, Some


class FailedV1(Struct, frozen=True, kw_only=True):
    """`kind` is in what way it is red."""

    test: str
    message: str
    kind: Kind = "exception"


class SelectedV1(Struct, frozen=True, kw_only=True):
    test: str
    why: str


class DeselectedV1(Struct, frozen=True, kw_only=True):
    """Not run: it was green at `commit`, and none of its inputs has changed since `recorded`."""

    test: str
    commit: str
    recorded: datetime


class UntakenV1(Struct, frozen=True, kw_only=True):
    """`outcome` is which one of the place no test takes: that the function is entered, that the condition is true..."""

    path: str
    line: int
    function: str
    outcome: Literal["function", "true", "false", "handler", "case", "item"]


class DiffV1(Struct, frozen=True, kw_only=True):
    """Of the change since `base`. `unread` are changed files of data that no test opened."""

    base: str
    places: int
    untaken: tuple[UntakenV1, ...]
    unread: tuple[str, ...]


class SurvivorV1(Struct, frozen=True, kw_only=True):
    """Not killed in so many `executions`."""

    path: str
    line: int
    function: str
    diff: str
    executions: int


class CostV1(Struct, frozen=True, kw_only=True):
    """`seconds` in one run, `total` in all of them."""

    kind: str
    name: str
    place: str
    count: int
    seconds: float
    total: float


class SlowV1(Struct, frozen=True, kw_only=True):
    """`runs` is how many runs `total` stands for, `of` where that number is from."""

    runs: int
    of: str
    costs: tuple[CostV1, ...]


class TestRunV1(Struct, frozen=True, kw_only=True):
    """`result` is unknown where nothing ran, or where what ran did not come to its end.

    `everything` are the reasons why all tests ran, where they were to be selected; `diff`, `survivors` and `slow` are
    null where nobody asked, `survivors` also where mutants say nothing.
    """

    result: Literal["green", "red", "unknown"]
    passed: tuple[str, ...]
    failed: tuple[FailedV1, ...]
    skipped: tuple[str, ...]
    flaky: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    everything: tuple[str, ...] = ()
    selected: tuple[SelectedV1, ...] = ()
    deselected: tuple[DeselectedV1, ...] = ()
    missed: tuple[str, ...] = ()
    diff: DiffV1 | None = None
    survivors: tuple[SurvivorV1, ...] | None = None
    slow: SlowV1 | None = None
    processes: int = 1


def answer(result: Result, costs: tuple[Cost, ...] = (), runs: Runs | None = None) -> bytes:
    state, passed, skipped = _outcome(result)
    some = result.choice if isinstance(result.choice, Some) else Some(selected=(), deselected=())
    told = TestRunV1(
        result=state,
        passed=passed,
        failed=tuple(_failed(result)),
        skipped=skipped,
        flaky=result.flaky,
        left=result.left,
        everything=result.choice.why if isinstance(result.choice, Everything) else (),
        selected=tuple(SelectedV1(test=each.test, why=reason_words(each.why)) for each in some.selected),
        deselected=tuple(
            DeselectedV1(test=each.test, commit=each.commit, recorded=each.at) for each in some.deselected
        ),
        missed=result.missed,
        diff=_diff(result.diff) if isinstance(result.diff, Diff) else None,
        survivors=_survivors(result),
        slow=_slow(costs, runs) if runs is not None else None,
        processes=result.processes,
    )
    return encoded("test run", told, unknown=tuple(_unknown(result)), warnings=result.caveats)


def _outcome(result: Result) -> tuple[Literal["green", "red", "unknown"], tuple[str, ...], tuple[str, ...]]:
    match result.run:
        case Green(passed=passed, skipped=skipped):
            return "green", passed, skipped
        case Red(passed=passed, skipped=skipped):
            return "red", passed, skipped
        case Unknown():
            return "unknown", (), ()


def _failed(result: Result) -> Iterator[FailedV1]:
    match result.run:
        case Red(failures=failures):
            kinds: dict[str, Kind] = {each.id: each.kind for each in result.red}
            for each in failures:
                yield FailedV1(test=each.name, message=each.message, kind=kinds.get(each.name, "exception"))
        case _:
            pass


def _unknown(result: Result) -> Iterator[UnknownItem]:
    for what, found in (("the tests", result.run), ("the change", result.diff), ("mutants", result.survivors)):
        if isinstance(found, Unknown):
            yield UnknownItem(what=what, why=found.why, would_settle=found.would_settle)
    if isinstance(result.diff, Diff):
        for path in result.diff.unparsed:
            yield UnknownItem(what=path, why="it changed and could not be looked at")


def _diff(diff: Diff) -> DiffV1:
    untaken = tuple(
        UntakenV1(path=each.path, line=each.line, function=each.function, outcome=each.kind) for each in diff.untaken
    )
    return DiffV1(base=diff.base, places=diff.places, untaken=untaken, unread=diff.unread)


def _survivors(result: Result) -> tuple[SurvivorV1, ...] | None:
    if result.survivors is None or isinstance(result.survivors, Unknown):
        return None
    return tuple(
        SurvivorV1(path=each.path, line=each.line, function=each.function, diff=each.diff, executions=each.executions)
        for each in result.survivors
    )


def _slow(costs: tuple[Cost, ...], runs: Runs) -> SlowV1:
    rows = tuple(
        CostV1(
            kind=each.kind,
            name=each.name,
            place=each.place,
            count=each.count,
            seconds=round(each.seconds, 3),
            total=round(each.total, 1),
        )
        for each in costs
    )
    return SlowV1(runs=runs.count, of=runs.of, costs=rows)
