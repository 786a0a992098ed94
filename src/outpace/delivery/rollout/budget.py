"""From what a rollout may cost to the judge's numbers, with the arithmetic in lines that a person can check."""

from __future__ import annotations

from math import ceil, exp, floor, log
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from outpace.delivery.rollout.counts import Seconds, Source
from outpace.delivery.rollout.leaks import HELD, earliest
from outpace.delivery.rollout.verdicts import Metric, share, spoken
from outpace.model.edge import Risk, Urgency

Rate: TypeAlias = Annotated[float, Meta(gt=0, lt=1)]
PRIOR = 0.05
"""How many releases are assumed to be bad before anything is known of this one."""
ROUTINE = 0.1
"""What an hour of waiting is worth without an exposure, as a share of `hour_exposed`: somebody waits for the change."""
REACTION, SLOW_REACTION = 0.15, 1.0
"""Seconds from a bad answer to traffic that has moved: usually, a look and two renames, and at worst."""
ALLOWED: dict[Metric, float] = {"errors": 1.0, "resets": 1.0, "slow": 2.0, "signal": 1.0}
"""Times as often as the baseline that are no reason: caches of new processes are cold."""
SPLIT: dict[Metric, float] = {
    "errors": 0.6, "resets": 0.1, "slow": 0.15, "signal": 0.05, "checks": 0.05, "memory": 0.025, "descriptors": 0.025,
}  # fmt: skip
"""How alpha is divided, so that it holds for all together, however they depend on one another (Bonferroni)."""
QUIET: dict[Urgency, float] = {"routine": 60.0, "known": 30.0, "exploited": 15.0}
"""Seconds without any user after which none is waited for."""
WEIGHTS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5)
"""Shares of users that are tried, beside the largest ones at which two, three ... failures decide."""
MOST_FAILURES = 8
WORTH_CHANGING = 0.8
"""A weight is changed where the loss becomes that share of what it is, or less."""
LOOSER = 5.0
"""What users' own requests must show, and what half the load must show: so many times the tolerated rate."""
BLOCKS = 30


class Part(Struct, frozen=True, kw_only=True):
    metric: Metric
    alpha: Rate


class Budget(Struct, frozen=True, kw_only=True):
    """What the judge goes by."""

    alpha: Rate
    beta: Rate
    tolerated: Annotated[float, Meta(gt=0, le=0.2)]
    bad_responses: Annotated[int, Meta(ge=2, le=10**9)]
    split: Annotated[tuple[Part, ...], Meta(max_length=20)]
    hour: Annotated[float, Meta(ge=0, le=10**12)]  # bad responses that an hour is worth
    rps: Annotated[float, Meta(gt=0, le=10**9)]  # seen before the rollout
    requests: Annotated[int, Meta(ge=1, le=10**12)]  # that must be answered well: n*
    weight: Annotated[float, Meta(ge=0, le=1)]  # the first one
    soak_s: Seconds
    block_s: Annotated[float, Meta(ge=0.1, le=10**9)]
    before: Annotated[tuple[Source, ...], Meta(max_length=4)] = ()  # what gives evidence at no user's risk
    lines: Annotated[tuple[str, ...], Meta(max_length=50)] = ()
    quiet_s: Seconds = QUIET["routine"]

    def __post_init__(self) -> None:
        if {part.metric for part in self.split} != set(SPLIT) or len(self.split) != len(SPLIT):
            raise ValueError("the parts of alpha are not one for each metric")
        if sum(part.alpha for part in self.split) > self.alpha * (1 + 1e-9):
            raise ValueError("the parts of alpha are more than alpha")

    def alpha_of(self, metric: Metric) -> float:
        return next(part.alpha for part in self.split if part.metric == metric)


def budget(
    risk: Risk,
    *,
    urgency: Urgency,
    rps: float,
    soak_s: float,
    exposed_hours: float = 0.0,
    before: tuple[Source, ...] = (),
    block_s: float | None = None,
) -> Budget:
    """Of a risk, an urgency and the traffic. Raises ValueError for a risk that is none."""
    _check(risk, rps, soak_s)
    hour = risk.hour_exposed * {"routine": ROUTINE, "known": 1.0, "exploited": risk.exploited}[urgency]
    made = Budget(
        alpha=risk.needless_rollbacks,
        beta=risk.wrong_promotions,
        tolerated=risk.tolerated,
        bad_responses=risk.bad_responses,
        split=tuple(Part(metric=m, alpha=part * risk.needless_rollbacks) for m, part in SPLIT.items()),
        hour=hour,
        rps=rps,
        requests=ceil(log(1 / risk.wrong_promotions) / risk.tolerated),
        weight=0.0,
        soak_s=soak_s,
        block_s=block_s or max(10.0, soak_s / BLOCKS),
        before=before,
        quiet_s=QUIET[urgency],
    )
    weight = next_weight(made, rps=rps, log_e=0.0, missing=made.requests, bad_left=risk.bad_responses)
    return _with_lines(made, weight, urgency, exposed_hours)


def follows(budget: Budget) -> bool:
    """Whether the requests and the first weight are those of its risk."""
    weight = next_weight(budget, rps=budget.rps, log_e=0.0, missing=budget.requests, bad_left=budget.bad_responses)
    return (budget.requests, budget.weight) == (ceil(log(1 / budget.beta) / budget.tolerated), weight)


