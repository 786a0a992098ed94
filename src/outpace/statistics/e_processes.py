"""E-processes on counts of bad events: evidence that may be looked at as often as one likes.

An e-process is a wealth: it starts at 1 and is bet on each new count in a game that nobody can win on average while the
hypothesis holds. So it reaches 1/alpha with probability alpha at most, whenever and however often one looks (Ville
1939; Ramdas, Grünwald, Vovk, Shafer, "Game-theoretic statistics and safe anytime-valid inference", 2023). `Worse` bets
on the arm that a bad event came from, as Lindon and Malek ("Anytime-valid inference for multinomial count data",
NeurIPS 2022, arXiv 2011.03567) and Lindon, Sanden and Shirikian (arXiv 2205.14762) do for deployments; `Fine` and
`Above` bet on single requests.

Each spreads its wealth over several rates (a mixture), and keeps some in hand, of which a part is staked anew with each
bad event: a release that breaks after a long good time is then not judged by the good time (Shin, Ramdas, Rinaldo,
"E-detectors", 2022). Moving wealth before a bet is always allowed. All is in logarithms: nothing overflows.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, inf, log, log1p

RATIOS = (*(1.25 * 1.4**step for step in range(16)), 10_000.0)
"""Times as bad as allowed: 1.25 to about 200, and where everything fails."""
EVERYTHING = 5 / 9
"""Of what is staked, so much is on that: with what is in hand taken off, half of the wealth."""
BELOW = ((0.0, 8.0), (0.05, 2.0), (0.1, 2.0), (0.2, 1.0), (0.35, 1.0), (0.5, 1.0), (0.7, 1.0), (0.85, 0.5))
"""Rates as shares of the tolerated one, and how much is staked on each."""
IN_HAND = 0.1
NEVER = -inf


class _Wealth:
    """Stakes on several alternatives and what is kept in hand, all as logarithms."""

    def __init__(self, shares: tuple[float, ...], trickle: float) -> None:
        total = sum(shares)
        self.shares = tuple(log(share / total) for share in shares)
        self.trickle = trickle
        self.stakes = [log(1 - IN_HAND) + share for share in self.shares]
        self.hand = log(IN_HAND)
        self._log_e: float | None = 0.0

    @property
    def log_e(self) -> float:
        if self._log_e is None:
            self._log_e = _log_sum([*self.stakes, self.hand])
        return self._log_e

    def gain(self, gains: Iterable[float]) -> None:
        """What each alternative's bet multiplied its stake by."""
        self.stakes = [stake + gained for stake, gained in zip(self.stakes, gains, strict=True)]
        self._log_e = None

    def stake(self, part: float) -> None:
        """Puts that part of what is in hand on the alternatives."""
        fresh = self.hand + log(part)
        self.hand += log1p(-part)
        self.stakes = [_log_add(old, fresh + share) for old, share in zip(self.stakes, self.shares, strict=True)]


class Worse:
    """Against "a request fails on the candidate at most `allowed` times as often as on the baseline".

    Under that, a bad event came from the candidate with a probability of at most allowed * c / (allowed * c + b), where
    c and b are the requests that were sent to both arms at the time, or the chance that one was. Not those that ended:
    where failures are quick and good answers slow, a new arm has only failures yet. Weights may change; nothing is said
    of how often both fail, so an outage of what both need is no evidence.

    For one `add`, independent outcomes, a rate of p on the baseline and of allowed * p on the candidate, the mean of a
    ratio's factor is at most exp of p times (what its bet on the candidate gains less what it loses on the baseline),
    by 1 + x <= exp(x), and that difference is 0. A step without a bad event changes nothing, so that what is staked
    just before one that has some is staked as fairly as before every one.
    """

    def __init__(self, allowed: float = 1.0) -> None:
        self.allowed = allowed
        self.ratios = tuple(allowed * ratio for ratio in RATIOS)
        finite = len(RATIOS) - 1
        self._wealth = _Wealth(((1 - EVERYTHING) / finite,) * finite + (EVERYTHING,), trickle=1 / 500)

    @property
    def log_e(self) -> float:
        return self._wealth.log_e

    def add(self, baseline: float, baseline_bad: float, candidate: float, candidate_bad: float) -> None:
        """Requests that were sent, of which the ratio alone counts, and bad events of one stretch of time. Bad ones may
        be fractions: of a client that counts less."""
        if baseline <= 0 or candidate <= 0 or baseline_bad + candidate_bad <= 0:
            return
        wealth = self._wealth
        wealth.stake(wealth.trickle)
        null, bad = self.allowed * candidate + baseline, baseline_bad + candidate_bad
        wealth.gain(
            bad * log(null / (ratio * candidate + baseline)) + candidate_bad * log(ratio / self.allowed)
            for ratio in self.ratios
        )

    def stake(self, part: float) -> None:
        """Bets more of what is in hand from now on: where something else made one doubt."""
        self._wealth.stake(part)


