"""Promotes a release, lets it go on or takes it back, look by look; the same looks always give the same verdicts.

Before users: evidence of mirrored and replayed requests and of checks, while waiting for it is worth its time. Users:
a share of them that follows from the evidence at hand. Load: half of them for a moment. Promoted: all of them, with
rollback armed, until the soak ends. Quiet: promoted while no user came; the first that come are shared out as if it
were new. Nothing runs beside a promoted release, so that one which fails more than the old
one did is *doubted* first: most users go back to the old release, and both are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from msgspec.structs import replace

from outpace.delivery.rollout.budget import Budget, next_weight
from outpace.delivery.rollout.counts import Arm, Tick, whole
from outpace.delivery.rollout.evidence import Gathered, Scale
from outpace.delivery.rollout.hanging import OLD, Hanging
from outpace.delivery.rollout.verdicts import (
    DOWN,
    Evidence,
    GoOn,
    Metric,
    Phase,
    Price,
    Promote,
    RollBack,
    Verdict,
    spoken,
)

SILENT = 15.0
"""Seconds without a request after which a source gives no evidence."""
TELLING = 20
"""Requests before users that are worth any wait: they tell what always fails, and most of what often does."""
HOLD, WEIGH_EVERY = 2.0, 5.0
"""Seconds after a change of the weight until what was under way has ended; and until evidence changes it again: what
often fails is decided sooner at the weight that it has."""
LEAST_KNOWN = 0.1
"""Requests a second before the rollout below which hardly one was seen."""
HALF, DOUBTED, ALL = 0.5, 0.1, 1.0
PATIENCE = 12
"""So many soaks are waited for more users where a few came: a night. Where none came, nothing is ever settled; what is
doubted so long, and for an hour at least, is taken back."""
LEAST_PATIENCE = 3600.0
RELAPSES, LONGER, MOST_FORGIVEN = 4, 3.0, 8
"""Doubts beyond the first in which the old release did not fail: then it is taken back. A doubt that follows another
lasts so many times as long as from that one's beginning to its own: what comes to both releases now and then, at
random, meets the old one in it but for one in four times, and so in one of three of them but for one in 64. Where it
did, twice as many doubts as before are none of these, and so many at most."""
LOAD_MATTERS = 10.0
"""Requests a second below which half of them are no load."""


def _requests(count: int) -> str:
    return f"{count:,} request{'' if count == 1 else 's'}"


class Judge:
    """Of one rollout."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.phase: Phase = "before" if budget.before else "users"
        self.weight = 0.0 if budget.before else budget.weight
        self._gathered = Gathered(budget)
        self._at = 0.0
        self._weighed: float | None = None  # when the weight was set: at the first look, if it was set before
        self._promoted: float | None = None
        self._users_before = 0  # requests of users, when it was promoted
        self._quiet_from = 0.0  # when it was promoted though no user came
        self._final: Verdict | None = None
        self._hanging = Hanging()
        self._doubted_for = ""
        self._doubted_from = 0.0
        self._relapses = 0
        self._forgiven = self._left = 1  # doubts that are no relapses, in a row, and those of them that are left
        self._least_doubt = 0.0  # seconds
        self._down_since: float | None = None
        self._notes: tuple[str, ...] = ()

    @property
    def at(self) -> float:
        """When it last looked."""
        return self._at

    def see(self, tick: Tick) -> Verdict:
        """What follows from everything seen so far. After a rollback, and once settled, nothing changes any more."""
        if self._final is not None:
            return self._final
        self._at = max(self._at, tick.at)
        self._weighed = self._at if self._weighed is None else self._weighed
        tick = replace(tick, baseline=whole(tick.baseline), candidate=whole(tick.candidate))
        self._hanging.see(tick, self._at, shared=self.phase in ("users", "load"))
        if self._is_down(tick):
            return self._take_back("health")
        if self.phase == "doubted" and self._weighed_for < HOLD:
            return self._doubted()
        if tick.source == "users" and self.phase == "doubted":
            tick = self._hanging.settle(_begun_within(self._at - self._doubted_from, tick))
        elif tick.source == "users" and self.phase in ("users", "load"):
            tick = self._hanging.settle_first(tick)
        self._gathered.add(tick, self._at, self.phase)
        copies = self._hanging.hung_copies(self._at) if self.phase == "before" else 0
        if copies:
            old, new = Arm(requests=copies), Arm(requests=copies, resets=copies)
            hang = Tick(at=self._at, weight=0.0, source="mirrored", baseline=old, candidate=new)
            self._gathered.add(hang, self._at, self.phase)
        against = self._gathered.against()
        if against is not None:
            return self._take_back(against)
        steps: dict[Phase, Callable[[], Verdict]] = {
            "before": self._before,
            "users": self._users,
            "load": self._load,
            "quiet": self._quiet,
            "promoted": self._soak,
            "doubted": self._doubted,
        }
        return steps[self.phase]()

    def _is_down(self, tick: Tick) -> bool:
        """Whether users are sent to it, and none of its processes is healthy for so long that nothing starts one."""
        if tick.source == "users":
            is_down = self.phase != "before" and tick.candidate.is_down and not tick.baseline.is_down
            self._down_since = None if not is_down else self._at if self._down_since is None else self._down_since
        return self._down_since is not None and self._at - self._down_since >= DOWN

    @property
    def _weighed_for(self) -> float:
        return self._at - (self._at if self._weighed is None else self._weighed)

    def _take_back(self, metric: Metric, *why: str) -> Verdict:
        evidence = self._evidence(*why)
        self._turn("taken back", 0.0)
        self._final = RollBack(metric=metric, evidence=evidence)
        return self._final

    def _before(self) -> Verdict:
        """Users are sent when the evidence is high, when none comes, or when waiting costs more than it saves."""
        gathered = self._gathered
        missing = gathered.missing(users=False)
        rate = gathered.rate_of(self.budget.before)
        if self._hanging.hung:
            return self._go_on(max(missing, 1.0), rate, self._hanging.hung)
        if missing <= 0:
            return self._send("the evidence before users was high enough")
        came = gathered.came_from(self.budget.before)
        if gathered.silent_for(self._at, self.budget.before) > SILENT:
            return self._send(f"no {'more ' if came else ''}evidence was to be had before users")
        if came >= TELLING and rate > 0 and not gathered.is_worth_waiting(missing, rate):
            return self._send("waiting for more evidence before users would have cost more than it could save")
        if not came and "mirrored" in self.budget.before and self.budget.rps >= LEAST_KNOWN:
            return self._go_on(missing, self.budget.rps, "users come after it", is_seen=False)
        return self._go_on(missing, rate, "users come after it")

    def _send(self, why: str) -> Verdict:
        self._notes = (*self._notes, why)
        self._hanging.begin_users(alone=False)
        self._turn("users", self._best(self._gathered.missing(users=True)))
        return self._users()

    def _users(self) -> Verdict:
        gathered = self._gathered
        missing = gathered.missing(users=True)
        if missing <= 0 and not self._hanging.hung and gathered.rps >= LOAD_MATTERS and self.weight < HALF:
            gathered.begin_load()
            self._turn("load", HALF)
            return self._load()
        is_there = gathered.no_user_for(self._at) <= 0
        if missing > 0 and is_there and not self._hanging.hung and self._weighed_for >= WEIGH_EVERY:
            self._weigh(self._best(missing))
        return self._shared_out(missing)

    def _load(self) -> Verdict:
        return self._shared_out(self._gathered.missing_under_load())

    def _shared_out(self, missing: float) -> Verdict:
        gathered = self._gathered
        rate = gathered.rps * self.weight
        if missing <= 0 and self._hanging.hung:
            return self._go_on(1, rate, self._hanging.hung)
        if missing <= 0:
            return self._promote()
        if gathered.no_user_for(self._at) < self.budget.quiet_s:
            return self._go_on(missing, rate, "")
        if gathered.is_tolerable and not self._hanging.hung:
            return self._promote_unseen()
        return self._go_on(missing, rate, "hardly anybody comes, but it failed for some of those who did")

    def _best(self, missing: float) -> float:
        gathered = self._gathered
        return next_weight(
            self.budget,
            rps=gathered.rps,
            log_e=gathered.log_e,
            missing=max(missing, 1.0),
            bad_left=self.budget.bad_responses - gathered.bad_of_users,
            now=self.weight,
        )

    def _promote(self) -> Verdict:
        """Where it was promoted before users were seen, what begins now is the soak."""
        was = self._promoted
        self._gathered.begin_alone(self._at)
        self._promoted = self._at
        self._users_before = self._gathered.came_from(("users",))
        self._turn("promoted", ALL)
        return Promote(evidence=self._evidence()) if was is None else self._soak()

    def _promote_unseen(self) -> Verdict:
        """With nobody to harm, to wait gains nothing: the soak judges the first who come."""
        self._turn("quiet", ALL)
        if self._promoted is not None:
            return self._quiet()
        self._promoted = self._quiet_from = self._at
        self._gathered.begin_leaks(self._at)
        self._users_before = self._gathered.came_from(("users",))
        silent = spoken(self._gathered.no_user_for(self._at))
        came = self._gathered.came_from(("users", "mirrored", "replayed", "checks"))
        rest = () if came else ("promoted on its health alone: no request at all reached it",)
        return Promote(evidence=self._evidence(*rest, f"no user came for {silent}", "the soak judges the first users"))

    @property
    def _met(self) -> int:
        """Requests of users that reached it since it was promoted."""
        return self._gathered.came_from(("users",)) - self._users_before

    def _quiet(self) -> Verdict:
        gathered = self._gathered
        missing = gathered.missing(users=True)
        if gathered.no_user_for(self._at) < self.budget.quiet_s:
            self._hanging.begin_users(alone=True)
            self._turn("users", self._best(missing))
            return self._users()
        if self._met and self._at >= self._quiet_from + PATIENCE * self.budget.soak_s:
            return self._settle(f"only {_requests(self._met)} of users in {spoken(self._at - self._quiet_from)}")
        came = "" if self._met else "no user's request has reached it yet, and without any it is not settled; "
        return self._go_on(missing, 0.0, f"{came}the first users are judged as if it were new")

    def _soak(self) -> Verdict:
        assert self._promoted is not None
        left = self._promoted + self.budget.soak_s - self._at
        doubted = self._gathered.doubtful()
        self._doubted_for = self._hanging.why if doubted is None else ""
        if doubted is not None or self._doubted_for:
            return self._doubt(doubted or "errors")
        if -OLD < left <= 0 and self._hanging.is_unsure:
            return self._go_on(1, 0.0, f"{self._hanging.candidate.now} requests to it are not answered yet")
        if left <= 0 and self._met:
            return self._settle(f"{_requests(self._met)} of users since it was promoted")
        if left <= 0:
            return self._go_on(1, 0.0, "the soak is over, but no user came in it")
        price = Price(requests=0, seconds=left, sources=("users",), why=f"the soak goes on for {spoken(left)}")
        return GoOn(price=price, weight=self.weight, phase=self.phase)

    def _settle(self, seen: str) -> Verdict:
        self._turn("settled", ALL)
        self._final = Promote(evidence=self._evidence(seen))
        return self._final

    def _doubt(self, scale: Scale) -> Verdict:
        """Nothing can be held against what all users do to it: if it fails each time that it gets them, and never
        beside the old release, that is what tells."""
        if self._left:
            self._left, self._least_doubt = self._left - 1, 0.0
        else:
            self._relapses, self._least_doubt = self._relapses + 1, LONGER * (self._at - self._doubted_from)
        if self._relapses >= RELAPSES:
            return self._take_back("doubt", "it failed each time that all users were sent to it, and only then")
        self._gathered.begin_doubt(scale)
        self._hanging.begin_doubt()
        self._doubted_from = self._at
        self._turn("doubted", DOUBTED)
        return self._doubted()

    def _doubted(self) -> Verdict:
        """Ends in a rollback, or when the release shows that it does not fail: an outage of both gets neither."""
        missing = self._gathered.missing_in_doubt()
        lasted = self._at - self._doubted_from
        is_shared = self._gathered.old_failed_too
        if missing <= 0 and not self._hanging.why and (is_shared or lasted >= self._least_doubt):
            if is_shared:
                self._forgiven = min(self._forgiven * (2 if self._relapses else 1), MOST_FORGIVEN)
                self._relapses, self._left = 0, self._forgiven
            self._gathered.begin_alone(self._at)
            self._promoted = self._at
            self._turn("promoted", ALL)
            return self._soak()
        longest = max(PATIENCE * self.budget.soak_s, LEAST_PATIENCE)
        if (missing > 0 or self._hanging.why) and lasted >= longest and not is_shared:
            return self._take_back("doubt", self._hanging.why or f"too few users came in {spoken(lasted)} to clear it")
        missing = max(missing, 1.0)
        why = "; ".join(filter(None, (self._doubted_for, "it is compared with the old release")))
        return self._go_on(missing, self._gathered.rps * self.weight, why)

    def _go_on(self, missing: float, rate: float, why: str, *, is_seen: bool = True) -> Verdict:
        price = Price(
            requests=ceil(missing),
            seconds=round(missing / rate, 1) if rate > 0 else None,
            sources=self._gathered.feeding(self._at),
            why=why,
            expected=None if is_seen else rate,
        )
        return GoOn(price=price, weight=self.weight, phase=self.phase)

    def _turn(self, phase: Phase, weight: float) -> None:
        self.phase = phase
        self._weigh(weight)

    def _weigh(self, weight: float) -> None:
        if weight != self.weight:
            self.weight = weight
            self._weighed = self._at

    def _evidence(self, *more: str) -> Evidence:
        return self._gathered.told(self._at, self.phase, (*self._notes, *more))


def _begun_within(seconds: float, tick: Tick) -> Tick:
    """Without the times of what may have been sent before, when all users were sent to one of the two."""
    old, new = (
        replace(arm, latency=tuple(each for each in arm.latency if each.upper <= 1000 * seconds))
        for arm in (tick.baseline, tick.candidate)
    )
    return replace(tick, baseline=old, candidate=new, late_s=min(tick.late_s, seconds))