def next_weight(
    budget: Budget, *, rps: float, log_e: float, missing: float, bad_left: float, now: float = 0.0
) -> float:
    """The share of users that costs least in all, by `loss`, of those that bad_left allows; the least one if none does.

    What is `now` stays where another would hardly cost less.
    """
    losses = _losses(budget, rps=rps, log_e=log_e, missing=missing, bad_left=bad_left)
    least, best = min(losses)
    return next((weight for cost, weight in losses if weight == now and cost * WORTH_CHANGING <= least), best)


def least_loss(budget: Budget, *, rps: float, log_e: float, missing: float, bad_left: float) -> float:
    """At the weight that `next_weight` gives."""
    return min(_losses(budget, rps=rps, log_e=log_e, missing=missing, bad_left=bad_left))[0]


def _losses(budget: Budget, *, rps: float, log_e: float, missing: float, bad_left: float) -> list[tuple[float, float]]:
    """With the weights; of the least weight alone where none is allowed."""
    odds = PRIOR / (1 - PRIOR) * _exp(-log_e)
    bad = odds / (1 + odds)
    allowed = [w for w in weights(budget) if events(budget, w) + w * rps * SLOW_REACTION <= bad_left]
    return [(loss(budget, w, rps=rps, missing=missing, bad=bad), w) for w in allowed or WEIGHTS[:1]]


def weights(budget: Budget) -> tuple[float, ...]:
    steps = (floor(1000 * exp(-_to_gain(budget) / failures)) / 1000 for failures in range(2, MOST_FAILURES + 1))
    return tuple(sorted({*WEIGHTS, *(step for step in steps if WEIGHTS[0] < step < WEIGHTS[-1])}))


def loss(budget: Budget, weight: float, *, rps: float, missing: float, bad: float) -> float:
    """In bad responses: those that a bad release costs until it is gone, and what the wait for the rest is worth."""
    waiting = missing / (weight * rps) / 3600
    return bad * (events(budget, weight) + weight * rps * REACTION) + budget.hour * waiting


def events(budget: Budget, weight: float) -> int:
    """How many failures decide where everything fails: each one multiplies what is staked on that, half of E, by one
    over the weight."""
    return max(2, ceil(_to_gain(budget) / log(1 / weight)))


def _to_gain(budget: Budget) -> float:
    return log(1 / budget.alpha_of("errors")) + log(2)


def _with_lines(made: Budget, weight: float, urgency: Urgency, exposed_hours: float) -> Budget:
    each, of_errors = weight * made.rps, made.alpha_of("errors")
    spent = f"; {exposed_hours:.1f} hours have cost {made.hour * exposed_hours:,.0f}" if exposed_hours else ""
    shared_out = ", ".join(f"{part.metric} {part.alpha:.3g}" for part in made.split)
    least = loss(made, weight, rps=made.rps, missing=made.requests, bad=PRIOR)
    text = f"""
n* = ln(1/beta) / tolerated = ln(1/{made.beta:g}) / {made.tolerated:g} = {made.requests} requests without a failure \
make a rate of that much or more unlikely enough to promote; each failure makes it more
alpha {made.alpha:g} is divided: {shared_out}
an hour is worth {made.hour:g} bad responses ({urgency}){spent}
of {100 * PRIOR:g}% of releases, which are bad, one at {share(weight)} of users costs {events(made, weight)} failures \
(ln({1 / of_errors:.0f}) + ln(2), over ln(1/{share(weight)})), and \
{each * REACTION:.1f} more in {REACTION:g} s until traffic has moved
waiting costs {made.hour:g} x {made.requests} / ({share(weight)} x {made.rps:g} a second) = \
{made.hour * made.requests / each / 3600:.2f}: {spoken(made.requests / each)}
at {made.rps:g} requests a second and at most {made.bad_responses} bad: weight {share(weight)}, \
where the sum is least ({least:.2f} bad responses)
where no user comes for {spoken(made.quiet_s)}, none is waited for, and the soak judges the first ones
the soak lasts {spoken(made.soak_s)}; {_blocks(made)}"""
    return Budget(
        **{name: getattr(made, name) for name in made.__struct_fields__ if name not in ("weight", "lines")},
        weight=weight,
        lines=tuple(text.strip().splitlines()),
    )


def _blocks(made: Budget) -> str:
    told: list[str] = []
    for metric, held in HELD.items():
        block = held.blocks * made.block_s
        soonest = earliest(made.alpha_of(metric)) * block
        told.append(f"{metric} in blocks of {block:g} s, so that no leak is seen before {spoken(soonest)}")
    return "; ".join(told)


def _check(risk: Risk, rps: float, soak_s: float) -> None:
    rates = {
        "needless_rollbacks": risk.needless_rollbacks,
        "wrong_promotions": risk.wrong_promotions,
        "tolerated": risk.tolerated,
    }
    for name, rate in rates.items():
        if not 0 < rate < 1:
            raise ValueError(f"`{name}` is {rate:g}, and should lie between 0 and 1")
    if risk.tolerated > 0.2:
        raise ValueError(f"`tolerated` is {risk.tolerated:g}: a release that fails so often is not worth a rollout")
    if risk.bad_responses < 2:
        raise ValueError(f"`bad_responses` is {risk.bad_responses}: two failures at least tell that a release fails")
    if risk.hour_exposed < 0 or risk.exploited < 0 or rps <= 0 or soak_s < 0:
        raise ValueError("an hour's worth, the requests a second and the soak are above 0")


def _exp(value: float) -> float:
    return exp(min(max(value, -500.0), 500.0))
