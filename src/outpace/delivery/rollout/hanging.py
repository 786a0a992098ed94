"""Requests that hang: how many a release has not answered, for how long, and what that comes to beside another.

Envoy tells how many are under way, streams among them, which are answered and go on. How many are not answered follows
from how many were started and ended. Which ones these are does not: that so many have waited for `OLD` seconds is a
lower bound, by those started since then, less those of them that are known to be answered, by how long they took.
"""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import NamedTuple

from msgspec.structs import replace

from outpace.delivery.rollout.counts import Arm, Tick
from outpace.delivery.rollout.scales import UNTOLD, Sent

OLD = 10.0
"""Seconds after which a request that is not answered is told of as one that hangs."""
STALLED, MANY_STARTED = 3.0, 10
"""So long nothing was answered, while so many were started: a promoted release is doubted."""
COPIES = 30.0
"""Seconds after which copies of requests that are not answered are failures."""
LATELY = 500.0
"""Requests after which older ones weigh half as much, where it is asked for what a release is doubted."""
LEAST_SHARE = 0.01
MANY_WAIT, MANY_TIMES = 5, 3.0
"""Requests that wait and mean nothing, and how many times as many may be as were usual before it was promoted."""


def beside(weight: float) -> float:
    """Requests that the candidate gets for one of the baseline's."""
    return weight / max(1 - weight, LEAST_SHARE)


def hung(tick: Tick) -> str:
    """Why the candidate is not promoted now: more requests to it are under way than its share of the baseline's
    explains. They end in an answer, in a client that gives up, which counts, or in nothing, and then it waits. Before
    users, it gets as many as the baseline."""
    usual = MANY_TIMES * tick.baseline.waiting * (beside(tick.weight) if tick.weight else 1.0)
    waiting = tick.candidate.waiting
    return f"{waiting} requests to it are not answered yet" if waiting > MANY_WAIT + usual else ""


class _Looked(NamedTuple):
    before: float  # when the look before was
    at: float
    arm: Arm


class Unanswered:
    """Of one release. What was under way at the first look is taken for unanswered."""

    def __init__(self) -> None:
        self.now = -1
        self._at = 0.0
        self._looks: deque[_Looked] = deque()

    def see(self, at: float, arm: Arm) -> None:
        wait = arm.waiting if self.now < 0 else self.now + arm.started - arm.requests
        self.now = min(max(wait, 0), arm.waiting)
        self._looks.append(_Looked(self._at, at, arm))
        self._at = at
        while self._looks[0].at <= at - OLD:
            self._looks.popleft()

    def copies_answered(self, count: int) -> None:
        self.now = max(self.now - count, 0)

    @property
    def old(self) -> int:
        """At least so many have waited for `OLD` seconds."""
        if self.now <= 0:
            return 0
        since = self._at - OLD
        recent = sum(look.arm.started - _quick(look, since) for look in self._looks)
        return max(self.now - max(recent, 0), 0)


def _quick(look: _Looked, since: float) -> int:
    """Answers to requests that were started after `since`."""
    return sum(bucket.count for bucket in look.arm.latency if look.before - bucket.upper / 1000 >= since)


class _Stall:
    """Since when requests are started and none is answered."""

    def __init__(self) -> None:
        self._started = 0
        self._since = 0.0

    def see(self, at: float, *arms: Arm) -> None:
        if any(arm.requests > arm.resets for arm in arms):
            self._started = 0
        began = sum(arm.started for arm in arms)
        if began and not self._started:
            self._since = at
        self._started += began

    def seconds(self, at: float, unanswered: int) -> float:
        return at - self._since if min(self._started, unanswered) >= MANY_STARTED else 0.0


class _Book:
    """What went wrong with the requests of one release since both are compared again: what ended so, and what hangs.

    `excused`: so many may be from before, at a share that was not theirs: the first ones are not counted.
    """

    def __init__(self, excused: int) -> None:
        self.excused = excused
        self._ended = self._told = 0

    def settle(self, arm: Arm, old: int) -> Arm:
        """With what hangs as resets, once each, however it ends later."""
        ended = arm.errors + arm.resets
        self._ended += ended
        fresh = max(self._ended + old - self.excused - self._told, 0)
        self._told += fresh
        errors = min(arm.errors, fresh)
        resets = fresh - errors
        return replace(arm, requests=arm.requests - ended + fresh, errors=errors, resets=resets)


