"""Looks at two releases behind Envoy: what each answered since the last look."""

from __future__ import annotations

import hashlib
import heapq
import os
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Context, Decimal
from http.client import HTTPConnection, HTTPException
from math import ceil

from msgspec.structs import replace

from outpace.delivery.rollout.counts import (
    MOST_BUCKETS,
    MOST_CLIENTS,
    MOST_COUNTED,
    Arm,
    ArmName,
    Bucket,
    Client,
    Tick,
    Usage,
)
from outpace.engines.envoy.admin import Admin
from outpace.engines.envoy.arms_log import Answers, Begun, Counts, Told, told
from outpace.engines.envoy.counting import (
    Counted,
    CountersBeganAnew,
    Kept,
    counted,
    signal,
    used,
)
from outpace.engines.envoy.place import Place
from outpace.engines.envoy.sockets import LOOPBACK, said_of
from outpace.engines.envoy.watchdog import boot
from outpace.model.edge import Check, Signal
from outpace.model.probe import Answer, NoResponse, Response, shows
from outpace.model.release import Digest

USAGE_EVERY = 2.0
CHECK_SECONDS = 5.0
CHECK_BYTES = 1 << 20
STEPS = (1, 2, 5, 10)
TWO_DIGITS = Context(prec=2)
ARMS: tuple[ArmName, ArmName] = ("baseline", "candidate")


