"""How strong the tests are, by the mutants that they killed: told by `outpace test mutants`, shown by an assessment."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from outpace.assessment.evidence import Evidence, Question, Where
from outpace.statistics.intervals import proportion

FEWEST = 30
"""Mutants; the interval of fewer says nothing."""
UNTRIED = Question(
    what="how strong the tests are",
    why="no mutants were tried here; coverage tells what runs, not what is noticed",
    would_settle="outpace test mutants --sample 200, in a clone with the project's dependencies",
)


class SuiteStrength(Struct, frozen=True, kw_only=True):
    """Of `judged` mutants `killed` were noticed, and `unreached` are in code that no test runs. `sampled_of` is how
    many there were to draw from; 0 where all were tried."""

    commit: str
    at: datetime
    judged: int
    killed: int
    unreached: int
    sampled_of: int = 0


def evidence_of(told: SuiteStrength) -> Evidence:
    """It speaks for no path: a strong suite may wait long, and a weak one land fast."""
    rate = proportion(told.killed, told.judged)
    drawn = f"{told.judged} mutants drawn from {told.sampled_of}" if told.sampled_of else f"{told.judged} mutants"
    share = f"{told.killed / told.judged:.0%}"
    between = "" if rate.low is None or rate.high is None else f" ({rate.low:.0%} to {rate.high:.0%})"
    return Evidence(
        signal="test-strength",
        says=f"The tests killed {told.killed} of {drawn}, {share}{between}; {told.unreached} are in code "
        f"that no test runs. Tried on {told.at.date()}.",
        speaks_for=None,
        strength="outcome",
        misreading="some survivors change nothing that matters; a rate is compared with the same project's own",
        where=(Where(kind="commit", name=told.commit),),
    )
