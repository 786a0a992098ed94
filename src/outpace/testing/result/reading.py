"""What the program that ran the tests told, put together to a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.testing.ports import Told
from outpace.testing.result.diffs import Changed, Place, diff_of
from outpace.testing.result.records import Result, Spent, Tried
from outpace.testing.told import GREEN, RED, Broken, rows_of

LONGEST = 300


class Row(Struct, frozen=True, kw_only=True):
    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    result: Tried | None = None
    again: tuple[str, bool] | None = None
    left: tuple[str, ...] = ()
    processes: int | None = None
    sessions: tuple[str, ...] = ()
    children: bool = False
    sites: tuple[Place, ...] = ()
    unparsed: tuple[str, ...] = ()
    read: dict[str, bool] = {}
    not_run: tuple[tuple[str, int], ...] = ()
    modules: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    fixtures: tuple[Spent, ...] = ()
    sleeps: tuple[Spent, ...] = ()
    status: int = 0
    closed: int | None = None  # pytest's status behind the tests, as plugins left it; such a row has nothing else


def result_of(
    told: Told, *, base: str = "", changed: dict[str, Changed] | None = None, asked: tuple[str, ...] | None = None
) -> Result:
    """Nothing collected, a runner that ended early, what cannot be read and what contradicts itself are *unknown*,
    never green. `changed` are the files that were looked at; `asked` are the tests, where only some were."""
    rows = rows_of(told, Row)
    if isinstance(rows, Unknown):
        return Result(run=rows)
    if told.ended is not None:
        return Result(run=told.ended)
    status = next((row.status for row in rows if row.status), 0)
    if status not in (0, 5):
        return Result(run=Unknown(f"pytest ended with status {status}", "a suite that pytest collects"))
    if wrong := next(_contradictions(rows, asked), None):
        return Result(run=Unknown(f"what the run answered contradicts itself: {wrong}"))
    closed = next((row.closed for row in rows if row.closed), 0)
    rows = tuple(row for row in rows if row.closed is None)
    tests = _in_order(rows)
    last = rows[-1] if rows else Row()
    diff = None
    if changed is not None:
        read = {} if last.children else last.read  # one of the programs may have opened it
        diff = diff_of(base, last.sites, changed, read, last.unparsed)
    return Result(
        run=_unless_refused(outcome_of(tests, left=last.left, some=asked is not None), closed),
        tests=tests,
        flaky=tuple(row.again[0] for row in rows if row.again is not None and row.again[1]),
        left=last.left,
        diff=diff,
        not_run=last.not_run,
        has_programs=last.children,
        not_imported=tuple(name for name in last.modules if not any(name in row.loaded for row in rows)),
        fixtures=_summed(each for row in rows for each in row.fixtures),
        sleeps=_summed(each for row in rows for each in row.sleeps),
        processes=next((row.processes for row in rows if row.processes is not None), 1),
        caveats=tuple(_caveats(rows, last, looked=changed is not None)),
    )


def _unless_refused(run: TestRun, closed: int) -> TestRun:
    """A conftest.py or a plugin may refuse a session of which each test is green: a gate of its own."""
    if isinstance(run, Green) and closed:
        return Unknown(
            f"no test is red, and yet pytest ended with status {closed}",
            "what in a conftest.py or a plugin decides so when the session ends",
        )
    return run


def _contradictions(rows: tuple[Row, ...], asked: tuple[str, ...] | None) -> Iterator[str]:
    """Each test that was to run has one result, or is left; what else is told was written by the project's code."""
    collected = tuple(test for row in rows for test in row.collected)
    told = Counter(row.result.id for row in rows if row.result is not None)
    told.update(test for row in rows for test in row.left)
    wanted = Counter(collected if asked is None else asked)
    yield from (f"{test} is there {count} times" for test, count in told.items() if count > 1)
    yield from (f"{test} was not to run" for test in told if test not in wanted or test not in collected)
    yield from (f"{test} has no result" for test in wanted if test not in told)


def _in_order(rows: tuple[Row, ...]) -> tuple[Tried, ...]:
    """As pytest would run them, whatever process they ran in; files that could not be collected come first."""
    place = {test: at for row in rows for at, test in enumerate(row.collected)}
    found = sorted((row.result for row in rows if row.result is not None), key=lambda each: place.get(each.id, -1))
    broken = [Tried(each.file, "error", message=each.why, phase="collection") for row in rows for each in row.broken]
    return (*broken, *found)


def outcome_of(tests: Iterable[Tried], *, left: tuple[str, ...] = (), some: bool = False) -> TestRun:
    tests = tuple(tests)
    failed = tuple(_failed(each) for each in tests if each.outcome in RED)
    passed = tuple(each.id for each in tests if each.outcome in GREEN)
    skipped = tuple(each.id for each in tests if each.outcome == "skipped")
    if failed:
        return Red(failures=failed, passed=passed, skipped=skipped)
    if left:
        return Unknown(f"{len(left)} tests did not come to run", "more time, or a suite that ends")
    if not passed:
        if skipped and some:
            return Green(passed=(), skipped=skipped)
        said = f"all {len(skipped)} tests were skipped" if skipped else "no test was collected"
        return Unknown(said, "a suite that runs")
    return Green(passed=passed, skipped=skipped)


def _failed(test: Tried) -> FailedTest:
    message = f"{test.exception}: {test.message}" if test.exception else test.message
    return FailedTest(name=test.id, message=" ".join(message.split())[:LONGEST], node=test.id)


def _caveats(rows: tuple[Row, ...], last: Row, *, looked: bool) -> Iterable[str]:
    sessions = tuple(name for row in rows for name in row.sessions)
    if sessions:
        yield f"set up once in each process, as they last for a whole run: {', '.join(sessions)}"
    if any(row.processes == 0 for row in rows):
        yield "the project starts threads while its tests are collected, so they ran in one process"
    if looked and last.children:
        yield "tests start other programs; what those take of the diff or open is not seen; no file is called unopened"


def _summed(spent: Iterable[Spent]) -> tuple[Spent, ...]:
    """Over all processes, the longest first."""
    total: dict[tuple[str, int, str], tuple[int, float]] = {}
    for each in spent:
        count, seconds = total.get((each.file, each.line, each.name), (0, 0.0))
        total[each.file, each.line, each.name] = (count + each.count, seconds + each.seconds)
    found = [Spent(*place, count, seconds) for place, (count, seconds) in total.items()]
    return tuple(sorted(found, key=lambda each: (-each.seconds, each.file, each.line)))
