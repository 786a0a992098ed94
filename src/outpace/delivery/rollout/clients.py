"""How much one client's requests may count: a burst of one is one story told often.

Both rules look at the past and at the client, never at the arm that a failure came from, so that what `Worse` and
`Fine` say still holds. Where a client may count less than it brought, all that it brought counts for that share
(E of a product to a power below 1 is below 1: Jensen).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

from outpace.delivery.rollout.counts import Arm, Client

ACTIVE = 60.0  # seconds within which a client is one of those that are there
FEW = 3  # with fewer there is nobody else to hear
REFILL = 60.0  # seconds until one client alone may count with one failure more, while others are there
REFILL_ALONE = 1.0  # and while hardly anybody is
FIRST = 3.0  # requests of a client that count in any case
TIMES_MEAN = 2.0  # so many times as often as the mean client
PROXIED, TOLD = 0.995, 50.0
"""A share of the requests so far, of either release, that no one or two clients have, and after how many of the
baseline's that is said: those are proxies, behind which everybody is."""
FAILING, FORGIVEN = 3.0, 20.0  # failures on the baseline that tell of the client; seconds until one is forgotten
MOST = 10_000  # clients that are told apart; those beyond share a place with others
PLACES = 1_000


class Heard(NamedTuple):
    """What counts of a look's errors and resets."""

    baseline_bad: float
    candidate_bad: float  # for Worse
    good: float  # on the candidate, for Fine
    bad: float


class _Known:
    """One client."""

    __slots__ = (
        "active",
        "failing",
        "failing_at",
        "failures",
        "first_failure",
        "on_baseline",
        "on_candidate",
        "requests",
    )

    def __init__(self) -> None:
        self.active = 0.0
        self.failures = 0.0  # that counted
        self.first_failure = -1.0
        self.requests = 0.0  # that counted
        self.on_baseline = 0.0  # as far as told
        self.on_candidate = 0.0
        self.failing = 0.0  # on the baseline, lately
        self.failing_at = 0.0


class Clients:
    """Hears each client out, up to a point."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._requests = 0.0
        self._leader: _Known | None = None  # who counted with the most failures
        self._second = 0.0
        self._on_baseline = 0.0
        self._on_candidate = 0.0
        self._most: list[_Known] = []  # the two who sent most to the baseline
        self._few = True
        self._looked = -1.0

    @property
    def count(self) -> int:
        """Clients whose requests counted for Fine."""
        return sum(known.requests > 0 for known in self._known.values())

    @property
    def failing(self) -> int:
        """Clients whose failures counted for Worse."""
        return sum(known.failures > 0 for known in self._known.values())

    @property
    def are_proxies(self) -> bool:
        """By what was told so far, whatever became of it. The baseline's are told before users are sent: where nobody
        told them, everybody is taken for a client."""
        if self._on_baseline < TOLD:
            return False
        baseline = sum(known.on_baseline for known in self._most)
        candidate = sum(known.on_candidate for known in self._most)
        return baseline >= PROXIED * self._on_baseline and candidate >= PROXIED * self._on_candidate

    def hear(self, at: float, baseline: Arm, candidate: Arm, clients: tuple[Client, ...]) -> Heard:
        """What no client is known for counts as it is."""
        base = _bad(baseline)
        bad = min(_bad(candidate), candidate.requests)
        good = candidate.requests - bad
        if not clients:
            return Heard(base, bad, good, bad)
        self._count_active(at)
        told = [(self._of(client.key), client) for client in clients]
        proxies = self.are_proxies
        parts = [(client, *((1.0, 1.0) if proxies else self._shares(at, known, client))) for known, client in told]
        # Those of one look are judged by what was before it, so that no order among them matters.
        for (known, client), (_, failures, requests) in zip(told, parts, strict=True):
            self._remember(at, known, client, failures, requests)
        return Heard(
            _thinned(base, ((c.baseline_bad, share) for c, share, _ in parts)),
            _thinned(bad, ((c.bad, share) for c, share, _ in parts)),
            _thinned(good, ((c.good, share) for c, _, share in parts)),
            _thinned(bad, ((c.bad, share) for c, _, share in parts)),
        )

    def _of(self, key: str) -> _Known:
        if key not in self._known and len(self._known) >= MOST:
            key = f"#{crc32(key.encode()) % PLACES}"  # no client's own: keys that are handed over are digests
        return self._known.setdefault(key, _Known())

    def _count_active(self, at: float) -> None:
        """Once a second: whether anybody else is there changes slowly."""
        if self._looked < 0 or at - self._looked >= 1:
            self._few = sum(known.active > at - ACTIVE for known in self._known.values() if known.active) < FEW
            self._looked = at

    def _shares(self, at: float, known: _Known, client: Client) -> tuple[float, float]:
        """Of its failures for Worse, and of its requests for Fine."""
        failures = client.bad + client.baseline_bad
        requests = client.good + client.bad
        waited = at - known.first_failure if known.first_failure >= 0 else 0.0
        allowed = 1 + self._others(known) + waited // (REFILL_ALONE if self._few else REFILL)
        for_worse = min(1.0, max(allowed - known.failures, 0.0) / failures) if failures else 1.0
        if known.failing - (at - known.failing_at) / FORGIVEN >= FAILING:
            return for_worse, 0.0  # what fails on the baseline too says nothing of the candidate
        if self._few:
            return for_worse, 1.0
        mean = self._requests / max(len(self._known), 1)
        room = max(max(FIRST, TIMES_MEAN * mean) - known.requests, 0.0)
        return for_worse, min(1.0, room / requests) if requests else 1.0

    def _others(self, known: _Known) -> float:
        """With how many failures the one of the others counted that counted with the most."""
        if self._leader is None or self._leader is known:
            return self._second
        return self._leader.failures

    def _remember(self, at: float, known: _Known, client: Client, failures: float, requests: float) -> None:
        known.active = max(at, 1e-9)
        known.on_candidate += client.good + client.bad
        self._on_candidate += client.good + client.bad
        if client.baseline_good or client.baseline_bad:
            known.on_baseline += client.baseline_good + client.baseline_bad
            self._on_baseline += client.baseline_good + client.baseline_bad
            most = self._most if known in self._most else [*self._most, known]
            self._most = sorted(most, key=lambda one: one.on_baseline, reverse=True)[: FEW - 1]
        many = failures * (client.bad + client.baseline_bad)
        if many:
            known.failures += many
            known.first_failure = at if known.first_failure < 0 else known.first_failure
            self._rank(known)
        counted = requests * (client.good + client.bad)
        known.requests += counted
        self._requests += counted
        if client.baseline_bad:
            known.failing = max(known.failing - (at - known.failing_at) / FORGIVEN, 0.0) + client.baseline_bad
            known.failing_at = at

    def _rank(self, known: _Known) -> None:
        """Failures only grow, so that two numbers tell of everybody's others."""
        if known is self._leader:
            return
        if self._leader is None or known.failures > self._leader.failures:
            self._second = self._leader.failures if self._leader else 0.0
            self._leader = known
        else:
            self._second = max(self._second, known.failures)


def _bad(arm: Arm) -> int:
    return arm.errors + arm.resets


def _thinned(whole: float, parts: Iterable[tuple[int, float]]) -> float:
    """`whole` less what its parts do not count with; parts that come to more than the whole are believed no further."""
    less = sum(count * (1 - share) for count, share in parts)
    return max(whole - less, 0.0)