class Fine:
    """Against "requests fail at the tolerated rate or above it": large where they fail less."""

    def __init__(self) -> None:
        self._wealth = _Wealth(tuple(share for _, share in BELOW), trickle=1 / 10)

    @property
    def log_e(self) -> float:
        return self._wealth.log_e

    def add(self, good: float, bad: float, tolerated: float) -> None:
        """`tolerated` may change from one call to the next, but not by what this call's requests did."""
        if good + bad <= 0:
            return
        wealth = self._wealth
        least = log1p(-tolerated)
        wealth.gain(
            good * (log1p(-share * tolerated) - least) + (0.0 if bad <= 0 else bad * log(share) if share else NEVER)
            for share, _ in BELOW
        )
        if bad > 0:
            wealth.stake(wealth.trickle)

    def missing(self, log_goal: float, tolerated: float, rate: float = 0.0) -> float:
        """About how many requests until it gets there if they fail at `rate`; if none does where that is too often."""
        wealth = self._wealth
        if wealth.log_e >= log_goal:
            return 0.0
        for assumed in (rate, 0.0):
            needed = [
                (log_goal - stake) / gain
                for (share, _), stake in zip(BELOW, wealth.stakes, strict=True)
                if stake > NEVER and (gain := _gain(share, tolerated, assumed)) > 0
            ]
            if needed:
                return min(needed)
        raise AssertionError("a stake that is moved there afresh is never lost")


def _gain(share: float, tolerated: float, rate: float) -> float:
    """What a request adds on average to the logarithm of a stake on `share` of `tolerated`, where `rate` is true."""
    if rate > 0 and not share:
        return NEVER
    good = log1p(-share * tolerated) - log1p(-tolerated)
    return (1 - rate) * good + (rate * log(share) if rate > 0 else 0.0)


class Above:
    """Against "requests fail at the limit or below it", where nothing runs beside that could be compared."""

    def __init__(self) -> None:
        self._wealth = _Wealth((1.0,) * len(RATIOS), trickle=1 / 50)

    @property
    def log_e(self) -> float:
        return self._wealth.log_e

    def add(self, good: float, bad: float, limit: float) -> None:
        if good + bad <= 0:
            return
        wealth = self._wealth
        rates = [limit * ratio / (1 - limit + limit * ratio) for ratio in RATIOS]  # odds so many times as large
        least = log1p(-limit)
        wealth.gain(good * (log1p(-rate) - least) + bad * (log(rate) - log(limit)) for rate in rates)
        if bad > 0:  # after the bet: here good requests cost something, and staking on sight would not be fair
            wealth.stake(wealth.trickle)


def _log_sum(values: list[float]) -> float:
    most = max(values)
    return most if most == NEVER else most + log(sum(exp(value - most) for value in values))


def _log_add(one: float, other: float) -> float:
    high, low = (one, other) if one >= other else (other, one)
    return high if low == NEVER else high + log1p(exp(low - high))
