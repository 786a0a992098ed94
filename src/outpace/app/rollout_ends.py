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
            told = {"stage": "reverted", "armed": False, "by": "engine", "why": why, "reverted": self._now()}
            try:
                with self._edge.telling():
                    rollout = self.current(rollout)
                    if rollout.stage != "reverted":  # by hand, while this one took it back too
                        rollout = replace(rollout, **told, cut_off=cut_off)
                        self._edge.keep_rollout(rollout)
            except Error as error:  # a full disk: the lease lapses, and the watchdog says it as soon as there is room
                self._report(f"not written down yet: {error.message}")
        self._report(f"rolled back {rollout.candidate[:SHORT]}: {rollout.why}")
        try:
            self._cleaned(rollout, drain_s)
        except Error as error:
            self._report(f"not tidied yet: {error.message}")
        rollout = self.current(rollout)  # whoever renamed says why a moment later
        return RolledBack(rollout, rollout.why)

    def _cleaned(self, rollout: Rollout, drain_s: float | None = None) -> None:
        standing = self._edge.standing()
        if rollout.soak is not None:
            mine = {each.release for each in standing.instances} & {rollout.candidate}
            self._gone(mine - {rollout.soak.baseline}, drain_s)
            self._edge.keep_rollout(rollout.soak)
            self._report(f"the soak of {rollout.soak.candidate[:SHORT]} goes on")
            return
        restore_good(self._edge, standing, rollout, self._now())
        self._edge.route(Traffic(baseline=rollout.baseline))
        if rollout.baseline is None:
            self._edge.work(rollout.candidate, ())
        self._gone({each.release for each in standing.instances} - {rollout.baseline}, drain_s)

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
                self.ensure_good(standing, rollout)
            case "settled":
                self.ensure_good(standing, rollout)
                if any(each.release != rollout.candidate for each in standing.instances):
                    self._retired(rollout)
        return self._edge.standing()

    def ensure_good(self, standing: Standing, rollout: Rollout) -> None:
        """What was let through is good, though its engine died before it said so."""
        if standing.good is None or standing.good.release != rollout.candidate:
            self._edge.keep_good(good_of(rollout))

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
        with suppress(DamagedData):
            found = self._edge.kept_rollout()
            return found if found is not None and found.id == rollout.id else rollout
        return rollout

    def kept(self, rollout: Rollout, **changes: object) -> Rollout:
        with self._edge.telling():
            current = replace(self._going_on(rollout), **changes)
            self._edge.keep_rollout(current)
        return current

    def ensure_not_taken_back(self, rollout: Rollout) -> Rollout:
        """By the watchdog, or by hand. Raises Refused with who did it. What is known here is kept again, where that is
        damaged or gone."""
        with self._edge.telling():
            return self._going_on(rollout)

    def _going_on(self, rollout: Rollout) -> Rollout:
        try:
            found = self._edge.kept_rollout()
        except DamagedData:
            found = None
        if found is None:
            self._edge.keep_rollout(rollout)
            return rollout
        if found.id != rollout.id:
            raise Refused("another rollout began meanwhile", hint="outpace edge status")
        if found.stage in MOVED and was_moved_back(self._edge.kept_traffic(), found):
            found = replace(found, stage="reverted", armed=False, why=UNSAID, reverted=self._now(), cut_off=True)
            self._edge.keep_rollout(found)
        if found.stage in OVER:
            raise Refused(f"{found.by} took it back: {found.why}", hint="outpace edge status")
        return found


def was_moved_back(traffic: Traffic | None, rollout: Rollout) -> bool:
    """By a rename that nobody wrote down."""
    if traffic is None or rollout.baseline is None:
        return False
    return traffic.baseline == rollout.baseline and traffic.candidate != rollout.candidate


def restore_good(edge: Runtime, standing: Standing, rollout: Rollout, now: datetime) -> None:
    """What was good before it."""
    is_said = standing.good is not None and standing.good.release == rollout.candidate
    if is_said and rollout.baseline is not None:
        edge.keep_good(rollout.was or Good(release=rollout.baseline, since=now))
