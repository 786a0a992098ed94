"""One metric on the scales: the candidate beside the baseline, and against the tolerated rate."""

from __future__ import annotations

from collections import deque
from itertools import takewhile
from math import log
from typing import NamedTuple

from outpace.delivery.rollout.budget import ALLOWED, Budget
from outpace.delivery.rollout.counts import Arm
from outpace.delivery.rollout.verdicts import Certain, Compared, Metric, Tail
from outpace.statistics.e_processes import Above, Fine, Worse
from outpace.statistics.intervals import proportion
from outpace.statistics.quantiles import RunningQuantile

MOST_TOLERATED = 0.5
SURE_DOUBT = log(100)
"""E of `Above` that makes one doubt a promoted release. Doubt takes nothing back, it compares."""
MOST_RATIO = 1000.0


class Slow(NamedTuple):
    """What is slow: longer than so many times what all but `share` of the baseline's answers took."""

    share: float
    times: float
    tolerated: float  # of the candidate's answers, on top of the baseline's
    half_life: float  # of the baseline's answers: a busy machine is so in bursts


TAILS: dict[Tail, Slow] = {
    "hundredth": Slow(0.01, 1.0, 0.05, 2000.0),
    "tenth": Slow(0.1, 2.0, 0.1, 200.0),
}
"""The second is for a machine so busy that its slowest hundredth takes as long as what is wrong with a release."""
TIMED = 100
"""Answers of the baseline that tell them."""
HALT = 0.5
"""Seconds for which one slow answer of the candidate stands, and nothing else is compared: a process that halts makes
all slow that wait for it, and that is one story."""


WARM, LASTING = 300, 0.8
"""Answers before which nothing is taken back for being slow, and how much of its share of slow ones a slow release
keeps from their first half to the second: a cache that fills makes fewer and fewer of them slow."""
LATELY = 2000.0
"""Requests after which older ones weigh half as much: how often a release failed last, not ever."""
CHUNKS = 32
LATE, UNTOLD, LATEST = 5.0, 30.0, 3600.0
"""Seconds for which what ends now may have been under way: in any case; where nobody tells how long; and at most."""


class Bounds:
    """From which time on an answer is slow."""

    def __init__(self) -> None:
        self._quantiles: dict[Tail, RunningQuantile] = {
            tail: RunningQuantile(1 - slow.share, TIMED, slow.half_life) for tail, slow in TAILS.items()
        }

    @property
    def count(self) -> int:
        return self._quantiles["hundredth"].count

    def add(self, baseline: Arm) -> None:
        for quantile in self._quantiles.values():
            quantile.add((bucket.upper, bucket.count) for bucket in baseline.latency)

    def now(self) -> dict[Tail, float]:
        """In milliseconds; nothing while too few were timed."""
        found: dict[Tail, float] = {}
        for tail, quantile in self._quantiles.items():
            bound = quantile.bound()
            if bound is not None:
                found[tail] = TAILS[tail].times * bound
        return found


class Lately:
    """Requests, of which the last ones weigh most."""

    def __init__(self) -> None:
        self.requests, self.bad = 0.0, 0.0

    def add(self, requests: float, bad: float) -> None:
        fading = 0.5 ** (requests / LATELY)
        self.requests, self.bad = self.requests * fading + requests, self.bad * fading + bad

    @property
    def counts(self) -> tuple[float, float]:
        return self.requests, self.bad

    @property
    def most(self) -> float:
        """The upper bound of how often they fail."""
        return proportion(min(self.bad, self.requests), self.requests).high or 0.0


class Share:
    """Of answers that are slow, over halves of all that there were."""

    def __init__(self) -> None:
        self._chunks: list[tuple[int, float]] = []
        self._open = (0, 0.0)
        self._size = WARM // CHUNKS

    def add(self, requests: int, bad: float) -> None:
        self._open = _sum([self._open, (requests, bad)])
        if self._open[0] >= self._size:
            self._chunks.append(self._open)
            self._open = (0, 0.0)
        if len(self._chunks) > CHUNKS:
            self._chunks = [_sum(self._chunks[place : place + 2]) for place in range(0, len(self._chunks), 2)]
            self._size *= 2

    @property
    def is_lasting(self) -> bool:
        half = len(self._chunks) // 2
        old, new = _sum(self._chunks[:half]), _sum(self._chunks[half:])
        return old[0] + new[0] >= WARM and new[1] * old[0] >= LASTING * old[1] * new[0]


def _sum(counts: list[tuple[int, float]]) -> tuple[int, float]:
    return sum(requests for requests, _ in counts), sum(bad for _, bad in counts)


class Sent:
    """At what weight users' requests that end now may have been sent to the candidate."""

    def __init__(self) -> None:
        self._weights: deque[tuple[float, float]] = deque()  # each with when it was last seen

    def see(self, weight: float, at: float) -> None:
        if self._weights and self._weights[-1][0] == weight:
            self._weights.pop()
        elif self._weights:
            self._weights[-1] = self._weights[-1][0], at
        self._weights.append((weight, at))
        while self._weights[0][1] < at - LATEST:
            self._weights.popleft()

    def weight(self, late_s: float) -> float:
        """The largest since the first of them was sent, so many seconds ago. Once some are sent to both again, it says
        nothing that all were sent to it."""
        if not self._weights:
            return 0.0
        now, at = self._weights[-1]
        since = at - max(LATE, late_s)
        recent = takewhile(lambda each: each[1] >= since, reversed(self._weights))
        return max(each for each, _ in recent if each < 1 or now == 1)


