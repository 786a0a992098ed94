"""`outpace test run`: the project's own tests, in the sandbox."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.testing.ports import Inside, Told

RED = frozenset({"failed", "error"})


class Broken(Struct, frozen=True, array_like=True):
    """A file that could not be collected."""

    file: str
    why: str


class Result(Struct, frozen=True, array_like=True):
    """One test, as `outpace.inside.session` tells it."""

    id: str
    outcome: str
    seconds: float = 0.0
    exception: str = ""
    message: str = ""
    phase: str = ""
    frames: tuple[tuple[str, int, str], ...] = ()


class Row(Struct, frozen=True, kw_only=True):
    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    state: str = ""
    why: str = ""
    results: tuple[Result, ...] = ()
    status: int = 0


def run_tests(inside: Inside, words: tuple[str, ...], *, seconds: float) -> TestRun:
    """All of them, in the order in which pytest runs them."""
    told = inside.ask("outcomes", {"words": words, "ids": None, "seconds": seconds}, seconds=seconds + 60)
    return judged(told)


def judged(told: Told) -> TestRun:
    """Nothing collected, a runner that ended early, and what cannot be read are *unknown*, never green."""
    try:
        rows = tuple(msgspec.json.decode(row, type=Row) for row in told.rows)
    except msgspec.DecodeError as error:
        return Unknown(f"what the run answered cannot be read: {error}")
    if told.ended is not None:
        return told.ended
    broken = tuple(FailedTest(name=each.file, message=each.why) for row in rows for each in row.broken)
    results = tuple(result for row in rows for result in row.results)
    ended = next((row for row in rows if row.state not in ("", "answered")), None)
    if ended is not None:
        return Unknown(f"the tests' process {ended.state}{f' ({ended.why})' if ended.why else ''}", "a suite that ends")
    return _outcome(broken, results)


def _outcome(broken: tuple[FailedTest, ...], results: tuple[Result, ...]) -> TestRun:
    failed = (*broken, *(_failed(result) for result in results if result.outcome in RED))
    passed = tuple(result.id for result in results if result.outcome in ("passed", "xpassed", "xfailed"))
    skipped = tuple(result.id for result in results if result.outcome == "skipped")
    if failed:
        return Red(failures=failed, passed=passed, skipped=skipped)
    if not passed:
        said = f"all {len(skipped)} tests were skipped" if skipped else "no test was collected"
        return Unknown(said, "a suite that runs")
    return Green(passed=passed, skipped=skipped)


def _failed(result: Result) -> FailedTest:
    message = f"{result.exception}: {result.message}" if result.exception else result.message
    return FailedTest(name=result.id, message=" ".join(message.split())[:300], node=result.id)
