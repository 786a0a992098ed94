"""A judge that says what it was told to."""

from __future__ import annotations

from outpace.delivery.edge.standing import Rollout
from outpace.delivery.rollout.counts import Source, Tick
from outpace.delivery.rollout.verdicts import Verdict
from outpace.model.errors import Error


class Says:
    """Implements `rollout_parts.Judges` and `Judging`: one verdict or error after another, the last again and again."""

    def __init__(self, *verdicts: Verdict | Error) -> None:
        self._verdicts = list(verdicts)

    def of(self, rollout: Rollout, rps: float, sources: tuple[Source, ...]) -> Says:
        return self

    def hear(self, tick: Tick) -> Verdict:
        next_ = self._verdicts.pop(0) if len(self._verdicts) > 1 else self._verdicts[0]
        if isinstance(next_, Error):
            raise next_
        return next_
