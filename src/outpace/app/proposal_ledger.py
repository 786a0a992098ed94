"""The ledger of proposals: what each proposer's came to, by kind of task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from outpace.model.proof import Failed, Passed, Proved, Refuted, Undecided
from outpace.model.times import Aware
from outpace.proving.proposing.budget import Booking
from outpace.statistics.intervals import Estimate, proportion
from outpace.stories.history import History
from outpace.stories.kinds import AttemptBooked, Landed, ProposalJudged, TaskGiven

SETTLED = timedelta(days=30)


class Entry(Struct, frozen=True, kw_only=True):
    """One attempt."""

    at: Aware
    judged: ProposalJudged


class Reserved(Struct, frozen=True, kw_only=True):
    """Of attempts that were booked and never settled: they died, or are being made. They count as all of it."""

    attempts: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0  # None: no price is known of one
    seconds: float = 0.0


class RungYield(Struct, frozen=True, kw_only=True):
    """How many proposals reached a rung, and how many passed it."""

    name: str
    reached: int
    passed: int


class Account(Struct, frozen=True, kw_only=True):
    """Of one proposer and one kind of task. Hand-written answers are counted, and in no share, and so are recorded ones
    that repeat what was judged before. `attempts` are all of them, those included that only reserved something.
    `cost_per_proved` is None where the cost of an attempt is not known, or nothing was proved. `settled` are those that
    landed thirty days ago or more; where that is not on record, that were judged then."""

    proposer: str
    kind: str
    attempts: int
    reserved: Reserved
    repeated: int
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
    repeated: Counter[tuple[str, str]] = Counter()
    for entry, is_repeated in _told_apart(entries):
        whose = (entry.judged.proposer, entry.judged.task_kind)
        groups.setdefault(whose, [])
        if is_repeated:
            repeated[whose] += 1
        else:
            groups[whose].append(entry)
    waiting = _unsettled(history, task)
    landed_at = {body.revision: fact.at for fact, body in history.all(Landed) if body.revision}

    def landings(entry: Entry) -> tuple[datetime, bool] | None:
        """Since when, as far as that is known, and whether it stands."""
        standing = _stands(entry.judged, stands)
        return None if standing is None else (landed_at.get(entry.judged.revision, entry.at), standing)

    accounts = (
        _account(whose, groups.get(whose, []), waiting.get(whose, []), repeated[whose], landings, now)
        for whose in sorted({*groups, *waiting})
    )
    return Ledger(accounts=tuple(accounts), entries=entries)


def _unsettled(history: History, task: str | None) -> dict[tuple[str, str], list[Booking]]:
    """By proposer and kind."""
    booked = [body.booking for _, body in history.all(AttemptBooked)]
    settled = {(each.task, each.number) for each in booked if each.settled}
    kinds = {body.task.id: body.task.kind for _, body in history.all(TaskGiven)}
    found: dict[tuple[str, str], list[Booking]] = {}
    for each in {(each.task, each.number): each for each in booked}.values():
        if (each.task, each.number) not in settled and task in (None, each.task):
            found.setdefault((each.proposer, kinds.get(each.task, "unknown")), []).append(each)
    return found


def _told_apart(entries: Iterable[Entry]) -> Iterator[tuple[Entry, bool]]:
    """With whether it is a recorded answer that was judged before, as it came from the model or from the record."""
    seen: set[tuple[str, str, str]] = set()
    for entry in entries:
        key = (entry.judged.task, entry.judged.request, entry.judged.patch)
        yield entry, entry.judged.origin == "recorded" and bool(entry.judged.patch) and key in seen
        seen.add(key)


def _account(
    whose: tuple[str, str],
    entries: list[Entry],
    waiting: list[Booking],
    repeated: int,
    landings: Callable[[Entry], tuple[datetime, bool] | None],
    now: datetime,
) -> Account:
    real = [each for each in entries if each.judged.origin != "hand-written"]
    judged = [each.judged for each in real if each.judged.patch]
    proved = [each for each in judged if isinstance(each.conclusion, Proved)]
    cost = None if waiting else _sum(each.judged.spent.cost_usd for each in real)
    landed = [landing for each in real if (landing := landings(each)) is not None]
    settled = [standing for at, standing in landed if now - at >= SETTLED]
    return Account(
        proposer=whose[0],
        kind=whose[1],
        attempts=len(entries) + len(waiting) + repeated,
        reserved=_reserved(waiting),
        repeated=repeated,
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


def _reserved(waiting: list[Booking]) -> Reserved:
    return Reserved(
        attempts=len(waiting),
        tokens=sum(each.tokens for each in waiting),
        cost_usd=_sum(each.cost_usd for each in waiting),
        seconds=sum(each.seconds for each in waiting),
    )


def _sum(costs: Iterable[float | None]) -> float | None:
    """What is not known of one is not known of all."""
    known = list(costs)
    return sum(each for each in known if each is not None) if None not in known else None


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
