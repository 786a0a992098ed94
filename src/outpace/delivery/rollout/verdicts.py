"""What the judge of a rollout says, and what it rests on."""

from __future__ import annotations

from math import exp, log
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.delivery.rollout.counts import Source

Metric: TypeAlias = Literal["errors", "resets", "slow", "signal", "checks", "memory", "descriptors", "health", "doubt"]
Tail: TypeAlias = Literal["hundredth", "tenth"]
"""Slow is what took longer than the old release's slowest hundredth, or twice as long as its slowest tenth."""
Phase: TypeAlias = Literal["before", "users", "load", "quiet", "promoted", "doubted", "settled", "taken back"]


class Compared(Struct, frozen=True, kw_only=True):
    """One metric of the candidate beside the baseline's. Bad events are fractions where one client counts less."""

    metric: Metric
    baseline_requests: int
    baseline_bad: float
    candidate_requests: int
    candidate_bad: float
    log_e: float
    log_threshold: float  # log(1 / the metric's part of alpha): from there on it is taken back
    tail: Tail | None = None  # of what is slow


class Certain(Struct, frozen=True, kw_only=True):
    """How sure it is that a metric of the candidate lies below the tolerated rate."""

    metric: Literal["errors", "slow", "signal"]  # errors: resets among them
    requests: float
    bad: float
    tolerated: float
    log_e: float
    log_threshold: float  # log(1 / beta): from there on it may be promoted
    tail: Tail | None = None  # of what is slow


class Growth(Struct, frozen=True, kw_only=True):
    """What the candidate's processes hold, over the blocks of the soak."""

    metric: Literal["memory", "descriptors"]
    blocks: int
    per_hour: float  # bytes or descriptors
    log_e: float
    log_threshold: float


class Rest(Struct, frozen=True, kw_only=True):
    """Requests of one source that the candidate answered."""

    source: Source
    requests: int
    bad: int


class Evidence(Struct, frozen=True, kw_only=True):
    at: float
    phase: Phase
    compared: tuple[Compared, ...]
    certain: tuple[Certain, ...]
    growth: tuple[Growth, ...] = ()
    rests_on: tuple[Rest, ...] = ()
    clients: int | None = None  # None: nobody tells them apart
    failing_clients: int | None = None
    notes: tuple[str, ...] = ()


class Price(Struct, frozen=True, kw_only=True):
    """What an answer costs: requests that the candidate has yet to answer well."""

    requests: int
    seconds: float | None  # at the rate seen; None: none come
    sources: tuple[Source, ...]  # that feed it now
    why: str = ""
    expected: float | None = None  # requests a second that are assumed, since none have come yet


class Promote(Struct, frozen=True, tag=True, kw_only=True):
    """All users; and, once its evidence says settled, the old release may go."""

    evidence: Evidence


class GoOn(Struct, frozen=True, tag=True, kw_only=True):
    """`weight`: the share of users' requests that the candidate is to get from now on."""

    price: Price
    weight: float
    phase: Phase


class RollBack(Struct, frozen=True, tag=True, kw_only=True):
    metric: Metric
    evidence: Evidence


DOWN = 5.0
"""Seconds without any healthy process after which a release is taken back, while the old one has some."""

Verdict: TypeAlias = Promote | GoOn | RollBack

NAMES: dict[Metric, str] = {
    "errors": "answers of 5xx",
    "resets": "requests without an answer",
    "slow": "slow answers",
    "signal": "failures by the application's own count",
    "checks": "failed checks",
    "memory": "memory",
    "descriptors": "open file descriptors",
    "health": "health",
    "doubt": "a doubt",
}
SLOW: dict[Tail | None, str] = {
    None: "slower than the old release's slowest hundredth",
    "hundredth": "slower than the old release's slowest hundredth",
    "tenth": "twice as slow as the old release's slowest tenth",
}
SOURCES: dict[Source, str] = {
    "users": "users' requests",
    "mirrored": "mirrored requests",
    "replayed": "replayed requests",
    "checks": "checks",
}


def sentence(verdict: Verdict) -> str:
    """One plain sentence, for people."""
    match verdict:
        case GoOn(weight=weight, phase=phase):
            said = f"go on at {share(weight)} of users{_phase(phase)}"
        case Promote(evidence=evidence):
            said = "settled" if evidence.phase == "settled" else "promote"
        case RollBack():
            said = "roll back"
    return f"{said}: {reason(verdict)}"


