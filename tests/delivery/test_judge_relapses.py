"""What fails only when all users are sent to it, and doubts that nobody comes to clear."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from random import Random

from outpace.delivery.rollout.counts import Arm, Bucket, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict, reason
from tests.fakes.rollout_traffic import arrivals, made

RPS, LOOK = 200, 0.25
Rate = Callable[[str, float, float], float]  # arm, weight, time -> how often it fails, or is slow


def soaked(
    fails: Rate, slow: Rate = lambda _arm, _weight, _at: 0.005, rps: float = RPS, until: float = 2000
) -> tuple[Verdict, int, int]:
    """A soak of ten minutes and more: how often it was doubted, and how many requests the candidate failed."""
    random, judge, at = Random(1), Judge(made(soak_s=600)), 10.0
    verdict = judge.see(Tick(at=at, weight=0.0, baseline=Arm(requests=2000, latency=(Bucket(50.0, 2000),))))
    doubts = bad = 0
    while at < until and judge.phase not in ("settled", "taken back"):
        at, was, weight = at + LOOK, judge.phase, judge.weight
        came = arrivals(random, rps * LOOK)
        ours = sum(random.random() < weight for _ in range(came))
        arms: list[Arm] = []
        for name, many in (("baseline", came - ours), ("candidate", ours)):
            wrong, late = (sum(random.random() < rate(name, weight, at) for _ in range(many)) for rate in (fails, slow))
            latency = (Bucket(50.0, many - late), Bucket(5000.0, late))
            arms.append(Arm(requests=many, started=many, errors=wrong, latency=latency))
        bad += arms[1].errors
        verdict = judge.see(Tick(at=at, weight=weight, baseline=arms[0], candidate=arms[1]))
        doubts += judge.phase == "doubted" != was
    return verdict, doubts, bad


def promoted(soak_s: float) -> tuple[Judge, float]:
    """And when it was, by requests that all go well."""
    judge, at = Judge(made(soak_s=soak_s)), 0.0
    while judge.phase != "promoted":
        at += 1
        ours = round(RPS * judge.weight)
        judge.see(Tick(at=at, weight=judge.weight, baseline=Arm(requests=RPS - ours), candidate=Arm(requests=ours)))
    return judge, at


def under_all(rate: float) -> Rate:
    return lambda arm, weight, _at: rate if arm == "candidate" and weight > 0.5 else 0.001


def test_what_fails_only_under_all_users_is_taken_back_at_the_fifth_time() -> None:
    for rate in (1.0, 0.1):
        verdict, doubts, bad = soaked(under_all(rate))
        assert isinstance(verdict, RollBack), doubts
        assert (verdict.metric, doubts, bad < 300) == ("doubt", 4, True)
        assert "; it failed each time that all users were sent to it, and only then" in reason(verdict)


def test_what_is_slow_only_under_all_users_is_taken_back_too() -> None:
    verdict, doubts, _ = soaked(lambda _arm, _weight, _at: 0.001, under_all(0.9))
    assert isinstance(verdict, RollBack), doubts
    assert (verdict.metric, doubts) == ("doubt", 4)


def test_what_both_fail_again_and_again_takes_nothing_back() -> None:
    """What both need is away for ten seconds of each half a minute."""
    verdict, doubts, _ = soaked(lambda _arm, _weight, at: 0.8 if at > 120 and at % 30 < 10 else 0.001)
    assert isinstance(verdict, GoOn)
    assert doubts > 3


def test_a_short_hiccup_of_both_that_comes_again_and_again_takes_nothing_back() -> None:
    """It is over before the old release is sent anybody again: a job of the clock, a backup."""
    verdict, doubts, _ = soaked(lambda _arm, _weight, at: 0.5 if at > 120 and at % 30 < 1 else 0.001)
    assert not isinstance(verdict, RollBack)
    assert doubts > 1


def dies_at_times(seconds: float) -> Callable[[], Rate]:
    """Of what is full after so long with all users; it is away for two seconds then."""

    def made() -> Rate:
        since: list[float] = []

        def rate(arm: str, weight: float, at: float) -> float:
            if weight < 1:
                since.clear()
            elif not since:
                since.append(at)
            is_away = bool(since) and (at - since[0]) % seconds > seconds - 2
            return 1.0 if arm == "candidate" and is_away else 0.0005

        return rate

    return made


def test_what_dies_again_and_again_with_all_users_alone_is_taken_back() -> None:
    for seconds in (20.0, 40.0):
        verdict, doubts, bad = soaked(dies_at_times(seconds)(), rps=40, until=7000)
        assert isinstance(verdict, RollBack), doubts
        assert (verdict.metric, doubts, bad < 1500) == ("doubt", 4, True)


def hiccups(mean: float, seed: int) -> Rate:
    """Of both, for two seconds each, at moments that nothing foretells."""
    random, begin, at = Random(seed), list[float](), 100.0
    while at < 20_000:
        at += random.expovariate(1 / mean)
        begin.append(at)
    return lambda _arm, _weight, at: 1.0 if at - begin[bisect(begin, at) - 1] < 2 and at > begin[0] else 0.0005


def test_hiccups_of_both_that_nothing_foretells_take_no_release_back() -> None:
    total = 0
    for seed in range(3):
        verdict, doubts, _ = soaked(hiccups(200.0, seed), rps=40, until=6000)
        assert not isinstance(verdict, RollBack), reason(verdict)
        total += doubts
    assert total > 9


def test_a_doubt_ends_once_the_old_release_fails_in_it_and_doubts_are_short_for_a_while() -> None:
    doubted = list[float]()

    def rate(arm: str, weight: float, at: float) -> float:
        if weight == 0.1 and arm == "baseline":
            doubted.append(at)
        return 1.0 if at > 120 and at % 200 < 2 else 0.0005

    verdict, doubts, _ = soaked(rate, until=4000)
    assert not isinstance(verdict, RollBack)
    assert (doubts > 10, len(set(doubted)) * LOOK < 1500) == (True, True)


def test_an_outage_of_both_stays_doubted_however_long_it_lasts() -> None:
    judge, at = promoted(soak_s=300)
    while at < 8000:
        at += 1
        ours = round(20 * judge.weight)
        old, new = (Arm(requests=many, started=many, errors=many) for many in (20 - ours, ours))
        judge.see(Tick(at=at, weight=judge.weight, baseline=old, candidate=new))
    assert judge.phase == "doubted"


def test_what_hangs_for_good_from_before_a_doubt_does_not_keep_it_going_for_ever() -> None:
    judge, at = promoted(soak_s=60)
    for look in range(200):
        at += 0.5
        judge.see(
            Tick(at=at, weight=judge.weight, candidate=Arm(started=10, requests=0 if look < 20 else 10, waiting=200))
        )
        if judge.phase == "doubted":
            break
    began, verdict = at, None
    while not isinstance(verdict, RollBack):
        at += 5
        assert at < began + 4000
        old, new = (Arm(requests=many, started=many, waiting=more) for many, more in ((90, 0), (10, 200)))
        verdict = judge.see(Tick(at=at, weight=judge.weight, baseline=old, candidate=new))
    assert verdict.metric == "doubt"
    assert "are not answered for 10 s" in reason(verdict)


def test_a_soak_begins_anew_where_a_doubt_ended() -> None:
    """It fails once, soon before the soak would have been over."""
    verdict, doubts, _ = soaked(lambda arm, _weight, at: 0.8 if arm == "candidate" and 650 < at < 651 else 0.001)
    assert isinstance(verdict, Promote)
    assert (doubts, verdict.evidence.at > 1250) == (1, True)


def test_a_doubt_that_nobody_comes_to_clear_ends_after_a_night_with_the_old_release() -> None:
    judge, at = promoted(soak_s=3600)
    while judge.weight == 1.0:
        at += 1
        judge.see(Tick(at=at, weight=1.0, candidate=Arm(requests=20, errors=10)))
    began, verdict = at, None
    while not isinstance(verdict, RollBack):
        at += 60
        assert at < began + 13 * 3600
        verdict = judge.see(Tick(at=at, weight=judge.weight))
    assert (verdict.metric, at - began >= 12 * 3600) == ("doubt", True)
    assert "; too few users came in 12.0 hours to clear it" in reason(verdict)
