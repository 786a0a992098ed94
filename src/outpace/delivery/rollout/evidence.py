"""Everything that the looks at one rollout come to."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from typing import Literal, TypeAlias

from outpace.delivery.rollout.budget import ALLOWED, LOOSER, Budget, least_loss
from outpace.delivery.rollout.clients import Clients, Heard
from outpace.delivery.rollout.counts import Arm, Source, Tick, slower, slowest_s, timed
from outpace.delivery.rollout.leaks import Kind, Leak
from outpace.delivery.rollout.paces import Pace
from outpace.delivery.rollout.scales import (
    SURE_DOUBT,
    TAILS,
    UNTOLD,
    WARM,
    Against,
    Alone,
    Arrived,
    Beside,
    Bounds,
    Lately,
    Sent,
)
from outpace.delivery.rollout.verdicts import Compared, Evidence, Metric, Phase, Rest, Tail
from outpace.statistics.e_processes import Above

Scale: TypeAlias = Literal["errors", "resets", "signal"] | Tail
"""What is weighed on its own: a metric, or one way to be slow."""
COLD = 20
"""Answers of a new release whose time says nothing yet: it loads modules and opens connections."""
FEEDS = 10.0  # seconds within which a source that gave evidence still does
CHECKS = 0.1
"""A check repeats itself: so much of the evidence for promotion may come from checks."""
WATCHED: tuple[Scale, ...] = ("errors", "signal", *TAILS)
"""What a promoted release is doubted for, resets among its errors."""
TRUST = 50
"""Requests as which it counts that users are sent by chance: so many more at the candidate make doubtful that they are.
Slow answers end late, and an application may count more than users' requests: there it counts for none."""
SURE_AGAIN = 0.05
"""Beta of a promoted release that was doubted."""


class _Came:
    """What came from one source."""

    def __init__(self) -> None:
        self.requests, self.bad = 0, 0
        self.last = 0.0
        self.pace = Pace()


class _Doubt:
    """A promoted release is held against the old one again, on one scale; and the old one against the same limit."""

    def __init__(self, scale: Scale, fine: Against, limit: float) -> None:
        self.scale: Scale = scale
        self.fine = fine
        self.old_failed = False
        self._limit = limit
        self._old = Above()

    def see_old(self, before: tuple[int, float], now: tuple[int, float]) -> None:
        """Its requests and bad ones, of all time."""
        requests, bad = now[0] - before[0], now[1] - before[1]
        self._old.add(requests - bad, bad, self._limit)
        self.old_failed = self.old_failed or self._old.log_e >= SURE_DOUBT


