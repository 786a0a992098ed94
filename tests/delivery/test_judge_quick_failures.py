"""Failures that come at once and good answers that take their time, as where a pool is full: of two releases alike."""

from __future__ import annotations

from collections import deque
from random import Random
from typing import NamedTuple

import pytest

from outpace.delivery.rollout.counts import Arm, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict, sentence
from tests.fakes.rollout_traffic import arrivals, made

LOOK, RPS = 0.05, 200


class Ended(NamedTuple):
    started: int
    ended: int
    bad: int


class Pool:
    """What one release was sent; what goes well ends `after` so many seconds."""

    def __init__(self, random: Random, fails: float, after: float) -> None:
        self.random, self.fails, self.after = random, fails, after
        self.under_way: deque[tuple[float, int]] = deque()

    def look(self, at: float, came: int) -> Ended:
        bad = sum(self.random.random() < self.fails for _ in range(came))
        self.under_way.append((at + self.after, came - bad))
        good = 0
        while self.under_way and self.under_way[0][0] <= at:
            good += self.under_way.popleft()[1]
        return Ended(came, good + bad, bad)

    @property
    def waiting(self) -> int:
        return sum(many for _, many in self.under_way)


def judged(seed: int, fails: float, after: float, *, copies: bool, until: float = 30.0) -> Verdict:
    """Everything was sent to the old release before; with copies, all of it is safe and copied until users are sent."""
    random = Random(seed)
    judge = Judge(made(RPS, soak_s=600, before=("mirrored",) if copies else ()))
    old, new = Pool(random, fails, after), Pool(random, fails, after)
    for look in range(round(-after / LOOK), 0):
        old.look(look * LOOK, arrivals(random, RPS * LOOK))
    verdict: Verdict | None = None
    for look in range(1, round(until / LOOK)):
        at, weight = look * LOOK, judge.weight
        came = arrivals(random, RPS * LOOK)
        ours = sum(random.random() < weight for _ in range(came))
        theirs, copied = came - ours, copies and not weight
        base, cand = old.look(at, theirs), new.look(at, theirs if copied else ours)
        users = Arm() if copied else Arm(requests=cand.ended, errors=cand.bad)
        ticks = [
            Tick(
                at=at,
                weight=weight,
                baseline=Arm(requests=base.ended, errors=base.bad, started=base.started, waiting=old.waiting),
                candidate=Arm(requests=users.requests, errors=users.errors, started=cand.started, waiting=new.waiting),
            )
        ]
        if copied:
            both = (Arm(requests=each.ended, errors=each.bad) for each in (base, cand))
            ticks.append(Tick(at=at, weight=0.0, source="mirrored", baseline=next(both), candidate=next(both)))
        for tick in ticks:
            verdict = judge.see(tick)
            if not isinstance(verdict, GoOn):
                return verdict
    assert verdict is not None
    return verdict


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("after", [1.0, 3.0])
def test_two_releases_alike_are_not_taken_back_where_failures_are_quick(after: float, copies: bool) -> None:
    for seed in range(6):
        verdict = judged(seed, 0.05, after, copies=copies)
        assert not isinstance(verdict, RollBack), sentence(verdict)


def test_what_is_promoted_where_failures_are_quick_is_not_doubted_for_it() -> None:
    """Twice as many are sent to it at once, and half of what ends is from before."""
    judge, random = Judge(made(RPS, soak_s=600)), Random(1)
    verdict = judge.see(Tick(at=1.0, weight=0.05, baseline=Arm(requests=10**5, errors=5000)))
    while not isinstance(verdict, Promote):
        verdict = judge.see(Tick(at=judge.at + 1, weight=0.5, baseline=Arm(requests=100), candidate=Arm(requests=100)))
    pool = Pool(random, 0.05, 3.0)
    for look in range(-60, 0):
        pool.look(look * LOOK, arrivals(random, RPS * LOOK / 10))
    begun = judge.at
    for look in range(1, 400):
        seen = pool.look(look * LOOK, arrivals(random, RPS * LOOK))
        arm = Arm(requests=seen.ended, errors=seen.bad, started=seen.started, waiting=pool.waiting)
        judge.see(Tick(at=begun + look * LOOK, weight=1.0, candidate=arm))
        assert judge.phase == "promoted"
