"""What lets the bench run a thousand hours: while only the candidate runs, requests that go well decide nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from outpace.delivery.rollout.counts import Arm, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, RollBack
from tests.fakes.rollout_traffic import made

BENCH = str(Path(__file__).parents[2] / "bench")


def promoted() -> Judge:
    judge = Judge(made(soak_s=3600))
    weight, at = judge.weight, 0.0
    for at in range(1, 600):
        baseline, candidate = round(200 * (1 - weight)), round(200 * weight)
        verdict = judge.see(
            Tick(at=at, weight=weight, baseline=Arm(requests=baseline), candidate=Arm(requests=candidate))
        )
        weight = verdict.weight if isinstance(verdict, GoOn) else 1.0
        if judge.phase == "promoted":
            break
    judge.see(Tick(at=at + 1, weight=1.0))
    assert judge.phase == "promoted"
    return judge


def requests(seed: int, rate: float) -> list[tuple[float, int]]:
    """When, and whether it failed."""
    random, at, found = Random(seed), 1000.0, []
    for _ in range(3000):
        at += random.expovariate(200.0)
        found.append((at, int(random.random() < rate)))
    return found


def one_by_one(came: list[tuple[float, int]]) -> Iterator[Tick]:
    for at, bad in came:
        yield Tick(at=at, weight=1.0, candidate=Arm(requests=1, errors=bad))


def by_failures(came: list[tuple[float, int]]) -> Iterator[Tick]:
    good = 0
    for at, bad in came:
        good += 1
        if bad:
            yield Tick(at=at, weight=1.0, candidate=Arm(requests=good, errors=1))
            good = 0


def course(ticks: Iterator[Tick]) -> tuple[list[tuple[float, float]], float | None]:
    """E at each failure, and when it was doubted."""
    judge, found = promoted(), []
    for tick in ticks:
        judge.see(tick)
        if judge.phase == "doubted":
            return found, tick.at
        if tick.candidate.errors:
            found.append((tick.at, judge._gathered._alone["errors"].above.log_e))
    return found, None


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.02, 0.1])
def test_looking_at_each_failure_sees_what_looking_at_each_request_sees(rate: float) -> None:
    for seed in range(2):
        came = requests(seed, rate)
        every, few = course(one_by_one(came)), course(by_failures(came))
        assert [at for at, _ in every[0]] == [at for at, _ in few[0]]
        assert [e for _, e in every[0]] == pytest.approx([e for _, e in few[0]], abs=1e-6)
        assert every[1] == few[1]
        assert (few[1] is not None) == (rate > 0.01)


def test_the_bench_takes_back_what_fails_more_and_settles_what_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [BENCH, *sys.path])
    from bench import false_rollbacks

    judge = Judge(made(soak_s=100))
    false_rollbacks.soaked(judge, Random(1), 200.0, 0.001)
    assert judge.phase == "settled"
    random = Random(2)
    drawn = [false_rollbacks.until_failure(random, 0.0, 200.0, 0.01) for _ in range(4000)]
    mean = sum(tick.candidate.requests for tick in drawn) / len(drawn)
    assert 95 < mean < 105
    assert sum(tick.at for tick in drawn) / len(drawn) == pytest.approx(mean / 200, rel=0.02)
    assert not isinstance(judge.see(Tick(at=1e6, weight=1.0)), RollBack)
