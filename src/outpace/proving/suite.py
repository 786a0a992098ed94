"""What two runs of a suite say of a change: which red is new, what no longer runs, and what is merely flaky."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.model.words import counted

NAMED_AT_MOST = 3


class Compared(Struct, frozen=True, kw_only=True):
    """By the names of tests. `newly_red` are in the order in which the suite ran them."""

    newly_red: tuple[FailedTest, ...] = ()
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


def nodes_of_newly_red(base: TestRun, change: TestRun) -> tuple[str, ...]:
    """As the runner takes them, in the order in which the suite ran them; none where a run has no result."""
    match base, change:
        case (Green() | Red()) as before, Red() as after:
            return tuple(failure.node for failure in compare(before, after).newly_red if failure.node)
        case _:
            return ()


def _failures(run: Green | Red) -> tuple[FailedTest, ...]:
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
            return CheckUndecided(f"no result on the change: {why}", would_settle)
        case Unknown(why, would_settle), _:
            return CheckUndecided(f"no result on base: {why}", would_settle)
        case (Green() | Red()) as before, (Green() | Red()) as after:
            return _judged(before, compare(before, after), again_on_base, again_on_change)


def _judged(
    base: Green | Red, found: Compared, again_on_base: Sequence[TestRun], again_on_change: Sequence[TestRun]
) -> Result:
    doubts: list[str] = []
    flaky: list[str] = []
    for failure in found.newly_red:
        on_base = Record.of(failure.name, again_on_base, red_first=False)
        on_change = Record.of(failure.name, again_on_change, red_first=True)
        match blame(on_base, on_change):
            case Blamed():
                return Failed(_blame(found, failure, on_change, base))
            case Flaky():
                flaky.append(f"{failure.name} ({_rates(on_base, on_change)})")
            case Doubtful():
                doubts.append(f"{failure.name} may be flaky: {_rates(on_base, on_change)}")
    if doubts:
        return CheckUndecided(doubts[0], would_settle="a steadier test, or further runs")
    if not found.passed:
        return CheckUndecided("no test passes on the change: all are red there and on base", "a suite that is green")
    if found.lost:
        lost = f"{counted(len(found.lost), 'test')} that passed on base and no longer run{_s(found.lost)}"
        return CheckUndecided(
            f"{lost}: {_listed(found.lost)}", would_settle="let them run again, or drop them in a change of its own"
        )
    return Passed(_evidence(found, flaky))


def judge_restored(told: Passed, base: TestRun, restored: TestRun) -> Result:
    """Where a change touches tests: its code must please those of base too. Edited tests may be right,
    so what only they accept is left to a reader.
    """
    settles = "a reader who agrees with the edited tests"
    match base, restored:
        case (Green() | Red()) as before, (Green() | Red()) as after:
            found = compare(before, after)
        case _:
            why = restored.why if isinstance(restored, Unknown) else "base has no result"
            return CheckUndecided(f"no result of the tests as they were on base: {why}", settles)
    if found.newly_red:
        first = found.newly_red[0]
        broken = f"as it was on base, {first.name} fails on the change: {first.message}"
        return CheckUndecided(f"the edited tests may hide a break: {broken}", settles)
    return Passed(f"{told.evidence}; the tests as they were on base are not newly red either")


class Record(Struct, frozen=True, kw_only=True):
    """How often a test was red in the runs that it took part in."""

    red: int
    runs: int

    @classmethod
    def of(cls, name: str, again: Sequence[TestRun], *, red_first: bool) -> Record:
        red = sum(name in {failure.name for failure in run.failures} for run in again if isinstance(run, Red))
        green = sum(name in run.passed for run in again if isinstance(run, Green | Red))
        return cls(red=red + red_first, runs=red + green + 1)


class Blamed(Struct, frozen=True, tag=True):
    """Green every time on base and red every time on the change, more than once."""


class Flaky(Struct, frozen=True, tag=True):
    """Now red, now green, on both."""


class Doubtful(Struct, frozen=True, tag=True):
    """Anything else."""


def blame(on_base: Record, on_change: Record) -> Blamed | Flaky | Doubtful:
    steady = on_change.red == on_change.runs
    if steady and on_change.runs > 1 and on_base.red == 0:
        return Blamed()
    return Doubtful() if steady or on_base.red == 0 else Flaky()


def is_steady(asked: Sequence[FailedTest], on_base: Sequence[TestRun], on_change: Sequence[TestRun]) -> bool:
    """Whether further runs would change nothing: every test that was asked again is the change's to blame."""
    return all(
        isinstance(
            blame(
                Record.of(failure.name, on_base, red_first=False), Record.of(failure.name, on_change, red_first=True)
            ),
            Blamed,
        )
        for failure in asked
    )


def _blame(found: Compared, failure: FailedTest, on_change: Record, base: Green | Red) -> str:
    more = len(found.newly_red) - 1
    others = f", and {counted(more, 'other')} newly red" if more else ""
    often = f"red in {on_change.red} of {on_change.runs} runs"
    test, before = failure.node or failure.name, _before(failure.name, base)
    return f"{test} {before} and fails on the change ({often}): {failure.message}{others}"


def _before(name: str, base: Green | Red) -> str:
    if name in base.passed:
        return "passes on base"
    return "is skipped on base" if name in base.skipped else "is new"


def _rates(on_base: Record, on_change: Record) -> str:
    """How often it was tried is always said."""
    return f"red in {on_base.red} of {on_base.runs} runs on base, in {on_change.red} of {on_change.runs} on the change"


def _evidence(found: Compared, flaky: list[str]) -> str:
    parts = [f"{found.passed} passed on the change, none newly red"]
    if found.red_before:
        parts.append(f"red before and not blamed: {_listed(found.red_before)}")
    if flaky:
        parts.append(f"flaky and not blamed: {_listed(tuple(flaky))}")
    if found.mended:
        parts.append(f"mended: {_listed(found.mended)}")
    return "; ".join(parts)


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")


def _s(names: Sequence[str]) -> str:
    return "s" if len(names) == 1 else ""
