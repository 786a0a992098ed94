"""The judge of a rollout, on drawn traffic: what is taken back, what is promoted, and what decides neither."""

from __future__ import annotations

from math import exp
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.delivery.rollout.counts import Arm, Bucket, Tick, Usage
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict, sentence
from tests.fakes.rollout_traffic import Ended, Fails, Traffic, arrivals, failing, made, run


def ran(seed: int, fails: Fails, rps: float = 200, *, soak_s: float = 0, until: float = 600) -> Ended:
    return run(Judge(made(rps, soak_s)), Traffic(seed, fails, {"": rps}, look=0.1), until=until)


def test_a_release_that_always_fails_is_taken_back_at_once() -> None:
    ends = [ran(seed, failing(1.0)) for seed in range(15)]
    assert {type(end.verdict) for end in ends} == {RollBack}
    assert sorted(end.bad for end in ends)[7] <= 5
    assert max(end.at for end in ends) < 2


def test_a_release_that_fails_in_one_of_twenty_is_taken_back_within_a_minute() -> None:
    ends = [ran(seed, failing(0.05)) for seed in range(10)]
    assert {type(end.verdict) for end in ends} == {RollBack}
    assert max(end.at for end in ends) < 60
    assert max(end.bad for end in ends) <= 20


def test_a_good_release_is_promoted_and_settles_after_its_soak() -> None:
    end = ran(1, failing(0.001), soak_s=30)
    assert isinstance(end.verdict, Promote)
    assert end.verdict.evidence.phase == "settled"
    assert end.promoted_at is not None
    assert end.at >= end.promoted_at + 30
    assert end.weights[-2:] == (0.5, 1.0)


def test_an_outage_of_both_releases_takes_nothing_back_and_promotes_nothing() -> None:
    def fails(_client: str, _arm: str, at: float) -> float:
        return 1.0 if 5 < at < 25 else 0.001

    for seed in range(8):
        judge = Judge(made())
        end = run(judge, Traffic(seed, fails, {"": 200}, look=0.1), until=26)
        assert isinstance(end.verdict, GoOn), sentence(end.verdict)
        assert judge.phase == "users"


def test_a_baseline_that_often_fails_does_not_keep_a_release_from_being_promoted() -> None:
    assert isinstance(ran(3, failing(0.05, 0.05), until=1500).verdict, Promote)


def test_slow_answers_take_a_release_back() -> None:
    traffic = Traffic(4, failing(0.001), {"": 200}, look=0.1)
    traffic.slow = lambda _client, arm, _at: 0.5 if arm == "candidate" else 0.005
    end = run(Judge(made()), traffic, until=120)
    assert isinstance(end.verdict, RollBack)
    assert end.verdict.metric == "slow"


def slow_for(answers: int, *, of: int = 2000) -> int:
    """So many of the first answers of a new release are slow; after how many it is taken back, or 0."""
    judge = Judge(made())
    judge.see(Tick(at=1, weight=0, baseline=Arm(requests=1000, latency=(Bucket(10.0, 1000),))))
    for look in range(1, of):
        slow = 1 if look <= answers else 0
        baseline = Arm(requests=19, latency=(Bucket(10.0, 19),))
        candidate = Arm(requests=1, latency=(Bucket(10.0, 1 - slow), Bucket(900.0, slow)))
        verdict = judge.see(Tick(at=1 + look / 10, weight=0.05, baseline=baseline, candidate=candidate))
        if isinstance(verdict, RollBack):
            assert verdict.metric == "slow"
            return look
    return 0


def test_answers_of_a_cold_release_may_be_slow_as_long_as_they_become_fewer() -> None:
    assert [slow_for(answers) for answers in (20, 100, 200)] == [0, 0, 0]
    assert 300 <= slow_for(2000) < 360


def test_a_cache_that_fills_takes_no_release_back() -> None:
    """What is not in it takes 200 ms: of the old release's answers one in twenty, of the new one's all at first."""
    answers = 0

    def slow(_client: str, arm: str, _at: float) -> float:
        return 0.05 + 0.95 * exp(-answers / 300) * (arm == "candidate")

    for seed in range(6):
        judge, traffic, answers = Judge(made()), Traffic(seed, failing(0.001), {"": 200}, look=0.1), 0
        traffic.slow = slow
        judge.see(Tick(at=1, weight=0, baseline=Arm(requests=1000, latency=(Bucket(10.0, 950), Bucket(100.0, 50)))))
        for look in range(11, 700):
            tick = traffic.tick(look / 10, judge.weight)
            answers += tick.candidate.requests
            verdict = judge.see(tick)
            assert not isinstance(verdict, RollBack), sentence(verdict)


def test_the_applications_own_signal_takes_a_release_back() -> None:
    judge = Judge(made())
    good, bad = Arm(requests=19, signal_total=19), Arm(requests=1, signal_total=1, signal_bad=1)
    verdicts = [judge.see(Tick(at=n / 10, weight=0.05, baseline=good, candidate=bad)) for n in range(6)]
    assert isinstance(verdicts[-1], RollBack)
    assert verdicts[-1].metric == "signal"


