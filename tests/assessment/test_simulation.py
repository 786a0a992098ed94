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
    spent = simulate(jobs, [phase])
    queued = [there - (job.times[0] or 0) for (there,), job in zip(spent, jobs, strict=True)]
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
    chance, now, departures = Random(5), 0.0, list[float]()
    while now < 12_000:
        now += chance.choice((2.0, 10.0))
        departures.append(now)
    spent = [there for (there,) in simulate(jobs, [Train(tuple(departures), 6.0)])]
    assert fmean(spent) == pytest.approx(52 / 12, abs=0.2)
    assert max(spent) <= 10


def test_a_delay_takes_each_its_own_time_whatever_the_others_do() -> None:
    jobs = [Job(0, (3, 1)), Job(0, (5, 0)), Job(2, (0, 4))]
    assert simulate(jobs, [Delay(), Delay()]) == [(3, 1), (5, 0), (0, 4)]


def test_at_a_desk_they_are_served_one_after_another() -> None:
    jobs = [Job(0, (3,)), Job(1, (3,)), Job(2, (3,))]
    assert simulate(jobs, [Desk()]) == [(3,), (5,), (7,)]


def test_departures_that_follow_at_once_end() -> None:
    assert simulate([Job(0, (0,))], [Train((), 0.0)])[0][0] < 1


def test_a_train_takes_along_who_is_ready_and_goes_on_after_the_last_known_day() -> None:
    jobs = [Job(0, (3,)), Job(1, (4,)), Job(5, (0,)), Job(12, (5,)), Job(2, (None,))]
    assert simulate(jobs, [Train((4.0, 10.0), 7.0)]) == [(4,), (9,), (5,), (12,), (0,)]


def test_of_nobody_nothing_is_told() -> None:
    assert simulate([], [Delay(), Train((1.0,), 1.0)]) == []


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 9)), max_size=15),
    st.sampled_from([Delay(), Desk(2), Train((1.0, 4.0), 2.0)]),
)
def test_a_run_comes_out_the_same_again_and_nobody_is_done_before_its_own_time(
    drawn: list[tuple[float, float]], phase: Phase
) -> None:
    jobs = [Job(arrives, (time,)) for arrives, time in drawn]
    spent = simulate(jobs, [phase])
    assert spent == simulate(jobs, [phase])
    assert all(there >= time - 1e-9 for (there,), (_, time) in zip(spent, drawn, strict=True))