def reason(verdict: Verdict) -> str:
    """Behind what is said elsewhere."""
    match verdict:
        case GoOn(price=price):
            return priced(price)
        case Promote(evidence=evidence) if evidence.phase == "settled":
            return f"nothing spoke against it since it was promoted{_rests(evidence)}"
        case Promote(evidence=evidence) if evidence.phase == "quiet":
            return f"nobody is there to harm, and none to wait for{_rests(evidence)}"
        case Promote(evidence=evidence):
            return "; ".join(_certain(one) for one in evidence.certain) + _rests(evidence)
        case RollBack(metric=metric, evidence=evidence):
            return _against(metric, evidence) + _rests(evidence, failing=metric in ("errors", "resets"))


def priced(price: Price) -> str:
    means = " and ".join(SOURCES[source] for source in price.sources)
    fed = f"; fed by {means}" if means else ""
    why = f"; {price.why}" if price.why else ""
    if price.requests == 0:
        return f"nothing more is needed{fed}{why}"
    rate = "this rate" if price.expected is None else f"about {price.expected:.3g} a second"
    time = f"{spoken(price.seconds)} at {rate}" if price.seconds is not None else "and none come"
    return f"needs about {price.requests} more requests, {time}{fed}{why}"


def spoken(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def share(weight: float) -> str:
    return f"{100 * weight:.3g}%"


def odds(log_e: float) -> str:
    """E as people write it."""
    if log_e > log(1e6) or log_e < log(0.01):
        return f"10^{log_e / log(10):.1f}"
    return f"{exp(log_e):,.0f}" if log_e > log(10) else f"{exp(log_e):.2g}"


def _phase(phase: Phase) -> str:
    match phase:
        case "before":
            return ", before any is sent"
        case "load":
            return ", to see it under load"
        case "quiet":
            return ", promoted while no user came"
        case "promoted":
            return ", promoted and not settled"
        case "doubted":
            return ", since it fails or hangs more than before: is it the release?"
        case _:
            return ""


def _certain(one: Certain) -> str:
    what = {
        "errors": "failed",
        "slow": f"were {SLOW[one.tail]}",
        "signal": "failed by the application's own count",
    }[one.metric]
    return (
        f"{_many(one.bad)} of {_many(one.requests)} {what}, so few that a rate of {share(one.tolerated)} or more is "
        f"unlikely (E {odds(one.log_e)}, and {odds(one.log_threshold)} decides)"
    )


def _many(count: float) -> str:
    return f"{count:.0f}" if count >= 10 or count == int(count) else f"{count:.1f}"


def _against(metric: Metric, evidence: Evidence) -> str:
    if metric == "health":
        return f"none of its processes was healthy for {DOWN:g} s"
    if metric == "doubt":
        return "it was doubted, and the doubt was not cleared"
    for grown in evidence.growth:
        if grown.metric == metric:
            many = f"{grown.per_hour / 2**20:,.1f} MiB" if metric == "memory" else f"{grown.per_hour:,.0f}"
            return f"{NAMES[metric]} grew by {many} an hour over {grown.blocks} blocks (E {odds(grown.log_e)})"
    one = max(
        (each for each in evidence.compared if each.metric == metric), key=lambda each: each.log_e - each.log_threshold
    )
    what = f"answers {SLOW[one.tail]}" if metric == "slow" else NAMES[metric]
    beside = (
        f" against {_many(one.baseline_bad)} of {one.baseline_requests} of the old release"
        if one.baseline_requests
        else ", where the tolerated rate is the limit"
    )
    return (
        f"{_many(one.candidate_bad)} {what} of {one.candidate_requests}{beside} "
        f"(E {odds(one.log_e)}, and {odds(one.log_threshold)} decides)"
    )


def _rests(evidence: Evidence, *, failing: bool = False) -> str:
    """`failing`: of clients, those whose failures counted."""
    parts = [f"{one.requests} {SOURCES[one.source]}" for one in evidence.rests_on if one.requests]
    told = f"; rests on {', '.join(parts)}" if parts else ""
    clients = evidence.failing_clients if failing else evidence.clients
    if clients and parts:
        told += f" of {clients} {'failing ' if failing else ''}client{'' if clients == 1 else 's'}"
    return told + "".join(f"; {note}" for note in evidence.notes)
