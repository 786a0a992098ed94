"""What ends late was sent at another weight, or cannot be told to wait: two releases alike stay so."""

from __future__ import annotations

from math import inf

import pytest

from outpace.delivery.rollout.counts import Arm, Bucket, Tick
from outpace.delivery.rollout.hanging import Hanging
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import RollBack, Verdict, reason
from tests.delivery.test_rollout_hanging import quick
from tests.fakes.rollout_traffic import made
from tests.fakes.waiting_traffic import LOOK, Site


@pytest.mark.parametrize("patience", [40.0, 60.0])
@pytest.mark.parametrize("rps", [10.0, 4.0])
def test_an_outage_of_both_in_which_clients_wait_for_long_takes_nothing_back(rps: float, patience: float) -> None:
    """The first failures lower the weight; what was sent before ends long after that."""
    away = [False]
    site = Site(3, rps, lambda _arm, _since, random: inf if away[0] else quick(random), patience=patience)
    judge = Judge(made(rps, 600.0))
    verdict: Verdict | None = None
    weights: set[float] = set()
    for look in range(3300):
        at = look * LOOK
        away[0] = 60 <= at < 260
        verdict = judge.see(site.look(at, -1.0, judge.weight))
        weights.add(judge.weight)
        assert not isinstance(verdict, RollBack), (at, reason(verdict))
    assert len(weights) > 2


def test_what_waits_at_a_new_release_is_held_against_all_that_waits_at_the_old_one() -> None:
    """Of many requests, fewer can be told to wait for long."""
    hanging, at = Hanging(), 0.0
    resets = 0
    for look in range(200):
        at = look * LOOK
        old, new = (
            Arm(started=20, requests=20 if look else 0, waiting=20),
            Arm(started=3 if look == 1 else 0, waiting=3 if look else 0),
        )
        tick = Tick(at=at, weight=0.1, baseline=old, candidate=new)
        hanging.see(tick, at, shared=True)
        resets += hanging.settle_first(tick).candidate.resets
    assert (hanging.candidate.old, hanging.baseline.old, resets) == (3, 0, 0)


@pytest.mark.parametrize(("hangs", "errors", "resets"), [(True, 0, 7), (False, 7, 0)])
def test_what_goes_wrong_in_a_doubt_is_all_taken_for_that_for_which_it_is(
    hangs: bool, errors: int, resets: int
) -> None:
    """Else what hangs at one release would be held against nothing where the other answers 5xx instead."""
    hanging = Hanging()
    for at in (0.0, 15.0):  # nothing is answered, or all
        arm = Arm(started=0 if at else 20, requests=20 if at and not hangs else 0, waiting=20)
        hanging.see(Tick(at=at, weight=1.0, candidate=arm), at, shared=False)
    hanging.begin_doubt()
    hanging.settle(Tick(at=15.0, weight=0.1))
    old = Arm(requests=7, started=7, errors=3, resets=4)
    found = hanging.settle(Tick(at=16.0, weight=0.1, baseline=old)).baseline
    assert (found.errors, found.resets, found.requests) == (errors, resets, 7)


def test_answers_that_took_longer_than_a_doubt_lasts_are_no_slow_ones_of_it() -> None:
    """They were sent when all users were sent to one of the two."""
    judge, at = Judge(made(soak_s=600)), 0.0
    quick_ones = (Bucket(50.0, 100),)
    while judge.phase != "promoted":
        at += 0.5
        ours = round(100 * judge.weight)
        old, new = (Arm(requests=many, latency=(Bucket(50.0, many),)) for many in (100 - ours, ours))
        judge.see(Tick(at=at, weight=judge.weight, baseline=old, candidate=new))
    while judge.weight == 1:
        at += 0.5
        judge.see(Tick(at=at, weight=1.0, candidate=Arm(requests=100, errors=50, latency=quick_ones)))
    for late in range(1, 60):
        at += 0.5
        new = Arm(requests=100, latency=(*quick_ones, Bucket(60_000.0, 100)))
        verdict = judge.see(Tick(at=at, weight=0.1, baseline=Arm(requests=100, latency=quick_ones), candidate=new))
        assert not isinstance(verdict, RollBack), (late, reason(verdict))


def test_what_is_given_up_late_shields_nothing_in_a_doubt() -> None:
    """It was sent when all users were sent to one of the two, or before."""
    taken: list[float] = []
    for late_s in (0.0, 3600.0):
        judge, at = Judge(made(soak_s=600)), 0.0
        while judge.weight < 1:
            at += 0.5
            ours = round(100 * judge.weight)
            judge.see(Tick(at=at, weight=judge.weight, baseline=Arm(requests=100 - ours), candidate=Arm(requests=ours)))
        fails_from = at + 20
        while judge.weight == 1:
            at += 0.5
            judge.see(Tick(at=at, weight=1.0, candidate=Arm(requests=100, errors=20 if at > fails_from else 0)))
        began = at
        while judge.phase == "doubted":
            at += 0.5
            new = Arm(requests=10, errors=int(int(at) % 4 == 0))
            judge.see(Tick(at=at, weight=0.1, late_s=late_s, baseline=Arm(requests=90), candidate=new))
        taken.append(at - began)
    assert taken[0] == taken[1]


def test_a_doubt_names_what_went_wrong_last() -> None:
    """And not what a thousand clients gave up before."""
    hanging = Hanging()
    for look in range(400):
        arm = Arm(requests=100, started=100, errors=20 if look > 390 else 0, resets=1)
        hanging.see(Tick(at=look, weight=1.0, candidate=arm), look, shared=False)
    hanging.begin_doubt()
    hanging.settle(Tick(at=400.0, weight=0.1))
    found = hanging.settle(Tick(at=401.0, weight=0.1, baseline=Arm(requests=9, started=9, errors=2, resets=1))).baseline
    assert (found.errors, found.resets) == (3, 0)