def test_the_applications_own_signal_makes_one_doubt_a_promoted_release() -> None:
    judge = Judge(made(soak_s=600))
    at = 0.0
    while judge.phase != "promoted":
        at += 1
        ours = round(200 * judge.weight)
        old, new = Arm(requests=200 - ours, signal_total=200 - ours), Arm(requests=ours, signal_total=ours)
        judge.see(Tick(at=at, weight=judge.weight, baseline=old, candidate=new))
    verdict = judge.see(
        Tick(at=at + 1, weight=1.0, candidate=Arm(requests=200, signal_total=200, signal_bad=200), is_untold=True)
    )
    assert isinstance(verdict, GoOn)
    assert verdict.phase == "doubted"
    assert "the application's own count was not to be had at 1 look" in judge._evidence().notes[-1]


@pytest.mark.parametrize(("outage", "later"), [((10.0, 30.0), 0.15), ((10.0, 70.0), 0.08)])
def test_an_outage_before_the_promotion_excuses_nothing_afterwards(outage: tuple[float, float], later: float) -> None:
    promoted: float | None = None

    def fails(_client: str, arm: str, at: float) -> float:
        if promoted and at > promoted + 30 and arm == "candidate":
            return later
        return 0.3 if outage[0] < at < outage[1] else 0.001

    judge, traffic, at = Judge(made(soak_s=600)), Traffic(3, fails, {"": 200}, look=0.25), 0.0
    while at < 400 and not isinstance(judge.see(traffic.tick(at := at + 0.25, judge.weight)), RollBack):
        promoted = promoted or (at if judge.phase == "promoted" else None)
    assert (judge.phase, promoted and at < promoted + 60) == ("taken back", True)


def test_what_was_reset_counts_though_it_is_no_counted_request() -> None:
    judge = Judge(made())
    verdicts = [
        judge.see(Tick(at=n / 10, weight=0.05, baseline=Arm(requests=19), candidate=Arm(resets=1))) for n in range(6)
    ]
    assert isinstance(verdicts[-1], RollBack)
    assert verdicts[-1].metric == "resets"


def test_a_promoted_release_that_breaks_is_doubted_then_taken_back() -> None:
    def fails(_client: str, arm: str, at: float) -> float:
        return 0.3 if arm == "candidate" and at > 120 else 0.001

    for seed in range(4):
        end = run(Judge(made(soak_s=600)), Traffic(seed, fails, {"": 200}, look=0.1), until=400)
        assert isinstance(end.verdict, RollBack)
        assert end.promoted_at is not None
        assert 0.1 in end.weights[-2:]
        assert end.at < 135


def test_an_outage_of_both_during_the_soak_makes_one_doubt_but_takes_nothing_back() -> None:
    def fails(_client: str, _arm: str, at: float) -> float:
        return 1.0 if 120 < at < 140 else 0.001

    for seed in range(4):
        end = run(Judge(made(soak_s=200)), Traffic(seed, fails, {"": 200}, look=0.1), until=900)
        assert isinstance(end.verdict, Promote), sentence(end.verdict)
        assert 0.1 in end.weights
        assert end.weights[-1] == 1.0


def used(at: float, memory: float, files: float) -> Tick:
    usage = Usage(arm="candidate", rss_bytes=int(memory), descriptors=int(files))
    return Tick(at=at, weight=1.0, candidate=Arm(requests=10), usage=(usage,))


def soaked(memory: float, files: float) -> Judge:
    """Growth by so much an hour, once it is promoted."""
    judge = Judge(made(soak_s=3600))
    judge.see(Tick(at=1, weight=0.05, baseline=Arm(requests=10**5), candidate=Arm(requests=10**5)))
    at = 1.0
    while judge.phase not in ("settled", "taken back") and at < 4000:
        at += 10
        jitter = (at * 7919) % 13
        judge.see(used(at, 100e6 + memory * at / 3600 + jitter * 1e4, 40 + files * at / 3600 + jitter / 13))
    return judge


def taken_back_at(*, memory: float = 0.0, files: float = 0.0) -> float:
    verdict = soaked(memory, files).see(Tick(at=5000, weight=1))
    assert isinstance(verdict, RollBack)
    return verdict.evidence.at


def test_a_slow_leak_of_memory_takes_a_promoted_release_back() -> None:
    verdict = soaked(memory=60e6, files=0).see(Tick(at=5000, weight=1))
    assert isinstance(verdict, RollBack)
    assert verdict.metric == "memory"
    assert 2400 < verdict.evidence.at < 3000
    assert "MiB an hour" in sentence(verdict)


def test_a_slow_leak_of_descriptors_takes_a_promoted_release_back() -> None:
    verdict = soaked(memory=0, files=90).see(Tick(at=5000, weight=1))
    assert isinstance(verdict, RollBack)
    assert verdict.metric == "descriptors"
    assert 1200 < verdict.evidence.at < 1500
    assert taken_back_at(files=900) < 1010


