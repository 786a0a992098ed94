"""Bring a release to its users step by step, and back by itself: one rollout at the edge."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import Good, Program, Rollout, Standing
from outpace.delivery.edge.traffic import WHOLE, Block, Traffic
from outpace.delivery.rollout.counts import Tick
from outpace.model import times
from outpace.model.edge import Check
from outpace.model.errors import Error, ToolFailed
from outpace.model.release import SHORT, Digest

LOOK_EVERY = 0.15
SOAK_EVERY = 1.0
CHECK_EVERY = 1.0


class Candidate(Struct, frozen=True, kw_only=True):
    """A release that is to be rolled out, and how its processes are started."""

    release: Digest
    revision: str
    program: Program
    instances: int = 1
    workers: tuple[tuple[str, Program], ...] = ()
    start_s: float = 60.0
    drain_s: float = 10.0
    mirrored: float = 1.0
    checks: tuple[Check, ...] = ()


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


class GoOn(Struct, frozen=True, kw_only=True):
    """`weight`: the share of users for the next look."""

    weight: float
    words: str = ""


class Promote(Struct, frozen=True, kw_only=True):
    words: str


class TakeBack(Struct, frozen=True, kw_only=True):
    words: str


Said: TypeAlias = GoOn | Promote | TakeBack


class Judging(Protocol):
    """Hears every look, keeps the trail, and says what is next."""

    def hear(self, tick: Tick) -> Said: ...
    def promoted(self) -> None:
        """From here on it judges the soak."""
        ...

    def is_settled(self) -> str:
        """Why the soak is over; empty: it is not."""
        ...


class Rolling:
    """One rollout; an engine that dies in it is followed by the watchdog, and by the next that looks."""

    def __init__(
        self,
        edge: Runtime,
        *,
        judging: Callable[[Rollout], Judging],
        before: Sequence[Callable[[Program], str]] = (),
        report: Callable[[str], None],
        now: Callable[[], datetime] = times.now,
    ) -> None:
        """`before` come when the candidate is healthy and no user is sent to it; each says why it must not go on."""
        self._edge = edge
        self._judging = judging
        self._before = before
        self._report = report
        self._now = now

    def to(self, candidate: Candidate, *, soak: bool) -> Outcome:
        """Until it is promoted, or with `soak` settled, or back. The caller holds the application's lock."""
        self._edge.up()
        standing = self.tidied(self._edge.standing())
        if standing.good is not None and standing.good.release == candidate.release:
            if standing.under_way and standing.rollout is not None:
                return (
                    self.soaked(candidate, standing.rollout) if soak else Promoted(standing.rollout, "it is promoted")
                )
            self._ensure_runs(candidate)
            return AlreadyGood(candidate.release)
        standing = self.superseded(standing)
        baseline = standing.good.release if standing.good is not None else None
        began = self._now()
        rollout = Rollout(
            id=f"{began:%Y%m%dT%H%M%S}-{candidate.release[:SHORT]}",
            baseline=baseline,
            candidate=candidate.release,
            began=began,
            revision=candidate.revision,
        )
        self._edge.keep_rollout(rollout)
        try:
            return self._rolled(candidate, rollout, standing, soak=soak)
        except KeyboardInterrupt:
            self.back(self._current(rollout), "it was interrupted", candidate.drain_s)
            raise
        except Error as error:
            return self.back(self._current(rollout), error.message, candidate.drain_s)

    def _rolled(self, candidate: Candidate, rollout: Rollout, standing: Standing, *, soak: bool) -> Outcome:
        self._report(f"starting {candidate.release[:SHORT]}")
        self._edge.start(candidate.program, candidate.instances)
        ill = self._edge.healthy(candidate.release, candidate.start_s)
        if ill:
            return self.back(rollout, f"it never became healthy: {ill}", candidate.drain_s)
        for step in self._before:
            why = step(candidate.program)
            if why:
                return self.back(rollout, why, candidate.drain_s)
        self._edge.admit()
        blocks = standing.traffic.blocks if standing.traffic is not None else ()
        if rollout.baseline is None:
            return self._first(candidate, rollout, Traffic(baseline=candidate.release, blocks=blocks))
        self._edge.prepare_revert(Traffic(baseline=rollout.baseline, blocks=blocks))
        rollout = self._kept(rollout, stage="unseen", armed=True, staged=self._now())
        judging = self._judging(rollout)
        said = self._judged(candidate, rollout, judging, blocks)
        if isinstance(said, TakeBack):
            return self.back(self._current(rollout), said.words, candidate.drain_s)
        rollout = self._promoted(candidate, self._current(rollout), blocks, said.words)
        judging.promoted()
        if soak:
            return self.soaked(candidate, rollout, judging)
        return Promoted(rollout, said.words)

    def _first(self, candidate: Candidate, rollout: Rollout, traffic: Traffic) -> Outcome:
        """There is nothing to compare it with, and nobody to take from: it is healthy, and the checks succeed."""
        _, failed = self._edge.watch(candidate.release, candidate.release, rollout.id).check(candidate.checks)
        if failed:
            return self.back(rollout, failed[0], candidate.drain_s)
        self._edge.route(traffic)
        self._edge.work(candidate.release, candidate.workers)
        at = self._now()
        self._edge.keep_good(Good(release=candidate.release, revision=candidate.revision, since=at))
        words = "it is the first release here: it is healthy, and there is none to compare it with"
        rollout = self._kept(rollout, stage="settled", staged=at, first_traffic=at, promoted=at, settled=at, why=words)
        return Settled(rollout, words)

    def _judged(
        self, candidate: Candidate, rollout: Rollout, judging: Judging, blocks: tuple[Block, ...]
    ) -> Promote | TakeBack:
        """The loop of milliseconds. Each pass renews the lease first: an engine that hangs is one that died."""
        traffic = Traffic(
            baseline=rollout.baseline, candidate=candidate.release, mirrored=candidate.mirrored, blocks=blocks
        )
        self._edge.renew(rollout.id)
        self._edge.route(traffic)
        assert rollout.baseline is not None
        watch = self._edge.watch(rollout.baseline, candidate.release, rollout.id)
        checked_at, told = -CHECK_EVERY, ""
        while True:
            self._edge.renew(rollout.id)
            if self._edge_reverted(rollout):
                return TakeBack(words="the watchdog took it back")
            weight = traffic.weight / WHOLE
            ticks = list(watch.look(weight))
            if candidate.checks and not traffic.weight and time.monotonic() - checked_at >= CHECK_EVERY:
                checked_at = time.monotonic()
                ticks.append(watch.check(candidate.checks)[0])
            said: Said = GoOn(weight=weight)
            for tick in ticks:
                said = judging.hear(tick)
                if isinstance(said, Promote | TakeBack):
                    return said
            if said.words and said.words != told:
                told = said.words
                self._report(told)
            wanted = round(said.weight * WHOLE)
            if wanted != traffic.weight:
                if not traffic.weight:
                    self._kept(rollout, stage="users", first_traffic=self._now())
                traffic = replace(traffic, weight=wanted, mirrored=0.0)
                self._edge.route(traffic)
                self._report(f"{said.weight:.2%} of users are sent to {candidate.release[:SHORT]}")
            time.sleep(LOOK_EVERY)

    def _edge_reverted(self, rollout: Rollout) -> bool:
        found = self._edge.standing().rollout
        return found is None or found.id != rollout.id or not found.armed

    def _promoted(self, candidate: Candidate, rollout: Rollout, blocks: tuple[Block, ...], words: str) -> Rollout:
        """All users first, then what is good, then the end of the watchdog's guard: a death in between goes back."""
        traffic = Traffic(
            baseline=rollout.baseline,
            candidate=candidate.release,
            weight=WHOLE,
            mirrored=candidate.mirrored,
            blocks=blocks,
        )
        self._edge.renew(rollout.id)
        self._edge.route(traffic)
        self._edge.work(candidate.release, candidate.workers)
        rollout = self._kept(rollout, stage="promoted", armed=False, promoted=self._now(), why=words)
        self._edge.keep_good(_good_of(rollout))
        self._report(f"promoted {candidate.release[:SHORT]}: {words}")
        return rollout

    def soaked(self, candidate: Candidate, rollout: Rollout, judging: Judging | None = None) -> Outcome:
        """Until the soak is over, or what showed late takes the release back. An engine that dies here leaves what
        was promoted; the next goes on with the trail."""
        assert rollout.baseline is not None
        judging = judging or self._judging(rollout)
        watch = self._edge.watch(rollout.baseline, candidate.release, rollout.id)
        while not (settled := judging.is_settled()):
            if (found := self._edge.standing().rollout) is None or found.stage != "promoted":
                return RolledBack(found or rollout, found.why if found else "somebody ended the rollout")
            for tick in watch.look(1.0):
                said = judging.hear(tick)
                if isinstance(said, TakeBack):
                    return self.back(self._current(rollout), said.words, candidate.drain_s)
            time.sleep(SOAK_EVERY)
        rollout = self._kept(self._current(rollout), stage="settled", settled=self._now())
        self._retire(rollout, candidate.drain_s)
        return Settled(rollout, settled)

    def _retire(self, rollout: Rollout, drain_s: float) -> None:
        """The old release, which nothing needs any more: routes first, then its processes, then its place in Envoy."""
        blocks = self._blocks()
        self._edge.route(Traffic(baseline=rollout.candidate, blocks=blocks))
        if rollout.baseline is not None and rollout.baseline != rollout.candidate:
            self._gone(rollout.baseline, drain_s)

    def _gone(self, release: Digest, drain_s: float) -> None:
        self._edge.drained(release, drain_s)
        self._edge.stop(release)
        self._edge.admit()
        self._edge.stopped(release, drain_s)

    # The way back.

    def back(self, rollout: Rollout, why: str, drain_s: float, *, by: str = "engine") -> RolledBack:
        """The rename first; what cleans up after it may fail, and the next that looks goes on with it."""
        baseline = rollout.baseline
        self._edge.revert()
        if rollout.stage != "reverted":
            told = {"stage": "reverted", "armed": False, "by": by, "why": why, "reverted": self._now()}
            rollout = self._kept(rollout, **told)
        self._report(f"rolled back {rollout.candidate[:SHORT]}: {rollout.why}")
        try:
            self._cleaned(rollout, baseline, drain_s)
        except Error as error:
            self._report(f"not tidied yet: {error.message}")
        return RolledBack(rollout, rollout.why)

    def _cleaned(self, rollout: Rollout, baseline: Digest | None, drain_s: float) -> None:
        standing = self._edge.standing()
        if baseline is not None and standing.good is not None and standing.good.release == rollout.candidate:
            self._edge.keep_good(Good(release=baseline, since=self._now()))
        self._edge.route(Traffic(baseline=baseline, blocks=self._blocks()))
        if any(each.release == rollout.candidate for each in standing.instances):
            self._gone(rollout.candidate, drain_s)

    def tidied(self, standing: Standing) -> Standing:
        """What a dead engine left is brought to an end; a soak that nobody judges stays for whoever goes on with it."""
        rollout = standing.rollout
        if rollout is None:
            return standing
        match rollout.stage:
            case "starting" | "unseen" | "users":
                self.back(rollout, "its engine died before it was promoted", 0.0)
            case "reverted":
                if rollout.baseline != rollout.candidate:
                    self._cleaned(rollout, rollout.baseline, 0.0)
            case "promoted" if standing.good is None or standing.good.release != rollout.candidate:
                self._edge.keep_good(_good_of(rollout))
            case "promoted" | "settled":
                pass
        return self._edge.standing()

    def superseded(self, standing: Standing) -> Standing:
        """A newer release comes while the soak goes on: what was promoted is what the newer one is compared with."""
        rollout = standing.rollout
        if rollout is not None and rollout.stage == "promoted":
            self._report(f"the soak of {rollout.candidate[:SHORT]} ends early: another release comes")
            self._kept(rollout, stage="settled", settled=self._now(), why="a newer release came before its soak ended")
            self._retire(rollout, 0.0)
        return self._edge.standing()

    def _ensure_runs(self, candidate: Candidate) -> None:
        """What is good runs, and gets the traffic, also after everything was ended from outside."""
        self._edge.start(candidate.program, candidate.instances)
        ill = self._edge.healthy(candidate.release, candidate.start_s)
        if ill:
            raise ToolFailed(f"the good release does not run: {ill}", hint="outpace edge status")
        self._edge.admit()
        self._edge.route(Traffic(baseline=candidate.release, blocks=self._blocks()))
        self._edge.work(candidate.release, candidate.workers)

    def _blocks(self) -> tuple[Block, ...]:
        traffic, now = self._edge.standing().traffic, self._now()
        return tuple(each for each in traffic.blocks if each.until > now) if traffic is not None else ()

    def _current(self, rollout: Rollout) -> Rollout:
        found = self._edge.standing().rollout
        return found if found is not None and found.id == rollout.id else rollout

    def _kept(self, rollout: Rollout, **changes: object) -> Rollout:
        current = replace(self._current(rollout), **changes)
        self._edge.keep_rollout(current)
        return current


def _good_of(rollout: Rollout) -> Good:
    at = rollout.promoted or rollout.began
    return Good(release=rollout.candidate, revision=rollout.revision, since=at, before=rollout.baseline)
