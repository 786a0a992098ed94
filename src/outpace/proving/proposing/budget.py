"""What proposers may spend on a task and in a day: booked before a call as its most, settled by what it took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from outpace.model.proposers import ProposerBudget
from outpace.model.times import Aware
from outpace.model.words import counted
from outpace.pipelines.configuration import seconds_of
from outpace.proving.proposing.ports import Spent


class Estimate(Struct, frozen=True, kw_only=True):
    """The most that a call may take; `cost_usd` None where no price is known, and then the tokens alone bound it."""

    tokens: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0


class Booking(Struct, frozen=True, kw_only=True):
    """One attempt. Until it is settled it counts as all that was reserved: a process that died has spent it."""

    task: str
    number: int  # of the task's attempts, from 1: the key together with `task`
    at: Aware
    tokens: int
    cost_usd: float | None
    seconds: float
    settled: bool = False
    proposer: str = "unknown"
    made: bool = True  # False: nobody was there to be asked

    @property
    def day(self) -> str:
        return self.at.date().isoformat()


class Left(Struct, frozen=True, kw_only=True):
    """Of the budget, for this task now; `cost_usd` is the smaller of what the task and the day leave."""

    attempts: int
    tokens: int
    cost_usd: float
    seconds: float


class Exceeded(Struct, frozen=True, kw_only=True, tag=True):
    limit: Literal["attempts", "tokens", "cost_usd", "cost_usd_per_day", "wall"]
    why: str


Reservation: TypeAlias = Booking | Exceeded


def left(budget: ProposerBudget, booked: Iterable[Booking], *, task: str, at: datetime) -> Left:
    bookings = tuple(booked)
    of_task = [each for each in bookings if each.task == task]
    of_day = [each for each in bookings if each.day == at.date().isoformat()]
    return Left(
        attempts=budget.attempts - sum(each.made for each in of_task),
        tokens=budget.tokens - sum(each.tokens for each in of_task),
        cost_usd=min(budget.cost_usd - _cost(of_task), budget.cost_usd_per_day - _cost(of_day)),
        seconds=seconds_of(budget.wall) - sum(each.seconds for each in of_task),
    )


def reserve(
    budget: ProposerBudget,
    booked: Iterable[Booking],
    estimate: Estimate,
    *,
    task: str,
    at: datetime,
    proposer: str = "unknown",
) -> Reservation:
    """What is returned has to be written down before the call, whatever becomes of it."""
    bookings = tuple(booked)
    if exceeded := _exceeded(budget, bookings, estimate, task=task, at=at):
        return exceeded
    number = 1 + max((each.number for each in bookings if each.task == task), default=0)
    return Booking(
        task=task,
        number=number,
        at=at,
        tokens=estimate.tokens,
        cost_usd=estimate.cost_usd,
        seconds=estimate.seconds,
        proposer=proposer,
    )


def settle(booking: Booking, spent: Spent, *, made: bool = True) -> Booking:
    """What is not known stays as it was reserved, but for the time, which always is."""
    known = spent.tokens_in is not None and spent.tokens_out is not None
    return replace(
        booking,
        tokens=(spent.tokens_in or 0) + (spent.tokens_out or 0) if known else booking.tokens,
        cost_usd=booking.cost_usd if spent.cost_usd is None else spent.cost_usd,
        seconds=spent.seconds,
        settled=True,
        made=made,
    )


def _exceeded(
    budget: ProposerBudget, bookings: tuple[Booking, ...], estimate: Estimate, *, task: str, at: datetime
) -> Exceeded | None:
    remaining = left(budget, bookings, task=task, at=at)
    of_day = budget.cost_usd_per_day - _cost([each for each in bookings if each.day == at.date().isoformat()])
    of_task = budget.cost_usd - _cost([each for each in bookings if each.task == task])
    cost = estimate.cost_usd or 0.0
    if remaining.attempts < 1:
        return Exceeded(limit="attempts", why=f"{counted(budget.attempts, 'attempt')} at this task, and no more")
    if remaining.seconds <= 0:
        return Exceeded(limit="wall", why=f"proposers had {budget.wall} for this task, and took it")
    if estimate.tokens > remaining.tokens:
        return Exceeded(limit="tokens", why=_more(f"{estimate.tokens:,} tokens", f"{max(0, remaining.tokens):,}"))
    if cost > of_task or of_task < 0:
        return Exceeded(limit="cost_usd", why=_more(f"${cost:.2f}", f"${max(0.0, of_task):.2f}"))
    if cost > of_day or of_day < 0:
        return Exceeded(limit="cost_usd_per_day", why=_more(f"${cost:.2f}", f"${max(0.0, of_day):.2f}", " today"))
    return None


def _more(wanted: str, there: str, when: str = "") -> str:
    return f"the next call may take {wanted}, and {there} is left{when or ' for this task'}"


def _cost(bookings: Iterable[Booking]) -> float:
    return sum(each.cost_usd or 0.0 for each in bookings)
