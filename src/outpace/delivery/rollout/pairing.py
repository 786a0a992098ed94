"""Which requests of the baseline stand beside the candidate's: the newest, and as many as usually come with one."""

from __future__ import annotations

from typing import NamedTuple

WINDOW = 60.0
"""Seconds after which a request of the baseline says nothing of now."""
KEPT = 4.0
"""So many times as many as come with one candidate's request are kept for it."""


class Stretch(NamedTuple):
    """What `Worse.add` takes."""

    baseline: int
    baseline_bad: float
    candidate: int
    candidate_bad: float


class _Left(NamedTuple):
    at: float
    requests: int
    bad: float


class Pairing:
    """With little traffic most looks see one request, and none to compare it with; so those of the baseline wait.

    Which are taken follows from arrivals alone, never from how requests ended; what is taken, is taken once. The newest
    go first: in an outage of both arms a candidate's failures stand beside the baseline's, not beside what was before.
    What waited has its failures still in it, so that these are counted late, or never, but never by choice.
    """

    def __init__(self) -> None:
        self._left: list[_Left] = []

    def add(self, at: float, baseline: tuple[int, float], candidate: tuple[int, float], ratio: float) -> Stretch | None:
        """`ratio`: how many requests of the baseline come with one of the candidate's. None while there is no pair."""
        if baseline[0] > 0:
            self._left.append(_Left(at, *baseline))
        if candidate[0] <= 0:
            self._forget(at, KEPT * max(ratio, 1.0))
            return None
        wanted, requests, bad = ratio * candidate[0], 0, 0.0
        while self._left and requests < wanted and self._left[-1].at > at - WINDOW:
            newest = self._left.pop()
            requests += newest.requests
            bad += newest.bad
        self._forget(at, KEPT * max(ratio, 1.0))
        return Stretch(requests, bad, *candidate) if requests else None

    def _forget(self, at: float, most: float) -> None:
        """The oldest go, whole looks at a time."""
        kept = 0
        for number in range(len(self._left) - 1, -1, -1):
            if kept >= most or self._left[number].at <= at - WINDOW:
                del self._left[: number + 1]
                return
            kept += self._left[number].requests
