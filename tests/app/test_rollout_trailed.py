"""Whoever goes on with a rollout's trail goes on after its end, whatever became of the clock."""

from __future__ import annotations

from outpace.app.judging import Trailed
from outpace.delivery.rollout.budget import budget
from outpace.delivery.rollout.counts import Arm, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import Header
from outpace.delivery.rollout.verdicts import RollBack, Verdict
from outpace.model.edge import Risk


class Trail:
    """Implements `judging.Trail` in memory."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def judge(self) -> Judge | None:
        return None

    def begin(self, header: Header) -> None: ...

    def add(self, tick: Tick, verdict: Verdict) -> None:
        self.at.append(tick.at)


def an_hour_in() -> Judge:
    judge = Judge(budget(Risk(), urgency="known", rps=0.01, soak_s=7200))
    for at in range(1, 3601):
        judge.see(Tick(at=at, weight=judge.weight))
    assert judge.phase == "quiet"
    return judge


def test_a_clock_that_begins_anew_goes_on_from_the_end_of_the_trail() -> None:
    """As where what was counted so far is damaged, and the next watch begins at 0."""
    trail = Trail()
    trailed = Trailed(an_hour_in(), trail)
    down = Arm(is_down=True)
    verdicts = [trailed.hear(Tick(at=at, weight=1.0, candidate=down)) for at in range(1, 8)]
    assert trail.at == [3600.0, 3601.0, 3602.0, 3603.0, 3604.0, 3605.0, 3606.0]
    assert isinstance(verdicts[-1], RollBack)
    assert verdicts[-1].metric == "health"


def test_a_clock_that_went_on_is_left_as_it_is() -> None:
    trail = Trail()
    trailed = Trailed(an_hour_in(), trail)
    for at in (3605.5, 3606.25):
        trailed.hear(Tick(at=at, weight=1.0))
    assert trail.at == [3605.5, 3606.25]
