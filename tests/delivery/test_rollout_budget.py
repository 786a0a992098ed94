"""The budget: the judge's numbers follow from a risk, and each line of the arithmetic can be checked by hand."""

from __future__ import annotations

from math import ceil, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from outpace.delivery.rollout.budget import SPLIT, WEIGHTS, budget, events, next_weight, weights
from outpace.model.edge import Risk, Urgency
from outpace.statistics.e_processes import Worse


def test_the_arithmetic_is_written_in_lines_that_hold() -> None:
    made = budget(Risk(), urgency="known", rps=200, soak_s=3600, exposed_hours=26)
    assert made.requests == ceil(log(100) / 0.01) == 461
    assert made.weight == 0.066
    told = "\n".join(made.lines)
    assert "n* = ln(1/beta) / tolerated = ln(1/0.01) / 0.01 = 461 requests" in told
    assert "an hour is worth 10 bad responses (known); 26.0 hours have cost 260" in told
    assert "waiting costs 10 x 461 / (6.6% x 200 a second) = 0.10: 35 s" in told
    assert "at 200 requests a second and at most 20 bad: weight 6.6%" in told
    assert "memory in blocks of 120 s, so that no leak is seen before 30 minutes" in told
    assert "descriptors in blocks of 60 s, so that no leak is seen before 15 minutes" in told


def test_an_exploited_advisory_moves_faster_than_a_typo() -> None:
    urgencies: tuple[Urgency, ...] = ("routine", "known", "exploited")
    found = [budget(Risk(), urgency=one, rps=200, soak_s=0).weight for one in urgencies]
    assert found == [0.017, 0.066, 0.08]


def test_the_parts_of_alpha_come_to_alpha() -> None:
    made = budget(Risk(), urgency="known", rps=200, soak_s=0)
    assert sum(SPLIT.values()) == pytest.approx(1)
    assert sum(part.alpha for part in made.split) == pytest.approx(made.alpha)


@pytest.mark.parametrize("needless", [0.001, 0.05])
def test_no_more_failures_decide_than_the_budget_says(needless: float) -> None:
    made = budget(Risk(needless_rollbacks=needless), urgency="known", rps=200, soak_s=0)
    for weight in weights(made):
        worse, failures = Worse(), 0
        while worse.log_e < log(1 / made.alpha_of("errors")):
            worse.add(round(1000 * (1 - weight)), 0, round(1000 * weight), 1)
            failures += 1
        assert events(made, weight) - 1 <= failures <= events(made, weight)


def test_among_the_weights_are_the_largest_at_which_two_and_three_failures_decide() -> None:
    made = budget(Risk(), urgency="known", rps=200, soak_s=0)
    tried = weights(made)
    assert {0.017, 0.066} < set(tried)
    assert [events(made, weight) for weight in (0.017, 0.018, 0.066, 0.068)] == [2, 3, 3, 4]


def test_evidence_gives_more_users_and_failures_give_fewer() -> None:
    made = budget(Risk(), urgency="known", rps=200, soak_s=0)
    sure = next_weight(made, rps=200, log_e=log(50), missing=70, bad_left=20)
    doubtful = next_weight(made, rps=200, log_e=-3, missing=900, bad_left=20)
    spent = next_weight(made, rps=200, log_e=0, missing=461, bad_left=1)
    assert spent == WEIGHTS[0] < doubtful < made.weight < sure


@given(
    st.floats(0.1, 5000),
    st.sampled_from(("routine", "known", "exploited")),
    st.integers(2, 1000),
    st.floats(0.001, 0.2),
)
def test_no_first_weight_lets_a_release_that_always_fails_cost_more_than_allowed(
    rps: float, urgency: Urgency, most: int, tolerated: float
) -> None:
    made = budget(Risk(bad_responses=most, tolerated=tolerated), urgency=urgency, rps=rps, soak_s=0)
    assert made.weight in weights(made)
    assert made.weight == WEIGHTS[0] or events(made, made.weight) + made.weight * rps <= most


@pytest.mark.parametrize(
    ("name", "value"),
    [("tolerated", 0), ("tolerated", 0.5), ("needless_rollbacks", 1), ("wrong_promotions", 0), ("bad_responses", 1)],
)
def test_a_risk_that_is_none_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        budget(replace(Risk(), **{name: value}), urgency="known", rps=200, soak_s=0)
