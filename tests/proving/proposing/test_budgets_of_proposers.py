"""What proposers may spend: booked before, settled after, and a process that died has spent what it booked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.model.proposers import ProposerBudget
from outpace.proving.proposing.budget import Booking, Estimate, Exceeded, Left, left, reserve, settle
from outpace.proving.proposing.ports import Spent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BUDGET = ProposerBudget(attempts=3, tokens=1000, cost_usd=1.0, wall="10m", cost_usd_per_day=2.0)


def booking(
    *, task: str = "t", number: int = 1, at: datetime = NOON, tokens: int = 0, cost: float | None = 0.0
) -> Booking:
    return Booking(task=task, number=number, at=at, tokens=tokens, cost_usd=cost, seconds=60.0)


def test_a_reservation_is_the_next_attempt_with_all_that_it_may_take() -> None:
    asked = Estimate(tokens=300, cost_usd=0.25, seconds=120.0)
    assert reserve(BUDGET, [booking()], asked, task="t", at=NOON) == Booking(
        task="t", number=2, at=NOON, tokens=300, cost_usd=0.25, seconds=120.0, settled=False
    )


def test_what_died_before_it_was_settled_counts_as_it_was_reserved() -> None:
    died = booking(tokens=900, cost=0.75)
    assert left(BUDGET, [died], task="t", at=NOON) == Left(attempts=2, tokens=100, cost_usd=0.25, seconds=540.0)


def test_what_was_settled_counts_as_it_was() -> None:
    done = settle(booking(tokens=900, cost=0.9), Spent(seconds=3.0, tokens_in=50, tokens_out=20, cost_usd=0.02))
    assert (done.tokens, done.cost_usd, done.seconds, done.settled) == (70, 0.02, 3.0, True)


def test_what_is_not_known_stays_as_it_was_reserved() -> None:
    done = settle(booking(tokens=900, cost=0.9), Spent(seconds=3.0))
    assert (done.tokens, done.cost_usd, done.seconds) == (900, 0.9, 3.0)


@pytest.mark.parametrize(
    ("booked", "estimate", "limit", "why"),
    [
        ([booking(number=n) for n in (1, 2, 3)], Estimate(), "attempts", "3 attempts at this task, and no more"),
        (
            [booking(tokens=800)],
            Estimate(tokens=201),
            "tokens",
            "the next call may take 201 tokens, and 200 is left for this task",
        ),
        (
            [booking(cost=0.75)],
            Estimate(cost_usd=0.5),
            "cost_usd",
            "the next call may take $0.50, and $0.25 is left for this task",
        ),
        (
            [booking(task="other", cost=1.75)],
            Estimate(cost_usd=0.5),
            "cost_usd_per_day",
            "the next call may take $0.50, and $0.25 is left today",
        ),
        (
            [Booking(task="t", number=1, at=NOON, tokens=0, cost_usd=0.0, seconds=600.0)],
            Estimate(),
            "wall",
            "proposers had 10m for this task, and took it",
        ),
    ],
)
def test_each_limit_says_what_was_wanted_and_what_is_left(
    booked: list[Booking], estimate: Estimate, limit: str, why: str
) -> None:
    exceeded = reserve(BUDGET, booked, estimate, task="t", at=NOON)
    assert exceeded == Exceeded(limit=limit, why=why)  # pyright: ignore[reportArgumentType]


def test_another_day_and_another_task_have_their_own() -> None:
    booked = [booking(task="other", cost=2.0), *(booking(task="other", number=n) for n in (2, 3))]
    tomorrow = NOON + timedelta(days=1)
    assert isinstance(reserve(BUDGET, booked, Estimate(cost_usd=0.5), task="t", at=tomorrow), Booking)


def test_where_no_price_is_known_the_tokens_alone_bound_it() -> None:
    booked = [booking(tokens=400, cost=None)]
    assert isinstance(reserve(BUDGET, booked, Estimate(tokens=600, cost_usd=None), task="t", at=NOON), Booking)
    assert isinstance(reserve(BUDGET, booked, Estimate(tokens=601, cost_usd=None), task="t", at=NOON), Exceeded)


@given(st.lists(st.tuples(st.integers(0, 600), st.floats(0, 1), st.booleans(), st.floats(0, 1)), max_size=9))
def test_no_order_of_calls_and_deaths_spends_more_than_the_budget(
    calls: list[tuple[int, float, bool, float]],
) -> None:
    """As long as no call takes more than was reserved for it."""
    booked: list[Booking] = []
    for tokens, cost, dies, share in calls:
        reserved = reserve(BUDGET, booked, Estimate(tokens=tokens, cost_usd=cost), task="t", at=NOON)
        if isinstance(reserved, Exceeded):
            continue
        spent = Spent(seconds=1.0, tokens_in=int(tokens * share), tokens_out=0, cost_usd=cost * share)
        booked.append(reserved if dies else settle(reserved, spent))
    assert len(booked) <= BUDGET.attempts
    assert sum(each.tokens for each in booked) <= BUDGET.tokens
    assert sum(each.cost_usd or 0 for each in booked) <= BUDGET.cost_usd + 1e-9
