"""What slow tests, fixtures and sleeps cost in all the runs of a year."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from outpace.testing.result.records import Result, Spent

SHORTEST = 0.005
NAMED_AT_MOST = 10


class Runs(Struct, frozen=True, kw_only=True):
    """How often the suite runs; `of` says where the number is from."""

    count: int
    of: str


WITHOUT_HISTORY = Runs(count=1000, of="1,000 runs")


class Cost(Struct, frozen=True, kw_only=True):
    """`seconds` in one run, over `count` times; `total` over all runs."""

    kind: str
    name: str
    place: str
    count: int
    seconds: float
    total: float


def runs_of(landed: int | None) -> Runs:
    """None where the history does not go back a year."""
    if not landed:
        return WITHOUT_HISTORY
    return Runs(count=landed, of=f"a year of {landed:,} runs, one for each commit that landed in it")


def costs(result: Result, runs: Runs) -> tuple[Cost, ...]:
    """Of tests, fixtures and sleeps the dearest; a test's time holds that of its fixtures and sleeps."""
    return (
        *_tests(result, runs),
        *_spent("fixture", result.fixtures, runs),
        *_spent("sleep", result.sleeps, runs),
    )


def _tests(result: Result, runs: Runs) -> Iterator[Cost]:
    for test in sorted(result.tests, key=lambda each: (-each.seconds, each.id))[:NAMED_AT_MOST]:
        if test.seconds >= SHORTEST:
            yield Cost(
                kind="test",
                name=test.id,
                place="",
                count=1,
                seconds=test.seconds,
                total=test.seconds * runs.count,
            )


def _spent(kind: str, spent: tuple[Spent, ...], runs: Runs) -> Iterator[Cost]:
    for each in [each for each in spent if each.seconds >= SHORTEST][:NAMED_AT_MOST]:
        yield Cost(
            kind=kind,
            name=each.name,
            place=f"{each.file}:{each.line}",
            count=each.count,
            seconds=each.seconds,
            total=each.seconds * runs.count,
        )
