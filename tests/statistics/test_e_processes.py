"""E-processes: in one step nobody wins on average, over many looks there are few false alarms, and real ones come."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, exp, inf, log
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.statistics.e_processes import Above, Fine, Worse

RATES = st.floats(0.0001, 0.9)
FEW = st.integers(0, 7)


def chance(n: int, k: int, rate: float) -> float:
    return comb(n, k) * rate**k * (1 - rate) ** (n - k)


def outcomes(baseline: int, candidate: int, rate: float, times: float) -> Iterator[tuple[int, int, float]]:
    """Bad events of each arm, and how probable they are."""
    for b in range(baseline + 1):
        for c in range(candidate + 1):
            yield b, c, chance(baseline, b, rate) * chance(candidate, c, min(times * rate, 1.0))


@given(st.integers(1, 6), st.integers(1, 6), RATES, st.floats(1, 3), st.floats(0, 1), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_worse_wins_nothing_on_average_in_a_step_while_the_candidate_is_as_good_as_allowed(
    baseline: int, candidate: int, rate: float, allowed: float, part: float, before: int
) -> None:
    """Exactly, over all outcomes of a step, and from whatever state earlier steps led to."""
    rate = min(rate, 1 / allowed)
    mean, start = 0.0, 0.0
    for b, c, probability in outcomes(baseline, candidate, rate, allowed * part):
        worse = Worse(allowed)
        for _ in range(before):
            worse.add(9, 1, 1, 1)
        start = worse.log_e
        worse.add(baseline, b, candidate, c)
        mean += probability * exp(worse.log_e - start)
    assert mean <= 1 + 1e-9


@given(st.integers(1, 12), st.floats(0.001, 0.5), st.floats(1, 2), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_fine_wins_nothing_on_average_in_a_step_while_the_rate_is_tolerated_or_more(
    requests: int, tolerated: float, times: float, before: int
) -> None:
    rate, mean = min(times * tolerated, 1.0), 0.0
    for bad in range(requests + 1):
        fine = Fine()
        for _ in range(before):
            fine.add(20, 1, tolerated)
        start = fine.log_e
        fine.add(requests - bad, bad, tolerated)
        mean += chance(requests, bad, rate) * exp(fine.log_e - start)
    assert mean <= 1 + 1e-9


@given(st.integers(1, 12), st.floats(0.001, 0.5), st.floats(0, 1), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_above_wins_nothing_on_average_in_a_step_while_the_rate_is_below_the_limit(
    requests: int, limit: float, part: float, before: int
) -> None:
    mean = 0.0
    for bad in range(requests + 1):
        above = Above()
        for _ in range(before):
            above.add(5, 1, limit)
        start = above.log_e
        above.add(requests - bad, bad, limit)
        mean += chance(requests, bad, part * limit) * exp(above.log_e - start)
    assert mean <= 1 + 1e-9


@given(st.floats(0.01, 1), st.integers(1, 30), st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_a_client_that_counts_less_wins_nothing_either(share: float, baseline: int, bad: int) -> None:
    """`bad` events, of which each came from the candidate with its share of the requests (Jensen)."""
    candidate, mean = 3, 0.0
    of_candidate = candidate / (candidate + baseline)
    for c in range(bad + 1):
        worse = Worse()
        worse.add(baseline, share * (bad - c), candidate, share * c)
        mean += chance(bad, c, of_candidate) * exp(worse.log_e)
    assert mean <= 1 + 1e-9


def alarm(random: Random, weight: float, times: float, events: int, alpha: float) -> bool:
    """One release, looked at after each of so many bad events; weights change as they like."""
    worse = Worse()
    for number in range(events):
        now = weight if number % 50 < 25 else min(5 * weight, 0.5)
        came = random.random() < times * now / (times * now + 1 - now)
        candidate = round(1000 * now)
        worse.add(1000 - candidate, 0 if came else 1, candidate, 1 if came else 0)
        if worse.log_e >= log(1 / alpha):
            return True
    return False


@pytest.mark.parametrize("weight", [0.01, 0.1, 0.5])
def test_looking_after_each_bad_event_gives_fewer_false_alarms_than_alpha(weight: float) -> None:
    random = Random(8)
    found = sum(alarm(random, weight, 1.0, 200, alpha=0.05) for _ in range(200))
    assert found <= 10 + 3 * 3.1  # 5 % of 200, and three deviations


def test_a_test_for_one_look_would_give_far_more_false_alarms() -> None:
    """So that the test above can tell: the normal approximation at the same level, looked at after each event."""
    random = Random(8)
    found = 0
    for _ in range(400):
        candidate = 0
        for bad in range(1, 301):
            candidate += random.random() < 0.1
            if bad >= 10 and (candidate - 0.1 * bad) / (0.09 * bad) ** 0.5 > 1.645:
                found += 1
                break
    assert found > 80


def test_two_to_four_failures_take_back_what_always_fails() -> None:
    for weight, most in ((0.01, 2), (0.05, 3), (0.1, 4)):
        worse, candidate = Worse(), round(1000 * weight)
        for _ in range(most):
            worse.add(1000 - candidate, 0, candidate, 1)
        assert worse.log_e >= log(1000), weight


def test_a_release_that_breaks_after_a_long_good_time_is_taken_back_within_ten_failures() -> None:
    worse = Worse()
    for number in range(2000):
        worse.add(95, number % 20 > 0, 5, number % 20 == 0)
    for _ in range(10):
        worse.add(95, 0, 5, 1)
    assert worse.log_e >= log(1000)


def test_an_outage_of_both_arms_is_no_evidence() -> None:
    worse = Worse()
    for _ in range(1000):
        worse.add(95, 95, 5, 5)
    assert worse.log_e < 0


def test_without_requests_of_both_arms_nothing_is_said() -> None:
    worse = Worse()
    worse.add(0, 0, 10, 10)
    worse.add(10, 10, 0, 0)
    assert worse.log_e == 0


def test_fine_is_sure_after_about_as_many_requests_as_the_arithmetic_says() -> None:
    fine = Fine()
    said = fine.missing(log(100), 0.01)
    needed = 0
    while fine.log_e < log(100):
        fine.add(1, 0, 0.01)
        needed += 1
    assert 461 < needed < 600
    assert said == pytest.approx(needed, rel=0.15)


def test_fine_comes_back_after_a_bad_beginning() -> None:
    fine = Fine()
    fine.add(0, 20, 0.01)
    assert fine.log_e < 0
    fine.add(2000, 0, 0.01)
    assert fine.log_e > log(100)


def test_above_needs_three_failures_in_a_row_and_forgets_a_good_time() -> None:
    above = Above()
    for _ in range(3):
        above.add(0, 1, 0.01)
    assert above.log_e > log(20000)
    above = Above()
    above.add(100_000, 500, 0.01)
    above.add(0, 8, 0.01)
    assert above.log_e > log(100)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20))
def test_nothing_overflows_however_much_is_counted(steps: list[tuple[int, int]]) -> None:
    worse, fine, above = Worse(), Fine(), Above()
    for good, bad in steps:
        worse.add(good, min(good, bad), bad + 1, bad)
        fine.add(good, bad, 0.01)
        above.add(good, bad, 0.01)
    assert all(-inf < each.log_e < inf for each in (worse, fine, above))