def test_connections_that_open_for_a_quarter_of_an_hour_are_no_leak() -> None:
    judge = Judge(made(soak_s=3600))
    judge.see(Tick(at=1, weight=0.05, baseline=Arm(requests=10**5), candidate=Arm(requests=10**5)))
    verdicts = [judge.see(used(at, 100e6, 40 + min(at / 45, 20) + at % 7)) for at in range(2, 4000, 2)]
    assert isinstance(verdicts[-1], Promote)


def test_memory_and_connections_that_follow_the_traffic_of_a_morning_are_no_leak() -> None:
    for seed in range(4):
        random, judge = Random(seed), Judge(made(soak_s=3600))
        judge.see(Tick(at=1, weight=0.05, baseline=Arm(requests=10**5), candidate=Arm(requests=10**5)))
        verdict: Verdict | None = None
        for at in range(2, 3700, 2):
            rps = 50 + 50 * at / 3600
            memory, files = 2e8 + 1e5 * rps + random.gauss(0, 3e5), 30 + rps / 5 + abs(random.gauss(0, 1))
            usage = Usage(arm="candidate", rss_bytes=int(memory), descriptors=int(files))
            candidate = Arm(requests=arrivals(random, 2 * rps))
            verdict = judge.see(Tick(at=at, weight=1.0, candidate=candidate, usage=(usage,)))
        assert isinstance(verdict, Promote), judge.phase


def test_a_leak_that_doubles_within_the_hour_is_not_waited_for() -> None:
    assert taken_back_at(memory=400e6) < 2000


@pytest.mark.parametrize("minutes", [10, 30])
def test_a_cache_that_fills_is_no_leak(minutes: float) -> None:
    judge = Judge(made(soak_s=3600))
    judge.see(Tick(at=1, weight=0.05, baseline=Arm(requests=10**5), candidate=Arm(requests=10**5)))
    verdicts = [judge.see(used(at, 200e6 + 20e6 * (1 - exp(-at / 60 / minutes)), 40)) for at in range(10, 4000, 10)]
    assert isinstance(verdicts[-1], Promote)


def test_what_does_not_grow_settles() -> None:
    verdict = soaked(memory=0, files=0).see(Tick(at=5000, weight=1))
    assert isinstance(verdict, Promote)


ARMS = st.builds(
    lambda requests, errors, resets: Arm(requests=requests, errors=errors, resets=resets),
    st.integers(0, 50),
    st.integers(0, 5),
    st.integers(0, 3),
)
TICKS = st.builds(
    lambda at, weight, source, baseline, candidate: Tick(
        at=at, weight=weight, source=source, baseline=baseline, candidate=candidate
    ),
    st.floats(0, 100),
    st.sampled_from((0.0, 0.05, 0.5, 1.0)),
    st.sampled_from(("users", "mirrored", "replayed", "checks")),
    ARMS,
    ARMS,
)


@given(st.lists(TICKS, max_size=60))
@settings(max_examples=100, deadline=None)
def test_whatever_is_seen_there_is_a_verdict_with_a_sentence(ticks: list[Tick]) -> None:
    judge, ended = Judge(made(20, soak_s=5, before=("mirrored", "checks"))), None
    for tick in ticks:
        verdict = judge.see(tick)
        assert "\n" not in sentence(verdict)
        assert ended is None or verdict == ended
        if isinstance(verdict, RollBack):
            ended = verdict
        if isinstance(verdict, GoOn):
            assert 0 <= verdict.weight <= 1


def doubted() -> tuple[Judge, float]:
    """One that was promoted and failed enough to be doubted, and when."""
    judge, traffic, at = Judge(made(soak_s=600)), Traffic(1, failing(0.001), {"": 200}, look=0.1), 0.0
    while not isinstance(judge.see(traffic.tick(at := at + 0.1, judge.weight)), Promote):
        pass
    while judge.weight == 1.0:
        judge.see(Tick(at=(at := at + 0.1), weight=1.0, candidate=Arm(requests=20, errors=10)))
    assert judge.phase == "doubted"
    return judge, at


@pytest.mark.parametrize(("waiting", "taken_back"), [(50, False), (0, True)])
def test_requests_from_before_a_doubt_are_not_held_against_the_candidate_alone(waiting: int, taken_back: bool) -> None:
    """They began when all users were sent to it, and end in an outage of both, at a share that was not theirs."""
    judge, at = doubted()
    judge.see(Tick(at=at + 0.1, weight=judge.weight, candidate=Arm(started=waiting, waiting=waiting)))
    for look in range(21, 70):
        left = max(min(waiting, 70 - look), 0)
        old, new = Arm(requests=18, started=18), Arm(requests=3, errors=1, started=2, waiting=left)
        judge.see(Tick(at=at + look * 0.1, weight=judge.weight, baseline=old, candidate=new))
    assert (judge.phase == "taken back") == taken_back
