"""What a rollout is asked for, how it may end, and who judges it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

from outpace.delivery.edge.standing import Good, Program, Rollout
from outpace.delivery.rollout.counts import Arm, Source, Tick
from outpace.delivery.rollout.verdicts import GoOn, Verdict
from outpace.model.edge import Check
from outpace.model.release import Digest

MIGRATION_SECONDS = 600.0
LEAST_RPS = 0.01
"""Requests a second that stand for none."""
QUIET_EVERY, QUIET_LESS, QUIET_LEAST = 1.0, 60.0, 60.0
"""Seconds between two looks that saw nothing: a sixtieth of the time since something was seen, within bounds."""
TELL_EVERY = 15.0
NOBODY = Arm()


class Candidate(Struct, frozen=True, kw_only=True):
    """A release that is to be rolled out, and how its processes are started."""

    release: Digest
    revision: str
    program: Program
    instances: int = 1
    workers: tuple[tuple[str, Program], ...] = ()
    migrate: Program | None = None  # runs once, to its end, before any process of the release
    start_s: float = 60.0
    drain_s: float = 10.0
    mirrored: float = 1.0
    checks: tuple[Check, ...] = ()


class Shown(Struct, frozen=True, kw_only=True):
    """What a step before users found: why it must not go on, or evidence for the judge."""

    why: str = ""
    ticks: tuple[Tick, ...] = ()


class AlreadyGood(Struct, frozen=True, tag=True):
    """It is what runs."""

    release: Digest


class Promoted(Struct, frozen=True, tag=True):
    """All users are sent to it; the judge goes on, and the old release is warm."""

    rollout: Rollout
    sentence: str


class Settled(Struct, frozen=True, tag=True):
    rollout: Rollout
    sentence: str


class RolledBack(Struct, frozen=True, tag=True):
    """Users are where they were before."""

    rollout: Rollout
    why: str


Outcome: TypeAlias = AlreadyGood | Promoted | Settled | RolledBack


class Judging(Protocol):
    """Hears every look, keeps the trail, and says what is next."""

    def hear(self, tick: Tick) -> Verdict: ...


class Judges(Protocol):
    def of(self, rollout: Rollout, rps: float, sources: tuple[Source, ...]) -> Judging:
        """A rollout whose trail is here already is judged on from its end."""
        ...


class Pace:
    """How often a look that saw nothing is judged, and how often the price of an answer is told."""

    def __init__(self) -> None:
        self._told_at = self._nothing_at = -math.inf
        self._busy_at: float | None = None
        self._phase = ""
        self._states: tuple[Arm, ...] = (NOBODY, NOBODY)

    def counts(self, tick: Tick) -> bool:
        """Most looks at little traffic see nothing. That time goes by, one a second tells, and after an hour of nothing
        one a minute; and with it what the processes use."""
        if self._saw(tick):
            self._busy_at, self._nothing_at = tick.at, -math.inf
            return True
        self._busy_at = tick.at if self._busy_at is None else self._busy_at
        every = min((tick.at - self._busy_at) / QUIET_LESS, QUIET_LEAST)
        if every <= QUIET_EVERY and tick.usage:
            return True
        if tick.at - self._nothing_at < max(every, QUIET_EVERY) or (every > QUIET_EVERY and not tick.usage):
            return False
        self._nothing_at = tick.at
        return True

    def _saw(self, tick: Tick) -> bool:
        """What is under way, and that no process is healthy, are states: they say something where they change."""
        arms = (tick.baseline, tick.candidate)
        states = tuple(Arm(waiting=arm.waiting, is_down=arm.is_down) for arm in arms)
        changed = tick.source == "users" and states != self._states
        self._states = states if changed else self._states
        return changed or arms != states

    def is_due(self, verdict: GoOn) -> bool:
        now = time.monotonic()
        if verdict.phase == self._phase and now - self._told_at < TELL_EVERY:
            return False
        self._told_at, self._phase = now, verdict.phase
        return True


def sources_of(candidate: Candidate, ticks: Sequence[Tick]) -> tuple[Source, ...]:
    """What can be had before users. What was replayed has come already: alone, there is nothing to wait for."""
    found: list[Source] = ["mirrored"] if candidate.mirrored else []
    if candidate.checks:
        found.append("checks")
    if not found:
        return ()
    seen: set[Source] = {tick.source for tick in ticks}
    return (*found, *sorted(seen - set(found)))


def good_of(rollout: Rollout) -> Good:
    at = rollout.promoted or rollout.began
    return Good(release=rollout.candidate, revision=rollout.revision, since=at, before=rollout.baseline)
