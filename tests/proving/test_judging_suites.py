"""What two runs of a suite say, and when a red test is the change's."""

from __future__ import annotations

import pytest

from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.proving.suite import Compared, compare, judge


def red(*names: str, passed: tuple[str, ...] = ("t::ok",)) -> Red:
    return Red(failures=tuple(FailedTest(name=name, message=f"{name} broke") for name in names), passed=passed)


def green(*passed: str, skipped: tuple[str, ...] = ()) -> Green:
    return Green(passed=passed, skipped=skipped)


BOTH = green("t::a", "t::ok")
NEW = red("t::a")
ALONE = red("t::a", passed=())
MIXED = "red in 1 of 4 runs on base, in 2 of 4 on the change"
Runs = tuple[TestRun, ...]
CASES: tuple[tuple[str, TestRun, TestRun, Runs, Runs, Result], ...] = (
    ("green on both", BOTH, BOTH, (), (), Passed("2 passed on the change, none newly red")),
    (
        "newly red every time",
        BOTH,
        NEW,
        (green("t::a"),),
        (ALONE,),
        Failed("t::a passes on base and fails on the change (red in 2 of 2 runs): t::a broke"),
    ),
    (
        "a test that the change adds",
        green("t::ok"),
        NEW,
        (green("t::ok"),),
        (ALONE,),
        Failed("t::a is new and fails on the change (red in 2 of 2 runs): t::a broke"),
    ),
    (
        "a test that is no longer skipped",
        green("t::ok", skipped=("t::a",)),
        NEW,
        (green("t::ok"),),
        (ALONE,),
        Failed("t::a is skipped on base and fails on the change (red in 2 of 2 runs): t::a broke"),
    ),
    (
        "red before",
        NEW,
        NEW,
        (),
        (),
        Passed("1 passed on the change, none newly red; red before and not blamed: t::a"),
    ),
    ("mended", NEW, BOTH, (), (), Passed("2 passed on the change, none newly red; mended: t::a")),
    (
        "flaky on both",
        BOTH,
        NEW,
        (ALONE, green("t::a"), green("t::a")),
        (green("t::a"), ALONE, green("t::a")),
        Passed(f"1 passed on the change, none newly red; flaky and not blamed: t::a ({MIXED})"),
    ),
    (
        "now red, now green on the change alone",
        BOTH,
        NEW,
        (green("t::a"),) * 3,
        (green("t::a"), ALONE, green("t::a")),
        CheckUndecided(
            "t::a may be flaky: red in 0 of 4 runs on base, in 2 of 4 on the change",
            "a steadier test, or further runs",
        ),
    ),
    (
        "red alone on base too, so its order matters",
        BOTH,
        NEW,
        (ALONE,) * 3,
        (ALONE,) * 3,
        CheckUndecided(
            "t::a may be flaky: red in 3 of 4 runs on base, in 4 of 4 on the change",
            "a steadier test, or further runs",
        ),
    ),
    (
        "never run again",
        BOTH,
        NEW,
        (),
        (),
        CheckUndecided(
            "t::a may be flaky: red in 0 of 1 runs on base, in 1 of 1 on the change",
            "a steadier test, or further runs",
        ),
    ),
    (
        "a test that is gone",
        BOTH,
        green("t::ok"),
        (),
        (),
        CheckUndecided(
            "1 test that passed on base and no longer runs: t::a",
            "let them run again, or drop them in a change of its own",
        ),
    ),
    (
        "tests that are newly skipped",
        BOTH,
        green("t::new", skipped=("t::a", "t::ok")),
        (),
        (),
        CheckUndecided(
            "2 tests that passed on base and no longer run: t::a, t::ok",
            "let them run again, or drop them in a change of its own",
        ),
    ),
    (
        "nothing but red on both",
        red("t::a", passed=()),
        red("t::a", passed=()),
        (),
        (),
        CheckUndecided("no test passes on the change: all are red there and on base", "a suite that is green"),
    ),
    (
        "no result on the change",
        BOTH,
        Unknown("it did not end in 9 s", "time"),
        (),
        (),
        CheckUndecided("no result on the change: it did not end in 9 s", "time"),
    ),
    (
        "no result on base",
        Unknown("no test ran", "tests"),
        BOTH,
        (),
        (),
        CheckUndecided("no result on base: no test ran", "tests"),
    ),
)


@pytest.mark.parametrize(
    ("base", "change", "again_on_base", "again_on_change", "result"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_only_what_the_change_broke_is_blamed_on_it(
    base: TestRun, change: TestRun, again_on_base: Runs, again_on_change: Runs, result: Result
) -> None:
    assert judge(base, change, again_on_base, again_on_change) == result


def test_the_comparison_keeps_the_order_of_the_run() -> None:
    base = green("t::c", "t::b", "t::a")
    assert compare(base, red("t::c", "t::a", passed=("t::b",))) == Compared(
        newly_red=(FailedTest(name="t::c", message="t::c broke"), FailedTest(name="t::a", message="t::a broke")),
        passed=1,
    )
