"""What one look at a rollout saw: counts since the last look, of each arm, client and process."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import replace

MOST_COUNTED = 10**12
MOST_CLIENTS, MOST_BUCKETS = 10_000, 200
"""In one look, and of one arm in it."""

Count: TypeAlias = Annotated[int, Meta(ge=0, le=MOST_COUNTED)]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=10**9)]
Milliseconds: TypeAlias = Annotated[float, Meta(ge=0, le=10**12)]
Key: TypeAlias = Annotated[str, Meta(max_length=64)]
Source: TypeAlias = Literal["users", "mirrored", "replayed", "checks"]
ArmName: TypeAlias = Literal["baseline", "candidate"]


class Bucket(Struct, frozen=True, array_like=True):
    """Answers that took longer than the bucket before and `upper` milliseconds at most; never cumulated."""

    upper: Milliseconds
    count: Count


class Arm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One release's share of a look. What is counted is complete: a request counts when its answer began, and where it
    got none, when it ended.

    `errors` are answers of 5xx, `resets` are requests that got no answer or half of one, or whose client gave up; one
    request is one or the other. `latency` has the same bounds on both arms. `is_down`: none of its processes is
    healthy.

    `started` were sent to it, each once however often it was tried; `waiting` are under way at the moment, which is
    until their answers end, streams among them. So what is sent and not answered is all that was ever started less all
    that was ever counted. Of a look at users both are of all that the release gets: of the candidate that is copies,
    until the first user is sent, and for as long as these take after that. Of a look at copies they are told for the
    candidate, while no user is sent.
    """

    requests: Count = 0
    started: Count = 0
    errors: Count = 0
    resets: Count = 0
    waiting: Count = 0
    is_down: bool = False
    signal_bad: Count = 0
    signal_total: Count = 0
    latency: Annotated[tuple[Bucket, ...], Meta(max_length=MOST_BUCKETS)] = ()


class Client(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Errors and resets of one client within a look; `key` is opaque, and says nothing of who it is."""

    key: Key
    good: Count = 0  # on the candidate
    bad: Count = 0  # on the candidate
    baseline_bad: Count = 0
    baseline_good: Count = 0  # as far as told: while no user is sent to the candidate


class Usage(Struct, frozen=True, kw_only=True):
    """What the processes of one release hold, summed."""

    arm: ArmName
    rss_bytes: Count
    descriptors: Count


class Tick(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look. `at` counts from the beginning of the rollout on a clock that never goes back; `weight` is the share of
    users' requests that went to the candidate meanwhile. `mirrored` has on the baseline what users were answered, and
    on the candidate what became of the copies; `replayed` has both; `checks` may have the candidate alone. `is_untold`:
    a `signal` is declared, and one of the two did not tell it. `late_s`: how long the longest of
    those was under way that failed in this look, or in one a moment ago, as far as told.
    """

    at: Seconds
    weight: Annotated[float, Meta(ge=0, le=1)]
    source: Source = "users"
    baseline: Arm = Arm()
    candidate: Arm = Arm()
    clients: Annotated[tuple[Client, ...], Meta(max_length=MOST_CLIENTS)] = ()
    usage: Annotated[tuple[Usage, ...], Meta(max_length=10)] = ()
    is_untold: bool = False
    late_s: Seconds = 0.0


def whole(arm: Arm) -> Arm:
    """With requests that are at least those that went wrong, where what was reset is not counted as a request; and
    without latencies where there was no request: a proxy may count those of mirrored ones with users'."""
    requests = max(arm.requests, arm.errors + arm.resets)
    return replace(arm, requests=requests, latency=arm.latency if requests else ())


def slower(arm: Arm, bound: float) -> int:
    """How many took longer than `bound` milliseconds: those of the buckets above it."""
    return sum(bucket.count for bucket in arm.latency if bucket.upper > bound)


def slowest_s(arm: Arm) -> float:
    """Seconds that the slowest of its answers took at most."""
    return max((bucket.upper for bucket in arm.latency if bucket.count), default=0.0) / 1000


def timed(arm: Arm) -> int:
    return sum(bucket.count for bucket in arm.latency)
