"""A site whose requests take their time, drawn: what is not answered yet, what clients give up, and streams."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from math import inf
from random import Random
from typing import NamedTuple

from outpace.delivery.rollout.counts import Arm, Bucket, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import Promote, RollBack, Verdict
from tests.fakes.rollout_traffic import arrivals

Takes = Callable[[str, float, Random], float]
"""Arm, seconds since it was promoted (negative: before), chance -> seconds until it is answered."""
UPPERS = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 600.0)
LOOK = 0.1
LONGEST = 3000.0  # until it is promoted


class Under(NamedTuple):
    """One request under way. A stream has its answer, and goes on."""

    began: float
    answered: float
    ends: float


class Seen(NamedTuple):
    verdict: Verdict
    doubts: tuple[float, ...]  # seconds since it was promoted
    ended: float  # seconds since it was promoted
    bad: int  # that were given up or wait at the end, on the candidate, since it was promoted


class Site:
    def __init__(self, seed: int, rps: float, takes: Takes, *, patience: float = inf) -> None:
        self.random = Random(seed)
        self.rate: Callable[[float], float] = lambda _since: rps
        self.takes = takes
        self.patience = patience
        self.streams: Callable[[float], float] = lambda _since: 0.0  # share of requests that become one
        self.life = 60.0
        self.under: dict[str, list[Under]] = {"baseline": [], "candidate": []}
        self.given_up = 0
        self.late_s = 0.0  # how long the longest of those was under way that were given up in this look

    def look(self, at: float, since: float, weight: float) -> Tick:
        arms: dict[str, Arm] = {}
        self.late_s = 0.0
        came = arrivals(self.random, self.rate(since) * LOOK)
        ours = sum(self.random.random() < weight for _ in range(came))
        for name, many in (("baseline", came - ours), ("candidate", ours)):
            fresh = [self._begun(name, at - LOOK * self.random.random(), since) for _ in range(many)]
            arms[name] = self._arm(name, at, fresh)
        old, new = arms["baseline"], arms["candidate"]
        return Tick(at=at, weight=weight, baseline=old, candidate=new, late_s=self.late_s)

    def _begun(self, arm: str, at: float, since: float) -> Under:
        if self.random.random() < self.streams(since):
            return Under(at, at, at + self.random.expovariate(1 / self.life))
        answered = at + self.takes(arm, since, self.random)
        return Under(at, answered, min(answered, at + self.patience))

    def _arm(self, name: str, at: float, fresh: list[Under]) -> Arm:
        answered = resets = 0
        times: list[float] = []
        still: list[Under] = []
        for one in (*self.under[name], *fresh):
            answered += at - LOOK < one.answered <= min(at, one.ends) or (one in fresh and one.answered <= at - LOOK)
            if one.ends > at:
                still.append(one)
            elif one.answered > one.ends:
                resets += 1
                self.late_s = max(self.late_s, one.ends - one.began)
            else:
                times.append(one.ends - one.began)
        self.under[name] = still
        self.given_up += resets if name == "candidate" else 0
        return Arm(
            requests=answered + resets,
            resets=resets,
            started=len(fresh),
            waiting=len(still),
            latency=tuple(
                Bucket(1000 * high, many)
                for low, high in zip((0.0, *UPPERS), UPPERS, strict=False)
                if (many := sum(low <= time < high for time in times))
            ),
        )


def judged(judge: Judge, site: Site, seconds: float) -> Seen:
    """So long after it was promoted, or until nothing changes any more."""
    promoted: float | None = None
    began, doubts, phase = 0, [], judge.phase
    for number in count(1):
        at = number * LOOK
        since = -1.0 if promoted is None else at - promoted
        verdict = judge.see(site.look(at, since, judge.weight))
        if isinstance(verdict, Promote) and promoted is None:
            promoted, began = at, site.given_up
        if judge.phase == "doubted" != phase:
            doubts.append(round(since, 1))
        phase = judge.phase
        if isinstance(verdict, RollBack) or judge.phase == "settled" or since > seconds:
            waits = sum(one.answered > at for one in site.under["candidate"])
            return Seen(verdict, tuple(doubts), round(at - (promoted or 0.0), 1), site.given_up - began + waits)
        assert promoted is not None or at < LONGEST, verdict
    raise AssertionError
