"""Slow releases on machines that are busy in bursts, and processes that halt for a moment."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from math import exp, floor, log, log10
from random import Random
from typing import NamedTuple

from outpace.delivery.rollout.counts import Arm, ArmName, Bucket, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict, sentence
from tests.fakes.rollout_traffic import made

ALONE, LOOK = 3.0, 0.1


class Machine(NamedTuple):
    """`busy`: how often it is so, and how many times as long all takes then. `halts`: of each process, a second."""

    busy: float = 0.0
    times: float = 1.0
    halts: float = 0.0


class Answers:
    """Requests to two processes on one machine, told when they end."""

    def __init__(self, seed: int, machine: Machine, *, rps: float, slow: float) -> None:
        self.random = Random(seed)
        self.machine, self.rps, self.slow = machine, rps, slow
        self.factor, self.until = 1.0, 0.0
        self.halted: dict[ArmName, float] = {"baseline": 0.0, "candidate": 0.0}
        self.under_way: list[tuple[float, ArmName, float]] = []

    def look(self, at: float, weight: float) -> Tick:
        for sent in self._sent(at - LOOK, at):
            arm: ArmName = "candidate" if self.random.random() < weight else "baseline"
            took = exp(self.random.gauss(log(8), 0.6)) * self.factor + 1000 * max(self.halted[arm] - sent, 0.0)
            if arm == "candidate" and self.random.random() < self.slow:
                took += 400
            heapq.heappush(self.under_way, (sent + took / 1000, arm, took))
        buckets: dict[ArmName, Counter[float]] = {"baseline": Counter(), "candidate": Counter()}
        while self.under_way and self.under_way[0][0] <= at:
            _, arm, took = heapq.heappop(self.under_way)
            buckets[arm][bucket_of(took)] += 1
        old, new = (
            Arm(requests=count.total(), latency=tuple(Bucket(*row) for row in sorted(count.items())))
            for count in buckets.values()
        )
        return Tick(at=at, weight=weight, baseline=old, candidate=new)

    def _sent(self, begin: float, end: float) -> Iterator[float]:
        random = self.random
        if begin >= self.until:
            busy = random.random() < self.machine.busy
            self.factor = exp(random.gauss(log(self.machine.times), 0.7)) if busy else 1.0
            self.until = end + random.expovariate(1 / 3)
        for arm in self.halted:
            if random.random() < self.machine.halts * LOOK:
                self.halted[arm] = begin + random.expovariate(1 / 0.3)
        at = begin + random.expovariate(self.rps)
        while at < end:
            yield at
            at += random.expovariate(self.rps)


def bucket_of(took: float) -> float:
    """Two digits, as Envoy's are."""
    digit = 10.0 ** (floor(log10(max(took, 0.1))) - 1)
    return (floor(took / digit) + 1) * digit


def judged(seed: int, machine: Machine, *, rps: float = 200, slow: float = 0.0) -> Verdict:
    judge, answers = Judge(made(rps, soak_s=600)), Answers(seed, machine, rps=rps, slow=slow)
    for number in range(1, round(ALONE / LOOK)):
        judge.see(answers.look(number * LOOK, 0.0))
    weight, verdict = judge.weight, None
    for number in range(round(ALONE / LOOK), 4000):
        verdict = judge.see(answers.look(number * LOOK, weight))
        if not isinstance(verdict, GoOn):
            break
        weight = verdict.weight
    assert verdict is not None
    return verdict


def test_a_release_that_is_slow_in_half_of_its_answers_is_taken_back_on_a_machine_that_is_busy_in_bursts() -> None:
    """The slowest hundredth of the old release takes longer than what is wrong with the new one."""
    for seed in range(6):
        verdict = judged(seed, Machine(busy=0.3, times=25), slow=0.5)
        assert isinstance(verdict, RollBack), sentence(verdict)
        assert verdict.metric == "slow"


def test_a_good_release_is_promoted_on_a_machine_that_is_busy_in_bursts() -> None:
    for seed in range(6):
        verdict = judged(seed, Machine(busy=0.3, times=25))
        assert isinstance(verdict, Promote), sentence(verdict)


def test_processes_that_halt_for_a_moment_as_those_of_the_old_release_do_are_not_taken_back() -> None:
    """All that wait for one are slow together: that is one story, and not ten."""
    for seed in range(6):
        verdict = judged(seed, Machine(halts=0.3))
        assert not isinstance(verdict, RollBack), sentence(verdict)


def test_what_was_slow_is_said_beside_what_the_old_release_did() -> None:
    judge = Judge(made())
    judge.see(Tick(at=1, weight=0.0, baseline=Arm(requests=200, latency=(Bucket(10.0, 200),))))
    told = ""
    while "roll back" not in told:
        old, new = Arm(requests=19, latency=(Bucket(10.0, 19),)), Arm(requests=1, latency=(Bucket(15.0, 1),))
        told = sentence(judge.see(Tick(at=judge.at + 0.1, weight=0.05, baseline=old, candidate=new)))
    assert "answers slower than the old release's slowest hundredth of" in told
    assert "answers twice as slow as the old release's slowest tenth of" in sentence(
        judged(3, Machine(busy=0.5, times=25), slow=0.5)
    )
