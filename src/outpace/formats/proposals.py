"""How the ledger of proposals is shown: a table by proposer and kind, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from outpace.app.proposal_ledger import Account, Entry, Ledger, Reserved
from outpace.formats.envelope import encoded
from outpace.formats.plain import printable
from outpace.formats.prove import conclusion_of
from outpace.model.words import counted
from outpace.statistics.curves import Estimate

RECENT = 10


class ShareV1(Struct, frozen=True, kw_only=True):
    """Of `n`; with an interval of 95 %."""

    n: int
    value: float | None
    low: float | None
    high: float | None


class RungV1(Struct, frozen=True, kw_only=True):
    name: str
    reached: int
    passed: int


class ReservedV1(Struct, frozen=True, kw_only=True):
    """Of attempts that were booked and never settled: they died, or are being made."""

    attempts: int
    tokens: int
    cost_usd: float | None
    seconds: float


class AccountV1(Struct, frozen=True, kw_only=True):
    """`judged` of `attempts` had a change to judge. Hand-written answers are counted in `attempts` and `hand_written`
    alone, recorded ones that were judged before in `attempts` and `repeated` alone, and what was only `reserved` in
    `attempts` and there. Costs are null where they are not known. `standing` is the share, of what landed
    thirty days ago or more (was judged then, where that is not on record), that is there still."""

    proposer: str
    kind: str
    attempts: int
    reserved: ReservedV1
    repeated: int
    hand_written: int
    judged: int
    proved: ShareV1
    refuted: int
    undecided: int
    rungs: tuple[RungV1, ...]
    seconds: float
    cost_usd: float | None
    cost_per_proved: float | None
    landed: int
    standing: ShareV1


class ProposalV1(Struct, frozen=True, kw_only=True):
    at: datetime
    task: str
    kind: str
    proposer: str
    by: str
    origin: Literal["live", "recorded", "hand-written"]
    state: Literal["proved", "refuted", "undecided"]
    reason: str
    patch: str
    revision: str


class ProposalsV1(Struct, frozen=True, kw_only=True):
    accounts: tuple[AccountV1, ...]
    proposals: tuple[ProposalV1, ...]


def answer(ledger: Ledger) -> bytes:
    return encoded(
        "proposals",
        ProposalsV1(accounts=tuple(map(_account, ledger.accounts)), proposals=tuple(map(_entry, ledger.entries))),
    )


def _account(account: Account) -> AccountV1:
    return AccountV1(
        proposer=account.proposer,
        kind=account.kind,
        attempts=account.attempts,
        reserved=ReservedV1(
            attempts=account.reserved.attempts,
            tokens=account.reserved.tokens,
            cost_usd=account.reserved.cost_usd,
            seconds=round(account.reserved.seconds, 2),
        ),
        repeated=account.repeated,
        hand_written=account.hand_written,
        judged=account.judged,
        proved=_share(account.judged, account.share),
        refuted=account.refuted,
        undecided=account.undecided,
        rungs=tuple(RungV1(name=each.name, reached=each.reached, passed=each.passed) for each in account.rungs),
        seconds=round(account.seconds, 2),
        cost_usd=account.cost_usd,
        cost_per_proved=account.cost_per_proved,
        landed=account.landed,
        standing=_share(account.settled, account.standing_share),
    )


def _share(n: int, estimate: Estimate) -> ShareV1:
    return ShareV1(n=n, value=estimate.value, low=estimate.low, high=estimate.high)


def _entry(entry: Entry) -> ProposalV1:
    state, reason = _state(entry)
    return ProposalV1(
        at=entry.at,
        task=entry.judged.task,
        kind=entry.judged.task_kind,
        proposer=entry.judged.proposer,
        by=entry.judged.by,
        origin=entry.judged.origin,
        state=state,
        reason=reason,
        patch=entry.judged.patch,
        revision=entry.judged.revision,
    )


def _state(entry: Entry) -> tuple[Literal["proved", "refuted", "undecided"], str]:
    told = conclusion_of(entry.judged.conclusion)
    return told.state, told.reason


def text(ledger: Ledger) -> str:
    return "\n".join(_lines(ledger))


def _lines(ledger: Ledger) -> Iterator[str]:
    if not ledger.accounts:
        yield "no proposal was judged yet: outpace task, then outpace propose or outpace prove --task"
        return
    for account in ledger.accounts:
        yield from _accounted(account)
        yield ""
    if not ledger.entries:
        yield "nothing was judged yet"
        return
    yield f"the last {min(RECENT, len(ledger.entries))} of {len(ledger.entries)}:"
    for entry in ledger.entries[-RECENT:]:
        state, reason = _state(entry)
        origin = "" if entry.judged.origin == "live" else f" ({entry.judged.origin})"
        told = f": {printable(reason)}" if reason else ""
        yield f"  {entry.at:%Y-%m-%d %H:%M}  {entry.judged.task}  {entry.judged.proposer}{origin}  {state}{told}"


def _accounted(account: Account) -> Iterator[str]:
    yield f"{account.proposer}, {account.kind}: {account.judged} judged of {counted(account.attempts, 'attempt')}"
    if account.judged:
        yield f"  proved    {account.proved} of {account.judged}{_interval(account.share)}"
        yield f"  refuted   {account.refuted}, undecided {account.undecided}"
        rungs = ", ".join(f"{each.name} {each.passed}/{each.reached}" for each in account.rungs if each.reached)
        yield f"  by rung   {rungs}"
    if account.hand_written:
        yield f"  hand-written answers, in no share: {account.hand_written}"
    if account.repeated:
        yield f"  recorded answers that were judged before, in no share: {account.repeated}"
    if account.reserved.attempts:
        yield f"  {_reserved(account.reserved)}"
    cost = "unknown" if account.cost_usd is None else f"${account.cost_usd:.2f}"
    per = "" if account.cost_per_proved is None else f", ${account.cost_per_proved:.2f} a proved change"
    yield f"  cost      {cost}{per}; {account.seconds:.0f} s"
    if account.landed:
        told = (
            f"{account.standing} of {account.settled}{_interval(account.standing_share)}"
            if account.settled
            else "none is 30 days old"
        )
        yield f"  landed    {account.landed}; standing after 30 days: {told}"


def _reserved(told: Reserved) -> str:
    cost = "cost unknown" if told.cost_usd is None else f"${told.cost_usd:.2f}"
    count = counted(told.attempts, "attempt")
    return f"never ended, or still asked: {count}, reserved {told.tokens:,} tokens, {cost}, {told.seconds:.0f} s"


def _interval(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return ""
    return f" ({estimate.value:.0%}, {estimate.low:.0%} to {estimate.high:.0%})"
