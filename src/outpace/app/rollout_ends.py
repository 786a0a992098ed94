"""How a rollout ends: taken back, settled, or tidied up by the next that looks. Each step may be repeated."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from outpace.app.rollout_parts import RolledBack, good_of
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import MOVED, OVER, Good, Rollout, Standing
from outpace.delivery.edge.traffic import Traffic
from outpace.model.errors import DamagedData, Error, Refused
from outpace.model.release import SHORT, Digest

UNSAID = "it was being taken back when whoever did so died"


class Ends:
    """Of rollouts at one edge, for whoever is its engine."""

    def __init__(
        self, edge: Runtime, *, report: Callable[[str], None], now: Callable[[], datetime], drain_s: float
    ) -> None:
        """`drain_s`: of what another engine left."""
        self._edge = edge
        self._report = report
        self._now = now
        self._drain_s = drain_s

    def back(self, rollout: Rollout, why: str, drain_s: float | None = None, *, cut_off: bool = False) -> RolledBack:
        """The rename first; what cleans up after it may fail, and the next that looks goes on with it. `cut_off`: by
        what is no fault of the release."""
        if rollout.has_moved:
            self._edge.revert(rollout.baseline)
        if rollout.stage != "reverted":
            rollout = self._told(rollout.taken_back(why, self._now(), cut_off=cut_off))
        self._report(f"rolled back {rollout.candidate[:SHORT]}: {rollout.why}")
        try:
            self._cleaned(rollout, drain_s)
        except Error as error:
            self._report(f"not tidied yet: {error.message}")
        rollout = self._told(rollout)
        return RolledBack(rollout, rollout.why)

    def _told(self, undone: Rollout) -> Rollout:
        """That it is taken back; as whoever was first says it. What does not fit on a full disk is told once more when
        all is tidied, and by the watchdog where it is armed."""
        try:
            with self._edge.telling():
                found = self._found()
                if found is not None and found.id != undone.id:
                    return undone
                if found is not None and found.stage == "reverted":
                    return found
                self._edge.keep_rollout(undone)
        except Error as error:
            self._report(f"not written down yet: {error.message}")
        return undone

    def _cleaned(self, rollout: Rollout, drain_s: float | None = None) -> None:
        standing = self._edge.standing()
        running = {each.release for each in standing.instances}
        if rollout.soak is not None:
            self._gone(running & {rollout.candidate} - {rollout.soak.baseline}, drain_s)
            with self._edge.telling():
                soak = self.current(rollout).soak or rollout.soak  # taken back by hand meanwhile, or not
                self._edge.keep_rollout(soak)
            if soak.stage == "reverted":
                self._cleaned(soak, drain_s)
            else:
                self._report(f"the soak of {soak.candidate[:SHORT]} goes on")
            return
        restore_good(self._edge, rollout, self._now())
        if rollout.baseline is not None and rollout.baseline not in running:
            self._report(f"{rollout.baseline[:SHORT]} is not there any more, so nothing is ended: outpace edge up")
            return
        self._edge.route(Traffic(baseline=rollout.baseline))
        if rollout.baseline is None:
            self._edge.work(rollout.candidate, ())
        self._gone(running - {rollout.baseline}, drain_s)

    def settled(self, rollout: Rollout, drain_s: float | None = None) -> Rollout:
        """What follows may fail: the next that looks goes on with it."""
        rollout = self.kept(rollout, stage="settled", armed=False, settled=self._now())
        self._retired(rollout, drain_s)
        return rollout

    def _retired(self, rollout: Rollout, drain_s: float | None = None, keeping: Digest | None = None) -> None:
        """The old release, which nothing needs any more: routes first, then its processes, then its place in Envoy."""
        try:
            self._edge.route(Traffic(baseline=rollout.candidate))
            if self.current(rollout).stage == "reverted":  # by hand, in this very moment
                return
            found = {each.release for each in self._edge.standing().instances}
            self._gone(found - {rollout.candidate, keeping}, drain_s)
        except Error as error:
            self._report(f"not tidied yet: {error.message}")

    def _gone(self, releases: AbstractSet[Digest], drain_s: float | None) -> None:
        seconds = self._drain_s if drain_s is None else drain_s
        for release in sorted(releases):
            if not self._edge.drained(release, seconds):
                self._report(f"{release[:SHORT]} still has requests under way after {seconds:g} s: they are ended")
            self._edge.stop(release)
            self._edge.admit()
            self._edge.stopped(release, seconds)

    def tidied(self, standing: Standing) -> Standing:
        """What a dead engine left is brought to an end; a soak that nobody judges stays for whoever goes on with it."""
        rollout = standing.rollout
        if rollout is None:
            return standing
        match rollout.stage:
            case "starting" | "unseen" | "users":
                self.back(rollout, "its engine died before it was promoted", cut_off=True)
            case "reverted":
                if rollout.baseline != rollout.candidate:
                    self._cleaned(rollout)
            case "promoted" if was_moved_back(standing.traffic, rollout):
                self.back(rollout, UNSAID, cut_off=True)
            case "promoted" if rollout.armed:
                self.back(rollout, "its judge died while it was compared", cut_off=True)
            case "promoted":
                self.let_through(rollout)
            case "settled":
                self.let_through(rollout)
                if any(each.release != rollout.candidate for each in standing.instances):
                    self._retired(rollout)
        return self._edge.standing()

    def let_through(self, rollout: Rollout) -> None:
        """It is what is good, unless it was taken back meanwhile. Its engine may have died before it said so."""
        with self._edge.telling():
            good = self._edge.kept_good()
            is_said = good is not None and good.release == rollout.candidate
            if not is_said and self.current(rollout).stage != "reverted":
                self._edge.keep_good(good_of(rollout))

    def begun(self, rollout: Rollout) -> None:
        """Raises Refused where the soak into which it comes was taken back meanwhile."""
        with self._edge.telling():
            if rollout.soak is not None:
                self._going_on(rollout.soak)
            self._edge.keep_rollout(rollout)
            self._ensure_not_moved_back(rollout)

    def suspended(self, standing: Standing) -> Rollout | None:
        """The soak into which a newer release comes: it goes on, should that one not even start well. One that hardly
        any user has met is no measure for another, and goes back."""
        rollout = standing.rollout
        if rollout is None or rollout.stage != "promoted":
            return None
        rollout = self.ensure_not_taken_back(rollout)
        if rollout.unmet:
            self.back(rollout, "a newer release came before users had met it", cut_off=True)
            return None
        return rollout

    def superseded(self, rollout: Rollout) -> Rollout:
        """The newer release is about to meet users: what was promoted is what it is compared with."""
        soak = rollout.soak
        if soak is None:
            return rollout
        self._report(f"the soak of {soak.candidate[:SHORT]} ends early: another release comes")
        rollout = self.kept(rollout, soak=None)  # first: a soak that goes on needs the release that is about to go
        self._retired(soak, keeping=rollout.candidate)
        return rollout

    def current(self, rollout: Rollout) -> Rollout:
        """As it is kept; as it is known here, where nothing can be read, or another one is kept."""
        found = self._found()
        return found if found is not None and found.id == rollout.id else rollout

    def kept(self, rollout: Rollout, **changes: object) -> Rollout:
        """Raises Refused where it was taken back, also by who waited for this in vain and renamed nevertheless."""
        with self._edge.telling():
            before = self._going_on(rollout)
            current = replace(before, **changes)
            self._edge.keep_rollout(current)
            if before.stage in MOVED:
                self._ensure_not_moved_back(current)
            elif current.soak is None:
                self._ensure_not_moved_back(before)
        return current

    def ensure_not_taken_back(self, rollout: Rollout) -> Rollout:
        """By the watchdog, or by hand. Raises Refused with who did it. What is known here is kept again, where that is
        damaged or gone."""
        with self._edge.telling():
            return self._going_on(rollout)

    def _found(self) -> Rollout | None:
        with suppress(DamagedData):
            return self._edge.kept_rollout()
        return None

    def _going_on(self, rollout: Rollout) -> Rollout:
        found = self._found()
        if found is None:
            self._edge.keep_rollout(rollout)
            return rollout
        if found.id != rollout.id:
            raise Refused("another rollout began meanwhile", hint="outpace edge status")
        if found.stage in OVER:
            raise _refused(found)
        if found.stage in MOVED:
            self._ensure_not_moved_back(found)
        return found

    def _ensure_not_moved_back(self, rollout: Rollout) -> None:
        """Nor the soak into which it came, which users are still sent to."""
        soak = rollout.soak
        if soak is None and rollout.stage not in MOVED:
            return
        if was_moved_back(self._edge.kept_traffic(), soak or rollout):
            found = self.current(rollout)
            if found.stage in OVER:  # by who waited in vain, before this process went on
                raise _refused(found)
            at = self._now()
            soak = soak.taken_back(UNSAID, at, cut_off=True) if soak is not None else None
            rollout = replace(rollout.taken_back(UNSAID, at, cut_off=True), soak=soak)
            self._edge.keep_rollout(rollout)
            raise _refused(rollout)


def _refused(rollout: Rollout) -> Refused:
    return Refused(f"{rollout.by} took it back: {rollout.why}", hint="outpace edge status")


def was_moved_back(traffic: Traffic | None, rollout: Rollout) -> bool:
    """By a rename that nobody wrote down."""
    if traffic is None or rollout.baseline is None:
        return False
    return traffic.baseline == rollout.baseline and traffic.candidate != rollout.candidate


def restore_good(edge: Runtime, rollout: Rollout, now: datetime) -> None:
    """What was good before it."""
    good = edge.kept_good()
    is_said = good is not None and good.release == rollout.candidate
    if is_said and rollout.baseline is not None:
        edge.keep_good(rollout.was or Good(release=rollout.baseline, since=now))
