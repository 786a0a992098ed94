"""Traffic of a rollout, drawn: two arms that fail as often as they are told to, and clients, many or few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from outpace.delivery.rollout.budget import Budget, budget
from outpace.delivery.rollout.counts import Arm, Bucket, Client, Source, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict
from outpace.model.edge import Risk

Fails = Callable[[str, str, float], float]  # client, arm, time -> probability


class Ended(NamedTuple):
    verdict: Verdict
    at: float
    bad: int  # of users, on the candidate
    weights: tuple[float, ...]
    promoted_at: float | None


class Traffic:
    """`clients`: requests a second of each, by name; unnamed ones are not told apart."""

    def __init__(self, seed: int, fails: Fails, clients: dict[str, float], *, look: float = 0.25) -> None:
        self.random = Random(seed)
        self.fails = fails
        self.clients = clients
        self.look = look
        self.slow: Fails = lambda _client, _arm, _at: 0.005
        self.sticky: dict[str, str] = {}  # clients that always reach the same arm

    def tick(self, at: float, weight: float, source: Source = "users") -> Tick:
        requests: Counter[str] = Counter()
        bad: Counter[str] = Counter()
        slow: Counter[str] = Counter()
        told: list[Client] = []
        for name, rps in self.clients.items():
            own: Counter[str] = Counter()
            for _ in range(arrivals(self.random, rps * self.look)):
                arm = self.sticky.get(name) or ("candidate" if self.random.random() < weight else "baseline")
                wrong = self.random.random() < self.fails(name, arm, at)
                own[f"{arm} {'bad' if wrong else 'good'}"] += 1
                requests[arm] += 1
                bad[arm] += wrong
                slow[arm] += self.random.random() < self.slow(name, arm, at)
            shown = {"good": own["candidate good"], "bad": own["candidate bad"], "baseline_bad": own["baseline bad"]}
            if name and any(shown.values()):
                told.append(Client(key=name, **shown))
        arms = {
            arm: Arm(
                requests=requests[arm],
                errors=bad[arm],
                latency=(Bucket(10.0, requests[arm] - slow[arm]), Bucket(100.0, slow[arm])),
            )
            for arm in ("baseline", "candidate")
        }
        return Tick(
            at=at,
            weight=weight,
            source=source,
            baseline=arms["baseline"],
            candidate=arms["candidate"],
            clients=tuple(told),
        )


def run(judge: Judge, traffic: Traffic, *, until: float, further: Callable[[float], list[Tick]] | None = None) -> Ended:
    """Until it is taken back or settled, or time is up. `further`: looks at other sources."""
    weight, at, bad, promoted = judge.weight, 0.0, 0, None
    weights, verdict = [weight], None
    while at < until:
        at += traffic.look
        ticks = [*(further(at) if further and judge.phase == "before" else ()), traffic.tick(at, weight)]
        for tick in ticks:
            verdict = judge.see(tick)
            bad += tick.candidate.errors if tick.source == "users" else 0
            match verdict:
                case RollBack():
                    return Ended(verdict, at, bad, tuple(weights), promoted)
                case Promote(evidence=evidence) if evidence.phase == "settled":
                    return Ended(verdict, at, bad, tuple(weights), promoted)
                case Promote():
                    promoted, weight = at, 1.0
                case GoOn(weight=weight):
                    pass
        if weight != weights[-1]:
            weights.append(weight)
    assert verdict is not None
    return Ended(verdict, at, bad, tuple(weights), promoted)


def arrivals(random: Random, mean: float) -> int:
    """Poisson's."""
    count, left = 0, random.expovariate(1.0)
    while left < mean:
        count += 1
        left += random.expovariate(1.0)
    return count


def crowd(clients: int, rps: float) -> dict[str, float]:
    return {f"c{number}": rps / clients for number in range(clients)}


def made(rps: float = 200, soak_s: float = 0, before: tuple[Source, ...] = (), **more: float) -> Budget:
    return budget(Risk(), urgency="known", rps=rps, soak_s=soak_s, before=before, **more)


def failing(candidate: float, baseline: float = 0.001) -> Fails:
    return lambda _client, arm, _at: candidate if arm == "candidate" else baseline
