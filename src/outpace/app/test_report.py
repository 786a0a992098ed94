"""A report of another runner, judged: green, red or unknown, and what was flaky in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from outpace.model.unknown import Unknown
from outpace.testing.result.reading import outcome_of
from outpace.testing.result.records import Result, Tried


class Reported(Protocol):
    """One case of a report. `node` is pytest's name of it where it can be told; `flaky` says that another run of the
    same test in this report came out otherwise."""

    @property
    def named(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def seconds(self) -> float: ...
    @property
    def flaky(self) -> bool: ...


def judged(cases: tuple[Reported, ...] | Unknown) -> Result:
    """A name that occurs twice counts as red if one of them is, and as flaky if they differ."""
    if isinstance(cases, Unknown):
        return Result(run=cases)
    tests = tuple(_tests(cases))
    outcomes: dict[str, set[bool]] = {}
    for case in cases:
        if case.outcome != "skipped":
            outcomes.setdefault(case.named, set()).add(case.outcome == "passed")
    flaky = [case.named for case in cases if case.flaky or len(outcomes.get(case.named, ())) > 1]
    return Result(run=outcome_of(tests), tests=tests, flaky=tuple(dict.fromkeys(flaky)))


def _tests(cases: Iterable[Reported]) -> Iterable[Tried]:
    worst = {"passed": 1, "skipped": 0, "failure": 2, "error": 2}
    found: dict[str, Reported] = {}
    for case in cases:
        known = found.get(case.named)
        if known is None or worst[case.outcome] > worst[known.outcome]:
            found[case.named] = case
    for name, case in found.items():
        outcome = {"failure": "failed"}.get(case.outcome, case.outcome)
        yield Tried(name, outcome, case.seconds, case.kind, case.message, "call")
