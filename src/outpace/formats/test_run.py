"""How `outpace test run` is shown: text, and its public JSON."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable
from outpace.model.test_run import Green, Red, TestRun
from outpace.model.unknown import Unknown

SHOWN = 20


class FailedV1(Struct, frozen=True, kw_only=True):
    test: str
    message: str


class TestRunV1(Struct, frozen=True, kw_only=True):
    """`result` is unknown where nothing ran, or where what ran did not come to its end."""

    result: Literal["green", "red", "unknown"]
    passed: tuple[str, ...]
    failed: tuple[FailedV1, ...]
    skipped: tuple[str, ...]


def answer(run: TestRun) -> bytes:
    match run:
        case Green(passed=passed, skipped=skipped):
            result = TestRunV1(result="green", passed=passed, failed=(), skipped=skipped)
        case Red(failures=failures, passed=passed, skipped=skipped):
            failed = tuple(FailedV1(test=each.name, message=each.message) for each in failures)
            result = TestRunV1(result="red", passed=passed, failed=failed, skipped=skipped)
        case Unknown():
            result = TestRunV1(result="unknown", passed=(), failed=(), skipped=())
    unknown = (
        (UnknownItem(what="the tests", why=run.why, would_settle=run.would_settle),) if isinstance(run, Unknown) else ()
    )
    return encoded("test run", result, unknown=unknown)


def text(run: TestRun) -> str:
    match run:
        case Green(passed=passed, skipped=skipped):
            return f"green: {len(passed)} passed{_skipped(skipped)}\n"
        case Red(failures=failures, passed=passed, skipped=skipped):
            first = [f"  {printable(each.name)}: {printable(each.message)}" for each in failures[:SHOWN]]
            more = [f"  and {len(failures) - SHOWN} more"] if len(failures) > SHOWN else []
            head = f"red: {len(failures)} failed, {len(passed)} passed{_skipped(skipped)}"
            return "\n".join((head, *first, *more)) + "\n"
        case Unknown(why=why, would_settle=would_settle):
            return f"unknown: {printable(why)}\n" + (
                f"  would settle it: {printable(would_settle)}\n" if would_settle else ""
            )


def _skipped(skipped: tuple[str, ...]) -> str:
    return f", {len(skipped)} skipped" if skipped else ""