class Watch:
    """Implements `delivery.edge.ports.Watch`. Times count from its beginning, on a clock that nobody sets."""

    def __init__(
        self,
        place: Place,
        admin: Admin,
        arms: tuple[Digest, Digest],
        rollout: str,
        wanted: Signal | None,
    ) -> None:
        self._place = place
        self._admin = admin
        self._arms = arms
        self._wanted = wanted
        clock = time.clock_gettime(time.CLOCK_BOOTTIME)
        self._kept = _taken_up(place.counted(), rollout, clock)
        if not self._kept.arms:
            told(place.folder)
        self._before = (self._kept.arms[0], self._kept.arms[1]) if self._kept.arms else counted(admin, arms)
        self._signals = self._signalled()
        self._used_at = -USAGE_EVERY
        self._answers = Answers(), Answers()
        self._copies = Begun(), Begun()

    def _at(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self._kept.began

    def look(self, weight: float) -> tuple[Tick, ...]:
        """Raises Unreachable, and CountersBeganAnew while two releases are compared: where all users are sent to one,
        only what was not looked at yet is lost."""
        now = counted(self._admin, self._arms)
        try:
            baseline, candidate = (after.since(before) for after, before in zip(now, self._before, strict=True))
        except CountersBeganAnew:
            if weight < 1:
                raise
            baseline, candidate = now
        else:  # one that is tried again is counted so before it is
            now = tuple(
                replace(after, started=max(after.started, before.started))
                for after, before in zip(now, self._before, strict=True)
            )
        self._before = now
        at = self._at()
        # First: what is seen twice could take a release back, and what is lost cannot.
        self._place.keep_counted(replace(self._kept, at=at, arms=now))
        lines = told(self._place.folder)
        old, new = (
            answers.count(at, each.requests, each.errors, [line for line in lines if line.arm == arm])
            for answers, each, arm in zip(self._answers, (baseline, candidate), ARMS, strict=True)
        )
        clients = self._clients(lines, old, new)
        users = self._users(at, weight, _arm(baseline, old), _arm(candidate, new), clients)
        ticks = [replace(users, late_s=max(old.late_s, new.late_s))]
        copies = self._mirrored(at, weight, baseline, candidate)
        if copies.candidate.requests or (copies.baseline.requests and not weight and now[1].started):
            ticks.append(copies)
        return tuple(ticks)

    def _mirrored(self, at: float, weight: float, baseline: Counted, candidate: Counted) -> Tick:
        """What users were answered to the safe requests alone, since there are copies of no others, as soon as they
        were. Which answers were cut off is not told apart for copies: while no user is sent, all of a release's are."""
        arms = (
            (baseline.copied, baseline.copied_errors, baseline.copied_buckets, baseline.cut()),
            (candidate.mirrored, candidate.mirrored_errors, candidate.buckets, candidate.cut()),
        )
        old, new = (
            _copies(requests, errors, buckets, 0 if weight else cut, begun)
            for (requests, errors, buckets, cut), begun in zip(arms, self._copies, strict=True)
        )
        if not weight:
            new = replace(new, started=candidate.started, waiting=candidate.waiting)
        return Tick(at=at, weight=weight, source="mirrored", baseline=old, candidate=new)

    def _users(self, at: float, weight: float, old: Arm, new: Arm, clients: tuple[Client, ...]) -> Tick:
        signals, before = self._signalled(), self._signals
        self._signals = signals
        if signals and before:
            old, new = (_with_signal(*each) for each in zip((old, new), signals, before, strict=True))
        usage, is_untold = self._usage(at), self._wanted is not None and not signals
        return Tick(
            at=at, weight=weight, baseline=old, candidate=new, clients=clients, usage=usage, is_untold=is_untold
        )

    def _signalled(self) -> tuple[tuple[int, int], ...]:
        """What each arm said so far; nothing where one of them did not, since one alone is beside nothing."""
        if self._wanted is None:
            return ()
        said = [signal(self._place.of(release), self._wanted) for release in self._arms]
        found = tuple(each for each in said if each is not None)
        return found if len(found) == len(said) else ()

    def _usage(self, at: float) -> tuple[Usage, ...]:
        if at - self._used_at < USAGE_EVERY:
            return ()
        self._used_at = at
        old, new = (used(self._place.of(release)) for release in self._arms)
        return (
            Usage(arm="baseline", rss_bytes=old[0], descriptors=old[1]),
            Usage(arm="candidate", rss_bytes=new[0], descriptors=new[1]),
        )

    def _clients(self, lines: Sequence[Told], baseline: Counts, candidate: Counts) -> tuple[Client, ...]:
        """By keys that say nothing of who they are, and are others in every rollout. Of more than a look may tell of,
        those with the most failures, then the most answers: those of the others are in their release's counts, and
        count there as they are."""
        good = Counter(line.client for line in lines if line.arm == "candidate" and line.end == "good")
        before = Counter(line.client for line in lines if line.is_watched and line.end == "good")
        bad, baseline_bad = Counter(candidate.failing), Counter(baseline.failing)
        failed, answered = bad + baseline_bad, good + before
        most = heapq.nlargest(MOST_CLIENTS, failed | answered, lambda each: (failed[each], answered[each]))
        return tuple(
            Client(
                key=hashlib.blake2b(each.encode(), key=self._kept.salt, digest_size=8).hexdigest(),
                good=good[each],
                bad=bad[each],
                baseline_bad=baseline_bad[each],
                baseline_good=before[each],
            )
            for each in sorted(most)
        )

    def check(self, checks: Sequence[Check]) -> tuple[Tick, tuple[str, ...]]:
        failed: list[str] = []
        sent = errors = resets = 0
        for instance in self._place.of(self._arms[1]):
            for check in checks:
                answer = asked(instance.port, check)
                sent += 1
                if isinstance(answer, NoResponse):
                    resets += 1
                    failed.append(f"the check {check.name}: {answer.why}")
                elif not shows(check.success, answer):
                    errors += 1
                    failed.append(f"the check {check.name} was answered {answer.status}, and not as declared")
        at = self._at()
        arm = Arm(requests=sent, errors=errors, resets=resets)
        return Tick(at=at, weight=0.0, source="checks", candidate=arm), tuple(dict.fromkeys(failed))


def _taken_up(kept: Kept | None, rollout: str, clock: float) -> Kept:
    """Time goes on where it stopped when the machine was started anew; what Envoy counted before is gone."""
    if kept is None or kept.rollout != rollout:
        return Kept(rollout=rollout, boot=boot(), began=clock, salt=os.urandom(16))
    if kept.boot == boot():
        return kept
    return replace(kept, boot=boot(), began=clock - kept.at, arms=(Counted(), Counted()))


def _arm(of: Counted, ended: Counts) -> Arm:
    return Arm(
        requests=ended.good + ended.errors + ended.resets,
        errors=ended.errors,
        resets=ended.resets,
        started=of.started,
        waiting=of.waiting,
        is_down=of.is_down,
        latency=_latency(of.buckets),
    )


def _copies(requests: int, errors: int, buckets: Sequence[tuple[float, int]], cut: int, begun: Begun) -> Arm:
    good = begun.whole(max(requests - errors, 0), cut)
    return Arm(requests=good + errors + cut, errors=errors, resets=cut, latency=_latency(buckets))


def _latency(buckets: Sequence[tuple[float, int]]) -> tuple[Bucket, ...]:
    """Envoy's own, whose bounds have two digits; where these are too many, those of fewer second digits together."""
    found: Counter[float] = Counter()
    for step in STEPS:
        found = Counter()
        for upper, count in buckets:
            found[_rounded_up(upper, step)] += count
        if len(found) <= MOST_BUCKETS:
            break
    return tuple(Bucket(upper=upper, count=count) for upper, count in found.items())


def _rounded_up(upper: float, step: int) -> float:
    """To so many in the second digit."""
    if step == 1 or upper <= 0:
        return upper
    digits = Decimal(upper).normalize(TWO_DIGITS)
    return float(Decimal(ceil(digits.scaleb(1 - digits.adjusted()) / step) * step).scaleb(digits.adjusted() - 1))


def _with_signal(arm: Arm, after: tuple[int, int], before: tuple[int, int]) -> Arm:
    """Counters that begin anew, with their process, count from there."""
    bad, total = (max(new - old, 0) for new, old in zip(after, before, strict=True))
    total = min(total, MOST_COUNTED)
    return replace(arm, signal_bad=min(bad, total), signal_total=total)


def asked(port: int, check: Check) -> Answer:
    """Straight from the process at the port."""
    request = check.request
    connection = HTTPConnection(LOOPBACK, port, timeout=CHECK_SECONDS)
    try:
        connection.request(request.method.upper(), request.path, request.body.encode() or None, dict(request.headers))
        response = connection.getresponse()
        return Response(status=response.status, body=response.read(CHECK_BYTES))
    except (OSError, HTTPException, ValueError) as error:
        return NoResponse(f"not answered ({said_of(error)})")
    finally:
        connection.close()
