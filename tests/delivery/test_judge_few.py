"""One request now and then, as a poller or an uptime check sends it: what fails for each of them is not settled."""

from __future__ import annotations

from random import Random

import pytest

from outpace.delivery.rollout.budget import budget
from outpace.delivery.rollout.counts import Arm, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict
from outpace.model.edge import Risk, Urgency

HOURS = 40 * 3600.0 + 45


def polled(every: float, urgency: Urgency, *, fails: float = 1.0, old_fails: float = 0.0) -> tuple[Judge, Verdict, int]:
    """By one request in so many seconds, until it is over; and how many the candidate failed."""
    random, bad, at = Random(1), 0, 0.0
    judge = Judge(budget(Risk(), urgency=urgency, rps=0.01, soak_s=3600))
    verdict: Verdict | None = None
    while at < HOURS and judge.phase not in ("settled", "taken back"):
        at += 1
        old = new = Arm()
        if at % every == 0:
            ours = random.random() < judge.weight
            wrong = random.random() < (fails if ours else old_fails)
            old, new = (Arm(), Arm(requests=1, errors=int(wrong)))[:: 1 if ours else -1]
            bad += new.errors
        verdict = judge.see(Tick(at=at, weight=judge.weight, baseline=old, candidate=new))
    assert verdict is not None
    return judge, verdict, bad


@pytest.mark.parametrize(("every", "urgency"), [(20, "exploited"), (60, "known"), (120, "routine"), (300, "known")])
def test_what_fails_for_each_of_few_is_shared_out_and_taken_back(every: float, urgency: Urgency) -> None:
    judge, verdict, bad = polled(every, urgency)
    assert isinstance(verdict, RollBack), judge.phase
    assert (verdict.metric, bad <= 12) == ("errors", True)


def test_what_fails_at_both_is_neither_promoted_by_silence_nor_taken_back() -> None:
    judge, verdict, _ = polled(60, "known", old_fails=1.0)
    assert isinstance(verdict, GoOn)
    assert judge.phase == "users"
    assert verdict.price.why == "hardly anybody comes, but it failed for some of those who did"


def test_what_answers_few_well_is_settled() -> None:
    judge, verdict, bad = polled(60, "known", fails=0.0)
    assert isinstance(verdict, Promote)
    assert (judge.phase, bad) == ("settled", 0)


def test_silence_promotes_nothing_that_hangs() -> None:
    """A poller once a minute that waits for ever for the new release."""
    random, judge, waiting = Random(3), Judge(budget(Risk(), urgency="known", rps=0.02, soak_s=3600)), 0
    for look in range(2 * 9000):
        arms = [Arm(), Arm(waiting=waiting)]
        if look % 120 == 119 and random.random() < judge.weight:
            waiting += 1
            arms[1] = Arm(started=1, waiting=waiting)
        elif look % 120 == 119:
            arms[0] = Arm(requests=1, started=1)
        judge.see(Tick(at=look / 2, weight=judge.weight, baseline=arms[0], candidate=arms[1]))
    assert judge.phase == "taken back"
