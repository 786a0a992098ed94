"""Bring a release to its users step by step, and back by itself: one rollout at the edge."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime

from msgspec.structs import replace

from outpace.app.rollout_ends import Ends
from outpace.app.rollout_parts import (
    LEAST_RPS,
    MIGRATION_SECONDS,
    AlreadyGood,
    Candidate,
    Judges,
    Judging,
    Outcome,
    Pace,
    Promoted,
    Settled,
    Shown,
    good_of,
    sources_of,
)
from outpace.app.standing_up import stood_up
from outpace.delivery.edge.ports import Runtime, Watch
from outpace.delivery.edge.standing import Rollout, Stage, Standing
from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.delivery.rollout.counts import Tick
from outpace.delivery.rollout.verdicts import GoOn, Phase, Price, Promote, RollBack, Verdict, reason, sentence, share
from outpace.model import times
from outpace.model.edge import Check
from outpace.model.errors import Error, Refused, ToolFailed, ToolTimedOut
from outpace.model.release import SHORT, Digest

LOOK_EVERY = 0.1
LOOK_AT_USERS_EVERY = 0.025
LOOK_FOR_USERS_EVERY = 0.5
SOAK_EVERY = 1.0
CHECK_EVERY = 1.0
RATE_SECONDS = 1.0
ALONE: frozenset[Phase] = frozenset({"promoted", "quiet"})
"""All users are sent to the candidate, and it is compared with nothing."""
NOTHING_YET = Price(requests=0, seconds=None, sources=())


class Rolling:
    """One rollout; an engine that dies in it is followed by the watchdog, and by the next that looks."""

    def __init__(
        self,
        edge: Runtime,
        *,
        judges: Judges,
        gate: Callable[[Candidate, Standing], None] = lambda _candidate, _standing: None,
        before: Sequence[Callable[[Candidate, Standing], Shown]] = (),
        report: Callable[[str], None],
        now: Callable[[], datetime] = times.now,
        drain_s: float = 10.0,
    ) -> None:
        """`gate` raises Refused for what may not even begin; `before` come when the candidate is healthy and no user is
        sent to it; `drain_s`: of what another engine left."""
        self._edge = edge
        self._judges = judges
        self._gate = gate
        self._before = before
        self._report = report
        self._now = now
        self.ends = Ends(edge, report=report, now=now, drain_s=drain_s)

    def to(self, candidate: Candidate) -> Outcome:
        """Until it is promoted, or back. The caller is the only engine."""
        self._edge.up()
        standing = self.ends.tidied(self._edge.standing())
        if standing.good is not None and standing.good.release == candidate.release:
            if standing.under_way and standing.rollout is not None:
                return Promoted(standing.rollout, "")
            self.ensure_runs(candidate)
            return AlreadyGood(candidate.release)
        if standing.good is not None and standing.good.release not in {each.release for each in standing.instances}:
            raise Refused("the good release has no process, so nothing can be compared with it", hint="outpace edge up")
        self._gate(candidate, standing)
        soak = self.ends.suspended(standing)
        good = self._edge.standing().good
        if good is not None and good.release == candidate.release:  # what was gone back to
            self.ensure_runs(candidate)
            return AlreadyGood(candidate.release)
        began = self._now()
        rollout = Rollout(
            id=f"{began:%Y%m%dT%H%M%S}-{candidate.release[:SHORT]}",
            baseline=good.release if good is not None else None,
            candidate=candidate.release,
            began=began,
            revision=candidate.revision,
            soak=soak,
            was=good,
        )
        self.ends.begun(rollout)
        try:
            return self._rolled(candidate, rollout)
        except KeyboardInterrupt:
            if self.ends.current(rollout).stage == "promoted":
                self._report(f"{candidate.release[:SHORT]} stays promoted: outpace edge status")
            else:
                self.ends.back(self.ends.current(rollout), "it was interrupted", candidate.drain_s, cut_off=True)
            raise
        except Error as error:
            return self.ends.back(self.ends.current(rollout), error.message, candidate.drain_s, cut_off=True)

    def _rolled(self, candidate: Candidate, rollout: Rollout) -> Outcome:
        baseline = rollout.baseline
        shown = self._prepared(candidate, rollout)
        if shown.why:
            return self.ends.back(rollout, shown.why, candidate.drain_s)
        self._edge.admit()
        if baseline is None:
            return self._first(candidate, rollout)
        rollout = self.ends.superseded(rollout)
        self._edge.prepare_revert(Traffic(baseline=baseline))
        self._edge.renew(rollout.id)  # before it is armed: the watchdog may look in between
        rollout = self.ends.kept(rollout, stage="unseen", armed=True, staged=self._now())
        traffic = Traffic(baseline=baseline, candidate=candidate.release, mirrored=candidate.mirrored)
        self._edge.route(traffic)
        watch = self._edge.watch(baseline, candidate.release, rollout.id)
        rps, alone = self._rps(watch, rollout)
        judging = self._judges.of(rollout, rps, sources_of(candidate, shown.ticks))
        ticks = (*alone, *shown.ticks)
        verdict = self._judged(rollout, watch, judging, traffic, ticks=ticks, checks=candidate.checks)
        if isinstance(verdict, RollBack):
            why = reason(verdict) + self._deaths(candidate.release)
            return self.ends.back(self.ends.current(rollout), why, candidate.drain_s)
        assert isinstance(verdict, Promote)  # nobody asks it to leave that to another
        self._all_users(candidate, rollout)
        return Promoted(self._promoted(candidate, self.ends.current(rollout), verdict), reason(verdict))

    def _prepared(self, candidate: Candidate, rollout: Rollout) -> Shown:
        """The schema first, then its processes, then what is asked of it before any user is. Raises Refused where it is
        taken back meanwhile."""
        if candidate.migrate is not None:
            self._report(f"migrating: {' '.join(candidate.migrate.argv)}")
            failed = self._edge.finish(candidate.migrate, MIGRATION_SECONDS)
            if failed:
                return Shown(why=f"its migration failed: {failed}")
            self._edge.keep_migrated(candidate.revision)
            self.ends.ensure_not_taken_back(rollout)
        self._report(f"starting {candidate.release[:SHORT]}")
        self._edge.start(candidate.program, candidate.instances)
        ill = self._edge.healthy(candidate.release, candidate.start_s)
        if ill:
            return Shown(why=f"it never became healthy: {ill}")
        ticks: list[Tick] = []
        for step in self._before:
            self.ends.ensure_not_taken_back(rollout)
            shown = step(candidate, self._edge.standing())
            if shown.why:
                return shown
            ticks += shown.ticks
        return Shown(ticks=tuple(ticks))

    def _rps(self, watch: Watch, rollout: Rollout) -> tuple[float, tuple[Tick, ...]]:
        """What comes now, for how fast evidence can be had follows from it; and what was seen of it."""
        began = time.monotonic()
        while (seconds := time.monotonic() - began) < RATE_SECONDS:
            self._edge.renew(rollout.id)
            time.sleep(LOOK_EVERY)
        ticks = watch.look(0.0)
        return max(ticks[0].baseline.requests / seconds, LEAST_RPS), ticks

    def _first(self, candidate: Candidate, rollout: Rollout) -> Outcome:
        """There is nothing to compare it with, and nobody to take from: it is healthy, and the checks succeed."""
        _, failed = self._edge.watch(candidate.release, candidate.release, rollout.id).check(candidate.checks)
        if failed:
            return self.ends.back(rollout, failed[0], candidate.drain_s)
        self._edge.route(Traffic(baseline=candidate.release))
        self._edge.work(candidate.release, candidate.workers)
        at = self._now()
        words = "it is the first release here: it is healthy, and there is none to compare it with"
        rollout = self.ends.kept(
            rollout, stage="settled", staged=at, first_traffic=at, promoted=at, settled=at, why=words
        )
        self._edge.keep_good(good_of(rollout))  # last: what is taken back without a baseline is never good
        return Settled(rollout, words)

    def _judged(
        self,
        rollout: Rollout,
        watch: Watch,
        judging: Judging,
        traffic: Traffic,
        *,
        ticks: Sequence[Tick] = (),
        checks: Sequence[Check] = (),
        is_asked: Callable[[], bool] = lambda: False,
    ) -> Verdict:
        """The loop of milliseconds, until something is decided, or until it `is_asked` to end and nobody compares. Each
        pass renews the lease before it looks: an engine that hangs is one that died. `ticks` were seen before."""
        checked_at, pace = -CHECK_EVERY, Pace()
        verdict = GoOn(price=NOTHING_YET, weight=traffic.weight / WHOLE, phase="before")
        while True:
            current = self._renewed(rollout)
            ticks = [*ticks, *watch.look(traffic.weight / WHOLE)]
            if checks and not traffic.weight and time.monotonic() - checked_at >= CHECK_EVERY:
                checked_at = time.monotonic()
                ticks.append(self._checked(rollout, watch, checks))
            for tick in filter(pace.counts, ticks):
                heard = judging.hear(tick)
                if not isinstance(heard, GoOn):
                    return heard
                verdict = heard
            ticks = ()
            if pace.is_due(verdict):
                self._report(sentence(verdict))
            if current.unmet and verdict.phase != "quiet":
                self.ends.kept(current, unmet=False)
            traffic = self._weighed(rollout, traffic, round(verdict.weight * WHOLE))
            if verdict.phase in ALONE:
                self._ensure_workers()
                if is_asked():
                    return verdict
            time.sleep(_pause(verdict.phase))

    def _renewed(self, rollout: Rollout) -> Rollout:
        """Where nothing is armed, nobody waits for the lease: a watchdog that hangs takes no release back."""
        current = self.ends.ensure_not_taken_back(rollout)
        try:
            self._edge.renew(rollout.id)
        except ToolTimedOut as error:
            if current.armed:
                raise
            self._report(error.message)
        return current

    def _checked(self, rollout: Rollout, watch: Watch, checks: Sequence[Check]) -> Tick:
        """They may take longer than a lease: an engine that waits for an answer did not die."""
        with ThreadPoolExecutor(1) as beside:
            asked = beside.submit(watch.check, checks)
            while not asked.done():
                self._edge.renew(rollout.id)
                wait([asked], timeout=LOOK_EVERY)
            return asked.result()[0]

    def _ensure_workers(self) -> None:
        """They work for one release at a time, so that nothing of theirs is compared. Raises ToolFailed."""
        restless = self._edge.restless()
        if restless:
            raise ToolFailed(restless[0], hint="outpace edge status")

    def _weighed(self, rollout: Rollout, traffic: Traffic, weight: int) -> Traffic:
        """Below all users the watchdog guards it: where a promoted release is doubted, it is armed again."""
        if weight == traffic.weight:
            return traffic
        current = self.ends.ensure_not_taken_back(rollout)
        stage: Stage = "users" if current.stage == "unseen" and weight else current.stage
        first = current.first_traffic or (self._now() if weight else None)
        traffic = replace(traffic, weight=weight, mirrored=0.0)
        self._edge.renew(rollout.id)  # before it is armed: the watchdog may look in between
        self.ends.kept(current, stage=stage, first_traffic=first, armed=weight < WHOLE or stage == "users")
        self._edge.route(traffic)
        self.ends.ensure_not_taken_back(rollout)  # while this process was stopped between the two
        self._report(f"{share(weight / WHOLE)} of users are sent to {rollout.candidate[:SHORT]}")
        return traffic

    def _all_users(self, candidate: Candidate, rollout: Rollout) -> None:
        self._edge.renew(rollout.id)
        traffic = Traffic(baseline=rollout.baseline, candidate=candidate.release, weight=WHOLE)
        self._edge.route(traffic)
        self.ends.ensure_not_taken_back(rollout)
        self._edge.work(candidate.release, candidate.workers)

    def _promoted(self, candidate: Candidate, rollout: Rollout, verdict: Promote) -> Rollout:
        """All users came first, then the end of the watchdog's guard, then what is good: a death in between goes back,
        or is gone on from."""
        words, unmet = reason(verdict), verdict.evidence.phase == "quiet"
        rollout = self.ends.kept(rollout, stage="promoted", armed=False, promoted=self._now(), why=words, unmet=unmet)
        self.ends.let_through(rollout)
        self.ends.ensure_not_taken_back(rollout)
        self._report(f"promoted {candidate.release[:SHORT]}: {words}")
        return rollout

    def soaked(self, rollout: Rollout, drain_s: float, is_asked: Callable[[], bool] = lambda: False) -> Outcome:
        """Of what is promoted: until the soak is over, or what shows late takes it back; or until it `is_asked` to
        leave that to another engine."""
        assert rollout.baseline is not None
        watch = self._edge.watch(rollout.baseline, rollout.candidate, rollout.id)
        judging = self._judges.of(rollout, LEAST_RPS, ())
        standing = self._edge.standing()
        assert standing.traffic is not None
        self.ends.let_through(rollout)
        verdict = self._judged(rollout, watch, judging, standing.traffic, is_asked=is_asked)
        rollout = self.ends.current(rollout)
        match verdict:
            case RollBack():
                return self.ends.back(rollout, reason(verdict) + self._deaths(rollout.candidate), drain_s)
            case GoOn():
                return Promoted(rollout, reason(verdict))
            case Promote(evidence=evidence) if evidence.phase != "settled":  # its trail is lost: it was judged as new
                return self.soaked(rollout, drain_s, is_asked)
            case Promote():
                self._report(f"settled {rollout.candidate[:SHORT]}: {reason(verdict)}")
                rollout = self.ends.settled(rollout, drain_s)
                return Settled(rollout, reason(verdict))

    def _deaths(self, release: Digest) -> str:
        """A process that dies is started again, and users see answers of 5xx meanwhile: that is not the cause."""
        ended = sum(max(each.starts - 1, 0) for each in self._edge.standing().instances if each.release == release)
        return f"; its processes ended {ended} time{'' if ended == 1 else 's'}" if ended else ""

    def ensure_runs(self, candidate: Candidate) -> None:
        """What is good runs, and gets the traffic, also after everything was ended from outside."""
        ill = stood_up(self._edge, candidate)
        if ill:
            raise ToolFailed(f"the good release does not run: {ill}", hint="outpace edge status")


def _pause(phase: Phase) -> float:
    """A look costs some milliseconds: where users meet what is not proved, they are worth it. A doubt may last for
    hours, at a small share."""
    match phase:
        case "promoted" | "settled":
            return SOAK_EVERY
        case "quiet":
            return LOOK_FOR_USERS_EVERY
        case "before" | "doubted":
            return LOOK_EVERY
        case _:
            return LOOK_AT_USERS_EVERY
