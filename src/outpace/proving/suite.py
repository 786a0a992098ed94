"""What two runs of a suite say of a change: which red is new, what no longer runs, and what is merely flaky."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.unknown import Unknown
from outpace.proving.ports import Green, Red, TestFailure, TestRun

NAMED_AT_MOST = 3


class Compared(Struct, frozen=True, kw_only=True):
    """By the names of tests. `newly_red` are in the order in which the suite ran them."""

    newly_red: tuple[TestFailure, ...] = ()
    red_before: tuple[str, ...] = ()  # red on both
    mended: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()  # passed on base and do not run on the change: gone or skipped
    passed: int = 0


def compare(base: Green | Red, change: Green | Red) -> Compared:
    red_on_base = {failure.name for failure in _failures(base)}
    red = _failures(change)
    passed = set(change.passed)
    ran = passed | {failure.name for failure in red}
    return Compared(
        newly_red=tuple(failure for failure in red if failure.name not in red_on_base),
        red_before=tuple(failure.name for failure in red if failure.name in red_on_base),
        mended=tuple(sorted(red_on_base & passed)),
        lost=tuple(name for name in base.passed if name not in ran),
        passed=len(change.passed),
    )


def _failures(run: Green | Red) -> tuple[TestFailure, ...]:
    match run:
        case Green():
            return ()
        case Red(failures=failures):
            return failures


def judge(
    base: TestRun, change: TestRun, again_on_base: Sequence[TestRun], again_on_change: Sequence[TestRun]
) -> Result:
    """`again_...` are further runs of what was newly red."""
    match base, change:
        case _, Unknown(why, would_settle):
            return CheckUndecided(f"a result of the suite on the change: {why}", would_settle)
        case Unknown(why, would_settle), _:
            return CheckUndecided(f"a result of the suite on base: {why}", would_settle)
        case (Green() | Red()) as before, (Green() | Red()) as after:
            return _judged(compare(before, after), again_on_base, again_on_change)


def _judged(found: Compared, again_on_base: Sequence[TestRun], again_on_change: Sequence[TestRun]) -> Result:
    doubts: list[str] = []
    flaky: list[str] = []
    for failure in found.newly_red:
        red, times = _times_red(failure.name, again_on_change)
        red_on_base, times_on_base = _times_red(failure.name, again_on_base)
        if red_on_base:
            flaky.append(f"{failure.name} (red in {red_on_base} of {times_on_base + 1} runs on base)")
        elif red == times:
            return Failed(_blame(found, failure, times))
        else:
            doubts.append(
                f"whether {failure.name} is flaky: red in {red + 1} of {times + 1} runs on the change, "
                f"in 0 of {times_on_base + 1} on base"
            )
    if doubts:
        return CheckUndecided(doubts[0], would_settle="a steadier test, or further runs")
    if found.lost:
        return CheckUndecided(
            f"{_count(len(found.lost), 'test')} that passed on base and no longer run{_s(found.lost)}: "
            f"{_listed(found.lost)}",
            would_settle="restore what no longer runs, or say why in a change of its own",
        )
    return Passed(_evidence(found, flaky))


def _blame(found: Compared, failure: TestFailure, times: int) -> str:
    more = len(found.newly_red) - 1
    others = f", and {_count(more, 'other')} newly red" if more else ""
    repeated = f" (red in {times + 1} of {times + 1} runs)" if times else ""
    return f"{failure.name} passes on base and fails on the change{repeated}: {failure.message}{others}"


def _evidence(found: Compared, flaky: list[str]) -> str:
    parts = [f"{found.passed} passed on the change, none newly red"]
    if found.red_before:
        parts.append(f"red before and not blamed: {_listed(found.red_before)}")
    if flaky:
        parts.append(f"flaky and not blamed: {_listed(tuple(flaky))}")
    if found.mended:
        parts.append(f"mended: {_listed(found.mended)}")
    return "; ".join(parts)


def _times_red(name: str, runs: Sequence[TestRun]) -> tuple[int, int]:
    """How often it was red, and in how many runs it took part."""
    red = sum(1 for run in runs if isinstance(run, Red) and any(failure.name == name for failure in run.failures))
    green = sum(1 for run in runs if isinstance(run, Green | Red) and name in run.passed)
    return red, red + green


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _s(names: Sequence[str]) -> str:
    return "s" if len(names) == 1 else ""
