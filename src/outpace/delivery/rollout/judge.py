"""Promotes a release, lets it go on or takes it back, look by look; the same looks always give the same verdicts.

Before users: evidence of mirrored and replayed requests and of checks, while waiting for it is worth its time. Users:
a share of them that follows from the evidence at hand. Load: half of them for a moment. Promoted: all of them, with
rollback armed, until the soak ends. Nothing runs beside a promoted release, so that one which fails more than the old
one did is *doubted* first: most users go back to the old release, and both are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from msgspec.structs import replace

from outpace.delivery.rollout.budget import Budget, next_weight
from outpace.delivery.rollout.counts import Tick, whole
from outpace.delivery.rollout.evidence import Gathered
from outpace.delivery.rollout.verdicts import Evidence, GoOn, Metric, Phase, Price, Promote, RollBack, Verdict

SILENT = 15.0
"""Seconds without a request after which a source gives no evidence."""
TELLING = 20
"""Requests before users that are worth any wait: they tell what always fails, and most of what often does."""
HOLD = 2.0
"""Seconds between two changes of the weight: what is under way ends first."""
HALF, DOUBTED, ALL = 0.5, 0.1, 1.0
LOAD_MATTERS = 10.0
"""Requests a second below which half of them are no load."""


class Judge:
    """Of one rollout."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.phase: Phase = "before" if budget.before else "users"
        self.weight = 0.0 if budget.before else budget.weight
        self._gathered = Gathered(budget)
        self._at = 0.0
        self._weighed = 0.0  # when the weight was set
        self._promoted = 0.0
        self._final: Verdict | None = None
        self._notes: tuple[str, ...] = ()

    def see(self, tick: Tick) -> Verdict:
        """What follows from everything seen so far. After a rollback, and once settled, nothing changes any more."""
        if self._final is not None:
            return self._final
        self._at = max(self._at, tick.at)
        tick = replace(tick, baseline=whole(tick.baseline), candidate=whole(tick.candidate))
        self._gathered.add(tick, self._at, alone=self.phase == "promoted", shared=self.phase != "before")
        against = self._gathered.against()
        if against is not None:
            return self._take_back(against)
        steps: dict[Phase, Callable[[], Verdict]] = {
            "before": self._before,
            "users": self._users,
            "load": self._load,
            "promoted": self._soak,
            "doubted": self._doubted,
        }
        return steps[self.phase]()

    def _take_back(self, metric: Metric) -> Verdict:
        evidence = self._evidence()
        self._turn("taken back", 0.0)
        self._final = RollBack(metric=metric, evidence=evidence)
        return self._final

    def _before(self) -> Verdict:
        """Users are sent when the evidence is high, when none comes, or when waiting costs more than it saves."""
        gathered = self._gathered
        missing = gathered.missing(users=False)
        rate = gathered.rate_of(self.budget.before)
        if missing <= 0:
            return self._send("the evidence before users was high enough")
        if gathered.silent_for(self._at, self.budget.before) > SILENT:
            return self._send("no evidence was to be had before users")
        told = gathered.came_from(self.budget.before) >= TELLING
        if told and rate > 0 and self.budget.hour * missing / rate / 3600 > gathered.saved():
            return self._send("waiting for more evidence before users would have cost more than it could save")
        return self._go_on(missing, rate, "users come after it")

    def _send(self, why: str) -> Verdict:
        self._notes = (*self._notes, why)
        self._turn("users", self._best(self._gathered.missing(users=True)))
        return self._users()

    def _users(self) -> Verdict:
        gathered = self._gathered
        missing = gathered.missing(users=True)
        if missing <= 0:
            if gathered.rps >= LOAD_MATTERS and self.weight < HALF:
                gathered.begin_load()
                self._turn("load", HALF)
                return self._load()
            return self._promote()
        if self._at - self._weighed >= HOLD:
            self._weigh(self._best(missing))
        return self._go_on(missing, gathered.rps * self.weight, "")

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

    def _load(self) -> Verdict:
        missing = self._gathered.missing_under_load()
        if missing <= 0:
            return self._promote()
        return self._go_on(missing, self._gathered.rps * self.weight, "")

    def _promote(self) -> Verdict:
        self._gathered.begin_alone(self._at)
        self._promoted = self._at
        self._turn("promoted", ALL)
        return Promote(evidence=self._evidence())

    def _soak(self) -> Verdict:
        left = self._promoted + self.budget.soak_s - self._at
        doubted = self._gathered.doubtful()
        if doubted is not None:
            self._gathered.begin_doubt(doubted)
            self._turn("doubted", DOUBTED)
            return self._doubted()
        if left <= 0:
            self._turn("settled", ALL)
            self._final = Promote(evidence=self._evidence())
            return self._final
        price = Price(requests=0, seconds=left, sources=("users",), why="the soak goes on")
        return GoOn(price=price, weight=self.weight, phase=self.phase)

    def _doubted(self) -> Verdict:
        """Ends in a rollback, or when the release shows that it does not fail: an outage of both gets neither."""
        missing = self._gathered.missing_in_doubt()
        if missing <= 0:
            self._gathered.begin_alone(self._at)
            self._turn("promoted", ALL)
            return self._soak()
        return self._go_on(missing, self._gathered.rps * self.weight, "it is compared with the old release")

    def _go_on(self, missing: float, rate: float, why: str) -> Verdict:
        price = Price(
            requests=ceil(missing),
            seconds=round(missing / rate, 1) if rate > 0 else None,
            sources=self._gathered.feeding(self._at),
            why=why,
        )
        return GoOn(price=price, weight=self.weight, phase=self.phase)

    def _turn(self, phase: Phase, weight: float) -> None:
        self.phase = phase
        self._weigh(weight)

    def _weigh(self, weight: float) -> None:
        if weight != self.weight:
            self.weight = weight
            self._weighed = self._at

    def _evidence(self) -> Evidence:
        return self._gathered.told(self._at, self.phase, self._notes)