class Hanging:
    """Of both releases."""

    def __init__(self) -> None:
        self.baseline, self.candidate = Unanswered(), Unanswered()
        self._alone, self._together = _Stall(), _Stall()
        self._at = 0.0
        self._usual_wait = self._usual_old = 0
        self._usual_stall = 0.0
        self._books: tuple[_Book, _Book] | None = None
        self._first: _Book | None = None
        self._copies = 0  # that were under way when the first user was sent
        self.hung = ""
        self._hung_since: float | None = None
        self._waiting = 0
        self._old_since: float | None = None
        self._errors = self._resets = 0.0  # of the candidate lately, while it has all users
        self._hangs = False  # it was doubted for what hangs, or is given up
        self._sent = Sent()

    def see(self, tick: Tick, at: float, *, shared: bool) -> None:
        """`shared`: users are sent to both, and it was not doubted: what is seen is usual."""
        if tick.source == "mirrored":
            self.candidate.copies_answered(tick.candidate.requests)
        if tick.source != "users":
            return
        self._at = at
        self.hung, self._waiting = hung(tick), tick.candidate.waiting
        if not self.hung or tick.weight:
            self._hung_since = None
        elif self._hung_since is None:
            self._hung_since = at
        if tick.weight < 1:
            self._errors = self._resets = 0.0
        fading = 0.5 ** (tick.candidate.requests / LATELY)
        self._errors = self._errors * fading + tick.candidate.errors
        self._resets = self._resets * fading + tick.candidate.resets
        self.baseline.see(at, tick.baseline)
        self.candidate.see(at, tick.candidate)
        self._alone.see(at, tick.candidate)
        self._together.see(at, tick.baseline, tick.candidate)
        if shared:
            wait = self.baseline.now + self.candidate.now
            self._usual_wait = max(self._usual_wait, wait)
            self._usual_old = max(self._usual_old, self.baseline.old + self.candidate.old)
            self._usual_stall = max(self._usual_stall, self._together.seconds(at, wait))

    def hung_copies(self, at: float) -> int:
        """A copy has no client that gives up: what is not answered for so long never is. What it copies was answered,
        or it would wait at the baseline too."""
        if self._hung_since is None or at - self._hung_since < COPIES:
            return 0
        self._hung_since = at
        return self._waiting

    @property
    def why(self) -> str:
        """Why a release that all users are sent to is doubted; empty: nothing hangs that did not before."""
        stalled = self._alone.seconds(self._at, self.candidate.now)
        if stalled >= max(STALLED, 2 * self._usual_stall):
            return f"none of {self.candidate.now} requests to it was answered for {stalled:.0f} s"
        old = self.candidate.old
        if old > MANY_WAIT + MANY_TIMES * self._usual_old:
            return f"{old} requests to it are not answered for {OLD:.0f} s"
        return ""

    @property
    def is_unsure(self) -> bool:
        """More wait than before it was promoted, and it is not known for how long."""
        return self.candidate.now > MANY_WAIT + MANY_TIMES * self._usual_wait

    def begin_users(self, *, alone: bool) -> None:
        """`alone`: until now all were sent to it, and what waits there is from then."""
        self._first = _Book(self.candidate.now) if alone else None
        self._copies = 0

    def settle_first(self, tick: Tick) -> Tick:
        """While users are sent to a new release: with what hangs there as resets, beyond its share of what waits at the
        old one: how long that has waited is not known."""
        if self._first is None:
            self._first, self._copies = _Book(0), self.candidate.now
        if not self.candidate.old:
            self._old_since = None
        elif self._old_since is None:
            self._old_since = self._at
        late = 0.0 if self._old_since is None else self._at - self._old_since + OLD
        self._sent.see(tick.weight, self._at)
        share = beside(self._sent.weight(max(late, UNTOLD)))
        usual = self._copies + ceil(MANY_TIMES * share * self.baseline.now)
        hangs = max(self.candidate.old - usual, 0)
        return replace(tick, candidate=self._first.settle(tick.candidate, hangs))

    def begin_doubt(self) -> None:
        """What waits when the two are first compared may be from before."""
        self._books = None
        self._hangs = bool(self.why) or self._resets > self._errors

    def settle(self, tick: Tick) -> Tick:
        """With what hangs, of either. Which of those that end so are excused nobody can say, nor so of which kind the
        others are: all that goes wrong with either is taken for that for which it was doubted."""
        if self._books is None:
            self._books = _Book(self.baseline.old), _Book(self.candidate.now)
        baseline, candidate = self._books
        baseline.excused = min(baseline.excused, self.baseline.old)
        return replace(
            tick,
            baseline=self._alike(baseline.settle(tick.baseline, self.baseline.old)),
            candidate=self._alike(candidate.settle(tick.candidate, self.candidate.old)),
        )

    def _alike(self, arm: Arm) -> Arm:
        wrong = arm.errors + arm.resets
        return replace(arm, errors=0 if self._hangs else wrong, resets=wrong if self._hangs else 0)
