"""The simulation, against results that are known in closed form."""

from __future__ import annotations

from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.assessment.simulation import Delay, Desk, Job, Phase, Train, simulate


def poisson(count: int, rate: float, service: float, seed: int) -> list[Job]:
    random = Random(seed)
    now, jobs = 0.0, list[Job]()
    for _ in range(count):
        now += random.expovariate(rate)
        jobs.append(Job(now, (random.expovariate(service),)))
    return jobs


def waits(jobs: list[Job], phase: Phase) -> list[float]:
    """Until served, averaged over ten stretches of the run, so that they are nearly independent."""
    spent = simulate(jobs, [phase], seed=1)
    queued = [there - job.times[0] for (there,), job in zip(spent, jobs, strict=True)]
    size = len(queued) // 10
    return [fmean(queued[n * size : (n + 1) * size]) for n in range(10)]


@pytest.mark.parametrize(
    ("servers", "rate", "expected"),
    [
        pytest.param(1, 0.5, 1.0, id="M/M/1 at half load: rho / (mu - lambda)"),
        pytest.param(2, 1.0, 1 / 3, id="M/M/2 at half load: Erlang's C / (2 mu - lambda)"),
    ],
)
def test_the_wait_at_a_desk_is_that_of_queueing_theory(servers: int, rate: float, expected: float) -> None:
    """Gross and Harris, Fundamentals of queueing theory, sections 2.2 and 2.3."""
    means = waits(poisson(12_000, rate, 1.0, seed=20261126), Desk(servers))
    margin = 2.262 * stdev(means) / 10**0.5  # Student's t, nine degrees of freedom
    assert fmean(means) - margin < expected < fmean(means) + margin
    assert margin < expected / 3


def test_the_wait_for_a_train_is_that_of_renewal_theory() -> None:
    """Half of E[gap squared] / E[gap]: with gaps of 2 and 10 not 3, but 52 / 12."""
    jobs = [Job(n * 0.7717, (0.0,)) for n in range(12_000)]
    spent = [there for (there,) in simulate(jobs, [Train((2.0, 10.0))], seed=5)]
    assert fmean(spent) == pytest.approx(52 / 12, abs=0.2)
    assert max(spent) <= 10


def test_a_delay_takes_each_its_own_time_whatever_the_others_do() -> None:
    jobs = [Job(0, (3, 1)), Job(0, (5, 0)), Job(2, (0, 4))]
    assert simulate(jobs, [Delay(), Delay()], seed=1) == [(3, 1), (5, 0), (0, 4)]


def test_at_a_desk_they_are_served_one_after_another() -> None:
    jobs = [Job(0, (3,)), Job(1, (3,)), Job(2, (3,))]
    assert simulate(jobs, [Desk()], seed=1) == [(3,), (5,), (7,)]


def test_departures_that_follow_at_once_end() -> None:
    assert simulate([Job(0, (0,))], [Train((0.0,))], seed=1)[0][0] < 1


def test_of_nobody_nothing_is_told() -> None:
    assert simulate([], [Delay(), Train((1.0,))], seed=1) == []


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 9)), max_size=15),
    st.sampled_from([Delay(), Desk(2), Train((1.0, 4.0))]),
    st.integers(0, 9),
)
def test_the_same_seed_gives_the_same_run_and_no_time_is_negative(
    drawn: list[tuple[float, float]], phase: Phase, seed: int
) -> None:
    jobs = [Job(arrives, (time,)) for arrives, time in drawn]
    spent = simulate(jobs, [phase], seed=seed)
    assert spent == simulate(jobs, [phase], seed=seed)
    assert all(there >= 0 for (there,) in spent)
