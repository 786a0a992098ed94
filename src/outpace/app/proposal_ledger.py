"""The ledger of proposals: what each proposer's came to, by kind of task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from outpace.model.proof import Failed, Passed, Proved, Refuted, Undecided
from outpace.model.times import Aware
from outpace.statistics.intervals import Estimate, proportion
from outpace.stories.history import History
from outpace.stories.kinds import ProposalJudged

SETTLED = timedelta(days=30)


class Entry(Struct, frozen=True, kw_only=True):
    """One attempt."""

    at: Aware
    judged: ProposalJudged


class RungYield(Struct, frozen=True, kw_only=True):
    """How many proposals reached a rung, and how many passed it."""

    name: str
    reached: int
    passed: int


class Account(Struct, frozen=True, kw_only=True):
    """Of one proposer and one kind of task. Hand-written answers are counted, and in no share. `cost_per_proved` is
    None where the cost of an attempt is not known, or nothing was proved. `settled` are those that
    landed and were judged thirty days ago or more: when they landed is not known."""

    proposer: str
    kind: str
    attempts: int
    judged: int
    proved: int
    refuted: int
    undecided: int
    hand_written: int
    share: Estimate
    rungs: tuple[RungYield, ...]
    cost_usd: float | None
    cost_per_proved: float | None
    seconds: float
    landed: int
    settled: int
    standing: int
    standing_share: Estimate


class Ledger(Struct, frozen=True, kw_only=True):
    accounts: tuple[Account, ...]
    entries: tuple[Entry, ...]


def ledger(history: History, *, stands: Callable[[str], bool | None], now: datetime, task: str | None = None) -> Ledger:
    """`stands` tells of a commit whether it is on the deploy branch and what it added is there still; None: it never
    landed."""
    entries = tuple(
        Entry(at=fact.at, judged=body)
        for fact, body in history.all(ProposalJudged)
        if task is None or body.task == task
    )
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.judged.proposer, entry.judged.task_kind), []).append(entry)
    accounts = (_account(name, kind, each, stands, now) for (name, kind), each in sorted(groups.items()))
    return Ledger(accounts=tuple(accounts), entries=entries)


def _account(
    proposer: str, kind: str, entries: list[Entry], stands: Callable[[str], bool | None], now: datetime
) -> Account:
    real = [each for each in entries if each.judged.origin != "hand-written"]
    judged = [each.judged for each in real if each.judged.patch]
    proved = [each for each in judged if isinstance(each.conclusion, Proved)]
    costs = [each.judged.spent.cost_usd for each in real]
    cost = sum(each for each in costs if each is not None) if None not in costs else None
    landed = [(each.at, standing) for each in real if (standing := _stands(each.judged, stands)) is not None]
    settled = [standing for at, standing in landed if now - at >= SETTLED]
    return Account(
        proposer=proposer,
        kind=kind,
        attempts=len(entries),
        judged=len(judged),
        proved=len(proved),
        refuted=sum(isinstance(each.conclusion, Refuted) for each in judged),
        undecided=sum(isinstance(each.conclusion, Undecided) for each in judged),
        hand_written=len(entries) - len(real),
        share=proportion(len(proved), len(judged)),
        rungs=_rungs(judged),
        cost_usd=cost,
        cost_per_proved=cost / len(proved) if cost is not None and proved else None,
        seconds=sum(each.judged.spent.seconds for each in real),
        landed=len(landed),
        settled=len(settled),
        standing=sum(settled),
        standing_share=proportion(sum(settled), len(settled)),
    )


def _stands(judged: ProposalJudged, stands: Callable[[str], bool | None]) -> bool | None:
    return stands(judged.revision) if judged.revision and isinstance(judged.conclusion, Proved) else None


def _rungs(judged: Iterable[ProposalJudged]) -> tuple[RungYield, ...]:
    """In the order in which they are climbed; what is skipped was not reached."""
    reached: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    names: dict[str, None] = {}
    for each in judged:
        for check in each.checks:
            names.setdefault(check.name)
            passed[check.name] += isinstance(check.result, Passed)
            reached[check.name] += isinstance(check.result, Passed | Failed)
    return tuple(RungYield(name=name, reached=reached[name], passed=passed[name]) for name in names)