class Arrived:
    """Requests of both that ended while the weight was what it is."""

    def __init__(self) -> None:
        self._weight = 0.0
        self._baseline = self._candidate = 0

    def add(self, weight: float, baseline: int, candidate: int) -> None:
        if weight != self._weight:
            self._weight, self._baseline, self._candidate = weight, 0, 0
        self._baseline += baseline
        self._candidate += candidate

    def ratio(self, waiting: int) -> float:
        """How many of the baseline come with one of the candidate, with those that wait there."""
        sent = self._candidate + waiting
        return min(self._baseline / sent, MOST_RATIO) if sent else 0.0

    def ratio_by(self, chance: float, trust: int) -> float:
        """What chance makes of it, which is trusted as if so many had come so; less where more came than that."""
        by_chance = min(1 / chance - 1, MOST_RATIO) if chance else 0.0
        sent = self._candidate + trust
        return min(by_chance, (self._baseline + trust * by_chance) / sent) if sent else by_chance


class Beside:
    """A metric of the candidate beside the baseline's, over all sources of requests."""

    def __init__(self, metric: Metric, budget: Budget, tail: Tail | None = None) -> None:
        self.metric: Metric = metric
        self.tail: Tail | None = tail
        self.threshold = log((1 if tail is None else len(TAILS)) / budget.alpha_of(metric))
        self.worse = Worse(ALLOWED[metric])
        self.baseline, self.candidate = 0, 0
        self.baseline_bad, self.candidate_bad = 0.0, 0.0
        self._slow_at = -HALT
        self._share = Share()

    @property
    def reached(self) -> bool:
        return self.worse.log_e >= self.threshold and (self.tail is None or self._share.is_lasting)

    def add(self, at: float, baseline: tuple[int, float], candidate: tuple[int, float], ratio: float) -> None:
        """Requests that ended and bad events of each. `ratio`: how many were sent to the baseline for one that was sent
        to the candidate. What ended says nothing of that: what fails may fail sooner than what goes well."""
        self.baseline += baseline[0]
        self.baseline_bad += baseline[1]
        self.candidate += candidate[0]
        self.candidate_bad += candidate[1]
        bad = candidate[1]
        if self.tail is not None:
            self._share.add(*candidate)
            if at - self._slow_at < HALT:
                return
            if bad:
                self._slow_at, bad = at, 1.0
        self.worse.add(ratio, baseline[1], 1.0, bad)

    def told(self) -> Compared:
        return Compared(
            metric=self.metric,
            baseline_requests=self.baseline,
            baseline_bad=self.baseline_bad,
            candidate_requests=self.candidate,
            candidate_bad=self.candidate_bad,
            log_e=self.worse.log_e,
            log_threshold=self.threshold,
            tail=self.tail,
        )


class Against:
    """A metric of the candidate against a tolerated rate, on top of what the baseline shows as well."""

    def __init__(self, tolerated: float, beta: float, tail: Tail | None = None) -> None:
        self.tolerated = tolerated
        self.tail: Tail | None = tail
        self.threshold = log(1 / beta)
        self.fine = Fine()
        self.good, self.bad = 0.0, 0.0

    def add(self, good: float, bad: float, baseline: tuple[float, float]) -> None:
        """`baseline`: its requests and bad events before this look."""
        self.good += good
        self.bad += bad
        self.fine.add(good, bad, self.limit(baseline))

    def limit(self, baseline: tuple[float, float]) -> float:
        """The tolerated rate, on top of what the baseline fails at in any case (the lower bound of its interval)."""
        requests, bad = baseline
        low = proportion(min(bad, requests), requests).low if bad else 0.0
        return min(self.tolerated + (low or 0.0), MOST_TOLERATED)

    def missing(self, baseline: tuple[float, float]) -> float:
        rate = self.bad / (self.good + self.bad) if self.bad else 0.0
        return self.fine.missing(self.threshold, self.limit(baseline), rate)

    def told(self, metric: Metric, baseline: tuple[int, float]) -> Certain:
        assert metric in ("errors", "slow", "signal")
        return Certain(
            metric=metric,
            requests=self.good + self.bad,
            bad=self.bad,
            tolerated=self.limit(baseline),
            log_e=self.fine.log_e,
            log_threshold=self.threshold,
            tail=self.tail,
        )


class Alone:
    """A metric of a candidate that nothing runs beside, against the upper bound of what the baseline showed last."""

    def __init__(self, tolerated: float, allowed: float, baseline: Lately) -> None:
        self._tolerated, self._allowed = tolerated, allowed
        self._own = Lately()
        self.limit = self._limit(baseline)
        self.above = Above()

    def _limit(self, lately: Lately) -> float:
        return min(max(self._tolerated, self._allowed * lately.most), MOST_TOLERATED)

    @property
    def doubtful(self) -> bool:
        return self.above.log_e >= SURE_DOUBT

    def add(self, good: float, bad: float) -> None:
        """If the baseline last showed an outage, that says nothing any more where the candidate fails half as often."""
        self.above.add(good, bad, self.limit)
        self._own.add(good + bad, bad)
        own = self._limit(self._own)
        self.limit = own if own <= self.limit / 2 else self.limit