class Gathered:
    """What speaks for the candidate and what against it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._clients = Clients()
        self._told_clients = False
        self._untold = 0
        self._bounds = Bounds()
        self._beside: dict[Scale, Beside] = {
            "errors": Beside("errors", budget),
            "resets": Beside("resets", budget),
            "signal": Beside("signal", budget),
            **{tail: Beside("slow", budget, tail) for tail in TAILS},
        }
        self._lately: dict[Scale, Lately] = {scale: Lately() for scale in WATCHED}
        self._arrived: dict[tuple[Source, Scale], Arrived] = {}
        self._sent = Sent()
        self._waiting = 0  # requests at the candidate
        self._under_way = 0  # that were sent to it since it has all, and are not counted yet
        self._checks = Above()
        self._checked = [0, 0]
        self._errors = Against(budget.tolerated, budget.beta)
        self._users = Against(min(LOOSER * budget.tolerated, 0.5), budget.beta)
        self._load = Against(min(LOOSER * budget.tolerated, 0.5), budget.beta)
        self._slow: dict[Tail, Against] = {tail: Against(self._tolerated(tail), budget.beta, tail) for tail in TAILS}
        self._signal = Against(budget.tolerated, budget.beta)
        self._loaded = False
        self._warm = 0  # answers of the candidate that were timed
        self._alone: dict[Scale, Alone] = {}
        self._doubt: _Doubt | None = None
        self._pace = Pace(budget.rps)
        self._user_at = 0.0
        self._came: dict[Source, _Came] = {}
        self._leaks: tuple[Leak, ...] = ()

    @property
    def rps(self) -> float:
        return max(self._pace.rate, 1e-3)

    @property
    def bad_of_users(self) -> float:
        """What the candidate cost users beyond what the baseline would have cost them."""
        if "users" not in self._came:
            return 0.0
        requests, bad = self._baseline("errors")
        usual = bad / requests if requests else 0.0
        return max(self._came["users"].bad - usual * self._came["users"].requests, 0.0)

    @property
    def is_tolerable(self) -> bool:
        """Of users' requests to the candidate no more failed than are tolerated, as far as few can tell."""
        users = self._came.get("users", _Came())
        return users.bad < max(self._errors.limit(self._baseline("errors")) * users.requests, 1.0)

    @property
    def log_e(self) -> float:
        """Of a cold release it says nothing yet that it is slow: to send fewer to it would keep it cold."""
        required = self._required(users=False)
        return min(one.fine.log_e for one, scale in required if scale not in TAILS or self._warm >= WARM)

    def add(self, tick: Tick, at: float, phase: Phase) -> None:
        users = tick.source == "users"
        before = {scale: self._baseline(scale) for scale in self._beside}
        self._told_clients = self._told_clients or bool(tick.clients)
        self._untold += tick.is_untold
        heard = self._clients.hear(at, tick.baseline, tick.candidate, tick.clients)
        self._count(tick, at, phase)
        bounds = self._bounds.now() if self._warm >= COLD else {}
        self._warm += timed(tick.candidate)
        self._compare(tick, at, heard, bounds, phase)
        good, bad = self._as_counted(tick, heard)
        self._errors.add(good, bad, before["errors"])
        if users:
            self._users.add(heard.good, heard.bad, before["errors"])
            if self._loaded:
                self._load.add(heard.good, heard.bad, before["errors"])
        arm = tick.candidate
        self._signal.add(arm.signal_total - _signal(arm), _signal(arm), before["signal"])
        if users:
            self._watch("signal", arm.signal_total - _signal(arm), _signal(arm), phase)
            sent = self._sent_alone(arm) if phase == "promoted" else 0
            self._watch("errors", heard.good + sent, heard.bad, phase)
        if tick.source in ("users", "mirrored"):
            for tail, bound in bounds.items():
                slow = slower(arm, bound)
                self._slow[tail].add(timed(arm) - slow, slow, before[tail])
                if users:
                    self._watch(tail, timed(arm) - slow, slow, phase)
        if users:
            if self._doubt is not None:
                self._doubt.see_old(before[self._doubt.scale], self._baseline(self._doubt.scale))
            self._bounds.add(tick.baseline)
        for leak in self._leaks:
            leak.add(at, arm.requests if users else 0, tick.usage)

    def _sent_alone(self, arm: Arm) -> int:
        """Each request counts when it is sent, since what fails may end sooner than what goes well; and once."""
        self._under_way += arm.started - arm.requests
        fresh = max(self._under_way, 0)
        self._under_way -= fresh
        return fresh

    def _count(self, tick: Tick, at: float, phase: Phase) -> None:
        came = self._came.setdefault(tick.source, _Came())
        came.requests += tick.candidate.requests
        came.bad += min(tick.candidate.errors + tick.candidate.resets, tick.candidate.requests)
        came.pace.add(at, tick.candidate.requests)
        if tick.candidate.requests and (tick.source != "checks" or self._room_for_checks(tick) > 0):
            came.last = at
        if tick.source == "users":
            requests = tick.baseline.requests + tick.candidate.requests
            came = requests + tick.baseline.started + tick.candidate.started  # one that hangs has come, too
            if came and phase != "users" and self.no_user_for(at) >= self._budget.quiet_s:
                self._pace.wake(at)
            self._pace.add(at, requests)
            self._user_at = at if came else self._user_at

    def _compare(self, tick: Tick, at: float, heard: Heard, bounds: dict[Tail, float], phase: Phase) -> None:
        """A request of the baseline is compared once: with its own copy where there are any, else with users'."""
        base, cand = tick.baseline, tick.candidate
        if tick.source == "users":
            self._sent.see(tick.weight, at)
            self._waiting = cand.waiting
        if tick.source == "checks" and not base.requests:
            bad = min(cand.errors + cand.resets, cand.requests)
            self._checks.add(cand.requests - bad, bad, self._budget.tolerated)
            self._checked[0] += cand.requests
            self._checked[1] += bad
            return
        if tick.source == ("users" if phase == "before" else "mirrored") and "mirrored" in self._budget.before:
            base, cand = Arm(), Arm()
        of_base = heard.baseline_bad / max(base.errors + base.resets, 1)
        of_cand = heard.candidate_bad / max(tick.candidate.errors + tick.candidate.resets, 1)
        counted: dict[Scale, tuple[tuple[int, float], tuple[int, float]]] = {
            "errors": ((base.requests, base.errors * of_base), (cand.requests, cand.errors * of_cand)),
            "resets": ((base.requests, base.resets * of_base), (cand.requests, cand.resets * of_cand)),
            "signal": ((base.signal_total, _signal(base)), (cand.signal_total, _signal(cand))),
        }
        for tail, bound in bounds.items():
            counted[tail] = (timed(base), slower(base, bound)), (timed(cand), slower(cand, bound))
        self._lately["errors"].add(base.requests, base.errors * of_base + base.resets * of_base)
        for scale in ("signal", *bounds):
            self._lately[scale].add(*counted[scale][0])
        for scale, (old, new) in counted.items():
            self._beside[scale].add(at, old, new, self._ratio(tick, scale, old[0], new[0]))

    def _ratio(self, tick: Tick, scale: Scale, baseline: int, candidate: int) -> float:
        """How many were sent to the baseline for one that was sent to the candidate. Which release a user's request is
        sent to is left to chance, and that is known; of whatever else is compared it is counted."""
        arrived = self._arrived.setdefault((tick.source, scale), Arrived())
        arrived.add(tick.weight, baseline, candidate)
        late = max(tick.late_s, slowest_s(tick.baseline), slowest_s(tick.candidate))
        sent = self._sent.weight(max(late, UNTOLD) if scale == "signal" else late)
        if tick.source == "users" and sent:
            return arrived.ratio_by(sent, TRUST if scale in ("errors", "resets") else 0)
        return arrived.ratio(self._waiting if tick.source == "mirrored" else 0)

    def _as_counted(self, tick: Tick, heard: Heard) -> tuple[float, float]:
        """Good and bad ones; of checks no more than their part."""
        good, bad = heard.good, heard.bad
        if tick.source == "checks":
            part = min(1.0, self._room_for_checks(tick) / tick.candidate.requests) if tick.candidate.requests else 1.0
            return part * good, part * bad
        return good, bad

    def _room_for_checks(self, tick: Tick) -> float:
        """How many of this look's checks may count."""
        before = self._came["checks"].requests - tick.candidate.requests
        return max(CHECKS * self._budget.requests - before, 0.0)

    def _watch(self, scale: Scale, good: float, bad: float, phase: Phase) -> None:
        """Users' own requests: whether to doubt a promoted release, and whether to doubt it no more."""
        if phase == "promoted":
            self._alone[scale].add(good, bad)
        if self._doubt is not None and self._doubt.scale == scale:
            self._doubt.fine.add(good, bad, self._lately[scale].counts)

    def against(self) -> Metric | None:
        """The metric for which it is taken back, if there is one."""
        for beside in self._beside.values():
            if beside.reached:
                return beside.metric
        if self._checks.log_e >= log(1 / self._budget.alpha_of("checks")):
            return "checks"
        return next((leak.metric for leak in self._leaks if leak.reached), None)

    def _baseline(self, scale: Scale) -> tuple[int, float]:
        beside = self._beside[scale]
        if scale == "errors":
            return beside.baseline, beside.baseline_bad + self._beside["resets"].baseline_bad
        return beside.baseline, beside.baseline_bad

    def _required(self, *, users: bool) -> list[tuple[Against, Scale]]:
        """What must be sure before it is promoted: of what can be seen here at all."""
        required: list[tuple[Against, Scale]] = [(self._errors, "errors")]
        for tail, slow in self._slow.items():
            if slow.good + slow.bad > 0:
                required.append((slow, tail))
        if self._signal.good + self._signal.bad > 0:
            required.append((self._signal, "signal"))
        if users:
            required.append((self._users, "errors"))
        return required

    def missing(self, *, users: bool) -> float:
        """Requests until it may be promoted; or, without users, until they may be sent."""
        return max(one.missing(self._baseline(scale)) for one, scale in self._required(users=users))

    def is_worth_waiting(self, missing: float, rate: float) -> bool:
        """Whether all evidence before users, and then users' own part, costs less than to send users now: they would
        give the same evidence in their own time, and a bad release would cost what it costs until it is gone."""
        own = self._users.missing(self._baseline("errors"))
        waited = self._budget.hour * missing / rate / 3600 + self._loss(max(self.log_e, self._errors.threshold), own)
        return waited <= self._loss(self.log_e, self.missing(users=True))

    def _loss(self, log_e: float, missing: float) -> float:
        left = self._budget.bad_responses - self.bad_of_users
        return least_loss(self._budget, rps=self.rps, log_e=log_e, missing=max(missing, 1.0), bad_left=left)

    def begin_load(self) -> None:
        self._loaded = True

    def missing_under_load(self) -> float:
        return self._load.missing(self._baseline("errors"))

    def begin_alone(self, at: float) -> None:
        """Nothing runs beside it from now on; the baseline's rates stay what they were last."""
        for scale in WATCHED:
            alone = Alone(self._tolerated(scale), ALLOWED[self._beside[scale].metric], self._lately[scale])
            if self._doubt is not None and not self.old_failed_too:
                alone.limit = min(alone.limit, self._alone[scale].limit)
            self._alone[scale] = alone
        if self._doubt is None:
            self.begin_leaks(at)
        self._doubt = None
        self._under_way = 0

    def begin_leaks(self, at: float) -> None:
        self._leaks = _leaks(self._budget, at)

    def _tolerated(self, scale: Scale) -> float:
        slow = TAILS[scale].tolerated if scale == "hundredth" or scale == "tenth" else 0.0
        return max(slow, self._budget.tolerated)

    def doubtful(self) -> Scale | None:
        return next((scale for scale, alone in self._alone.items() if alone.doubtful), None)

    def begin_doubt(self, scale: Scale) -> None:
        """Both run beside one another again, and half of what is in hand is staked on the release's being worse."""
        for each in ("errors", "resets") if scale == "errors" else (scale,):
            self._beside[each].worse.stake(0.5)
        self._doubt = _Doubt(scale, Against(self._tolerated(scale), SURE_AGAIN), self._alone[scale].limit)

    def missing_in_doubt(self) -> float:
        assert self._doubt is not None
        return self._doubt.fine.missing(self._lately[self._doubt.scale].counts)

    @property
    def old_failed_too(self) -> bool:
        """Since it was doubted, more often than the candidate may, be it for a moment."""
        assert self._doubt is not None
        return self._doubt.old_failed

    def came_from(self, sources: Iterable[Source]) -> int:
        return sum(self._came[source].requests for source in sources if source in self._came)

    def rate_of(self, sources: Iterable[Source]) -> float:
        return sum(self._came[source].pace.rate for source in sources if source in self._came)

    def no_user_for(self, at: float) -> float:
        return at - self._user_at

    def silent_for(self, at: float, sources: Iterable[Source]) -> float:
        return at - max((self._came[source].last for source in sources if source in self._came), default=0.0)

    def feeding(self, at: float) -> tuple[Source, ...]:
        return tuple(source for source, came in sorted(self._came.items()) if came.requests and at - came.last <= FEEDS)

    def told(self, at: float, phase: Phase, notes: tuple[str, ...]) -> Evidence:
        slow_told = bool(self._bounds.now())
        compared = [one.told() for one in self._beside.values() if one.metric != "slow" or slow_told]
        if self._checked[0]:
            compared.append(self._checks_told())
        if not slow_told:
            notes = (*notes, f"latency was not judged, since the old release had only {self._bounds.count} answers")
        if self._untold:
            looks = f"{self._untold} look{'' if self._untold == 1 else 's'}"
            notes = (*notes, f"the application's own count was not to be had at {looks}")
        if self._clients.are_proxies:
            notes = (*notes, "nearly all requests came from one address or two, as from a proxy: none was capped")
        return Evidence(
            at=at,
            phase=phase,
            compared=tuple(one for one in compared if one.candidate_requests),
            certain=tuple(
                one.told(self._beside[scale].metric, self._baseline(scale))
                for one, scale in self._required(users=False)
            ),
            growth=tuple(told for leak in self._leaks if (told := leak.told()) is not None),
            rests_on=tuple(
                Rest(source=source, requests=came.requests, bad=came.bad)
                for source, came in sorted(self._came.items())
                if came.requests
            ),
            clients=self._clients.count if self._told_clients else None,
            failing_clients=self._clients.failing if self._told_clients else None,
            notes=notes,
        )

    def _checks_told(self) -> Compared:
        return Compared(
            metric="checks",
            baseline_requests=0,
            baseline_bad=0.0,
            candidate_requests=self._checked[0],
            candidate_bad=float(self._checked[1]),
            log_e=self._checks.log_e,
            log_threshold=log(1 / self._budget.alpha_of("checks")),
        )


def _leaks(budget: Budget, began: float) -> tuple[Leak, ...]:
    kinds: tuple[Kind, ...] = ("memory", "descriptors")
    return tuple(Leak(kind, budget.alpha_of(kind), budget.block_s, began) for kind in kinds)


def _signal(arm: Arm) -> int:
    return min(arm.signal_bad, arm.signal_total)
