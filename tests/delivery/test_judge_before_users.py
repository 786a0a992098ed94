"""Little traffic: evidence of mirrored and replayed requests and of checks comes before users."""

from __future__ import annotations

import pytest

from outpace.delivery.rollout.budget import budget
from outpace.delivery.rollout.counts import Arm, Bucket, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, sentence
from outpace.model.edge import Risk, Urgency
from tests.fakes.rollout_traffic import Traffic, failing, made, run


def mirrored(seed: int, fails: float) -> Traffic:
    return Traffic(seed, lambda _client, arm, _at: fails if arm == "candidate" else 0.001, {"": 4.0})


def test_mirrored_requests_come_before_users_and_take_back_at_nobodys_risk() -> None:
    copies = mirrored(1, 1.0)
    judge = Judge(made(2, before=("mirrored",)))
    end = run(
        judge, Traffic(1, failing(1.0), {"": 2.0}), until=200, further=lambda at: [copies.tick(at, 0.5, "mirrored")]
    )
    assert isinstance(end.verdict, RollBack)
    assert (end.bad, end.weights) == (0, (0.0,))
    assert "mirrored requests" in sentence(end.verdict)


def test_replayed_requests_make_users_wait_less_and_are_named() -> None:
    copies = Traffic(2, failing(0.001), {"": 80.0})
    judge = Judge(made(2, before=("replayed",)))
    end = run(
        judge, Traffic(2, failing(0.001), {"": 2.0}), until=900, further=lambda at: [copies.tick(at, 0.5, "replayed")]
    )
    assert isinstance(end.verdict, Promote)
    alone = run(Judge(made(2)), Traffic(2, failing(0.001), {"": 2.0}), until=900)
    assert end.at < alone.at / 2
    told = {rest.source for rest in end.verdict.evidence.rests_on}
    assert told == {"replayed", "users"}
    assert end.weights[:2] == (0.0, 0.5)


def test_users_are_sent_where_no_evidence_comes_before_them() -> None:
    judge = Judge(made(2, before=("replayed",)))
    verdict = judge.see(Tick(at=1, weight=0, baseline=Arm(requests=2)))
    assert isinstance(verdict, GoOn)
    assert (verdict.weight, verdict.phase, verdict.price.seconds) == (0.0, "before", None)
    verdict = judge.see(Tick(at=17, weight=0, baseline=Arm(requests=2)))
    assert isinstance(verdict, GoOn)
    assert (verdict.phase, verdict.weight > 0) == ("users", True)


def first_users(urgency: Urgency, mirrored: int) -> float:
    """At 40 requests a second, of which so many are mirrored."""
    judge = Judge(budget(Risk(), urgency=urgency, rps=40, soak_s=0, before=("mirrored",)))
    at, copies = 0.0, Arm(requests=mirrored)
    while judge.phase == "before":
        at += 1
        judge.see(Tick(at=at, weight=0, baseline=Arm(requests=40)))
        judge.see(Tick(at=at, weight=0, source="mirrored", baseline=copies, candidate=copies))
    return at


def test_an_exploited_advisory_does_not_wait_for_evidence_that_users_give_sooner() -> None:
    assert first_users("exploited", mirrored=1) < 25
    assert first_users("routine", mirrored=1) > 60


def test_what_is_mirrored_sooner_than_users_would_show_it_is_waited_for_whatever_the_urgency() -> None:
    times = [first_users(urgency, mirrored=40) for urgency in ("routine", "known", "exploited")]
    assert min(times) > 9
    assert max(times) < 15


def test_latencies_of_mirrored_requests_that_are_told_with_users_too_count_once() -> None:
    def certain(*, told_twice: bool) -> float:
        judge = Judge(made(200, before=("mirrored",)))
        judge.see(Tick(at=1, weight=0, baseline=Arm(requests=500, latency=(Bucket(10.0, 500),))))
        copies = Arm(requests=400, latency=(Bucket(10.0, 400),))
        judge.see(Tick(at=2, weight=0, source="mirrored", baseline=copies, candidate=copies))
        for at in (3, 4):
            judge.see(Tick(at=at, weight=0, candidate=Arm(latency=copies.latency if told_twice else ())))
            verdict = judge.see(Tick(at=at, weight=0, source="mirrored", baseline=copies, candidate=copies))
            assert isinstance(verdict, GoOn)
        evidence = judge._evidence()
        return next(one.requests for one in evidence.certain if one.metric == "slow")

    assert certain(told_twice=True) == certain(told_twice=False) > 0


def test_checks_that_fail_take_back_before_any_user() -> None:
    judge = Judge(made(2, before=("checks",)))
    arm = Arm(requests=1, errors=1)
    verdicts = [judge.see(Tick(at=n, weight=0, source="checks", candidate=arm)) for n in range(4)]
    assert isinstance(verdicts[-1], RollBack)
    assert verdicts[-1].metric == "checks"


def test_checks_alone_promote_nothing_however_often_they_are_repeated() -> None:
    judge = Judge(made(2, before=("checks",)))
    arm = Arm(requests=10)
    verdicts = [judge.see(Tick(at=n / 10, weight=0, source="checks", candidate=arm)) for n in range(300)]
    assert {type(verdict) for verdict in verdicts} == {GoOn}
    evidence = judge._evidence()
    assert evidence.certain[0].requests == pytest.approx(46.1)
    assert "no more evidence was to be had before users" in evidence.notes


def test_a_price_before_anything_came_is_by_what_came_before_the_rollout() -> None:
    verdict = Judge(made(200, before=("mirrored",))).see(Tick(at=1, weight=0, baseline=Arm(requests=200)))
    assert "needs about 541 more requests, 3 s at about 200 a second" in sentence(verdict)
    unknown = Judge(made(0.01, before=("mirrored",))).see(Tick(at=1, weight=0))
    assert "and none come" in sentence(unknown)
