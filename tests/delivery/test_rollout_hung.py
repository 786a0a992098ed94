"""A candidate to which requests hang is promoted by no number of answers that others get."""

from __future__ import annotations

import pytest

from outpace.delivery.rollout.budget import budget
from outpace.delivery.rollout.counts import Arm, Tick
from outpace.delivery.rollout.hanging import hung
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict
from outpace.model.edge import Risk


def judged(waiting: int) -> Verdict:
    """A minute of a healthy candidate, with so many requests under way on it and none on the baseline."""
    judge = Judge(budget(Risk(tolerated=0.05), urgency="exploited", rps=50, soak_s=600))
    verdict: Verdict | None = None
    for number in range(1, 120):
        old, new = Arm(requests=20), Arm(requests=20, waiting=waiting)
        verdict = judge.see(Tick(at=number * 0.5, weight=judge.weight, baseline=old, candidate=new))
        if not isinstance(verdict, GoOn):
            break
    assert verdict is not None
    return verdict


def test_it_goes_on_while_more_requests_wait_than_the_baseline_explains() -> None:
    assert isinstance(judged(0), Promote)
    verdict = judged(40)
    assert isinstance(verdict, GoOn)
    assert verdict.price.why == "40 requests to it are not answered yet"


@pytest.mark.parametrize(
    ("weight", "baseline", "candidate", "holds"),
    [
        (0.05, 0, 5, False),
        (0.05, 0, 6, True),
        (0.5, 30, 90, False),
        (0.5, 30, 96, True),
        (0.05, 95, 20, False),
        (1.0, 0, 5, False),
        (0.0, 0, 6, True),
        (0.0, 30, 90, False),
        (0.0, 30, 96, True),
    ],
)
def test_streams_that_both_hold_open_are_no_sign(weight: float, baseline: int, candidate: int, holds: bool) -> None:
    tick = Tick(at=1, weight=weight, baseline=Arm(waiting=baseline), candidate=Arm(waiting=candidate))
    assert bool(hung(tick)) == holds


def mirrored(waiting: int, seconds: int) -> Verdict:
    """Copies of ten requests a second come, and so many of them are never answered."""
    judge = Judge(budget(Risk(tolerated=0.05), urgency="exploited", rps=10, soak_s=600, before=("mirrored",)))
    verdict: Verdict | None = None
    for second in range(1, seconds):
        users = Tick(at=second, weight=judge.weight, baseline=Arm(requests=10), candidate=Arm(waiting=waiting))
        copies = Tick(at=second, weight=0.0, source="mirrored", baseline=Arm(requests=10), candidate=Arm(requests=3))
        for tick in (users, copies):
            verdict = judge.see(tick)
        if not isinstance(verdict, GoOn) or judge.weight:
            break
    assert verdict is not None
    return verdict


def test_no_user_is_sent_while_copies_hang_and_those_that_hang_for_long_take_it_back() -> None:
    waits = mirrored(40, 25)
    assert isinstance(waits, GoOn)
    assert (waits.phase, waits.weight, waits.price.why) == ("before", 0.0, "40 requests to it are not answered yet")
    back = mirrored(40, 60)
    assert isinstance(back, RollBack)
    assert back.metric == "resets"
    sent = mirrored(0, 600)
    assert isinstance(sent, GoOn)
    assert sent.weight > 0
