"""What whole orders of a suite say of tests that are new in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from outpace.testing.gaps.filling import Proposal
from outpace.testing.told import RED, Outcomes, Result

TIMES_THE_MEDIAN = 10
SHORT = 0.5
"""Seconds that no test is refused for."""


class Pass(Struct, frozen=True, kw_only=True):
    """The whole suite, in one order, under one hash seed. Without `results`, it did not come to its end."""

    hash_seed: int
    ids: tuple[str, ...]
    results: Mapping[str, Result]


def pass_of(rows: Iterable[Outcomes], ids: Iterable[str] | None, hash_seed: int) -> Pass:
    told = tuple(rows)
    collected = tuple(test for row in told for test in row.collected)
    results = {result.id: result for row in told for result in row.results}
    return Pass(hash_seed=hash_seed, ids=collected if ids is None else tuple(ids), results=results)


def against(proposal: Proposal, passes: Iterable[Pass]) -> str:
    """Why it is not kept: red anywhere, or far longer than the others everywhere. "" for no reason."""
    ratios: list[float] = []
    for number, each in enumerate(passes):
        result = each.results.get(proposal.test)
        if result is None or result.outcome != "passed":
            outcome = "was lost" if result is None else f"is {result.outcome}"
            return f"it {outcome} in order {number} of all tests, with hash seed {each.hash_seed}"
        kin = next((name for name in red_in(each, ()) if _function(name) == _function(proposal.test)), None)
        if kin is not None:
            return f"{kin} is red with it in order {number} of all tests"
        times = sorted(other.seconds for other in each.results.values())
        ratios.append(result.seconds / max(SHORT / TIMES_THE_MEDIAN, times[len(times) // 2]))
    if min(ratios, default=0.0) > TIMES_THE_MEDIAN:
        return f"it takes more than {TIMES_THE_MEDIAN} times as long as the median test"
    return ""


def _function(test: str) -> str:
    """The name without its parameters."""
    return test.partition("[")[0]


def red_in(one: Pass, ours: Collection[str]) -> tuple[str, ...]:
    """Other tests than ours."""
    return tuple(name for name, result in one.results.items() if result.outcome in RED and name not in ours)
