"""What ratelimit.py promises."""

import pytest
from ratelimit import RateLimit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> RateLimit:
    return RateLimit(rate=2, burst=3, clock=clock)


def test_a_burst_is_let_in(limit: RateLimit) -> None:
    assert [limit.allow("ann") for _ in range(4)] == [True, True, True, False]


def test_callers_do_not_share(limit: RateLimit) -> None:
    for _ in range(3):
        limit.allow("ann")
    assert limit.allow("bob")


def test_time_refills(limit: RateLimit, clock: Clock) -> None:
    limit.allow("ann", 3)
    clock.now += 0.5
    assert [limit.allow("ann"), limit.allow("ann")] == [True, False]


def test_a_long_rest_fills_no_more_than_the_burst(limit: RateLimit, clock: Clock) -> None:
    limit.allow("ann")
    clock.now += 3_600
    assert [limit.allow("ann") for _ in range(4)] == [True, True, True, False]


def test_a_refused_call_costs_nothing(limit: RateLimit) -> None:
    limit.allow("ann", 2)
    limit.allow("ann", 2)
    assert limit.allow("ann", 1)


def test_the_wait_is_what_is_missing(limit: RateLimit) -> None:
    limit.allow("ann", 3)
    assert limit.wait("ann", 2) == pytest.approx(1.0)


def test_nobody_waits_who_may_go(limit: RateLimit) -> None:
    assert limit.wait("ann") == 0


def test_a_wait_that_never_ends_is_refused(limit: RateLimit) -> None:
    with pytest.raises(ValueError, match="never fits"):
        limit.wait("ann", 4)


def test_full_buckets_are_forgotten(limit: RateLimit, clock: Clock) -> None:
    limit.allow("ann", 1)
    limit.allow("bob", 3)
    clock.now += 0.5
    assert limit.forget_idle() == 1
    assert set(limit.buckets) == {"bob"}


def test_headers_tell_what_is_left(limit: RateLimit) -> None:
    limit.allow("ann")
    assert limit.headers("ann") == {"RateLimit-Limit": "3", "RateLimit-Remaining": "2"}


def test_a_limit_that_lets_nobody_in_is_refused(clock: Clock) -> None:
    with pytest.raises(ValueError, match="lets nobody in"):
        RateLimit(rate=0, burst=1, clock=clock)
