"""Nobody comes: a rollout does not wait for users for ever, and the first who come are judged as if it were new."""

from __future__ import annotations

from outpace.delivery.rollout.budget import budget
from outpace.delivery.rollout.counts import Arm, Source, Tick, Usage
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict, sentence
from outpace.model.edge import Risk, Urgency
from tests.fakes.rollout_traffic import Traffic, failing, run


def new(
    urgency: Urgency = "known", *, before: tuple[Source, ...] = (), rps: float = 0.01, soak_s: float = 3600
) -> Judge:
    return Judge(budget(Risk(), urgency=urgency, rps=rps, soak_s=soak_s, before=before))


def waited(judge: Judge, until: float, *, at: float = 0.0, checks: bool = False) -> tuple[float, Verdict]:
    """Without any user, until something is decided."""
    verdict: Verdict | None = None
    while at < until and not isinstance(verdict, Promote | RollBack):
        at += 1
        verdict = judge.see(Tick(at=at, weight=judge.weight))
        if checks and judge.phase == "before":
            verdict = judge.see(Tick(at=at, weight=0, source="checks", candidate=Arm(requests=1)))
    assert verdict is not None
    return at, verdict


def test_without_users_it_is_promoted_after_a_time_that_urgency_shortens() -> None:
    ends = {urgency: waited(new(urgency), 600) for urgency in ("routine", "known", "exploited")}
    assert {urgency: at for urgency, (at, _) in ends.items()} == {"routine": 60, "known": 30, "exploited": 15}
    told = sentence(ends["routine"][1])
    assert "no user came for 60 s; the soak judges the first users" in told
    assert "promoted on its health alone: no request at all reached it" in told


def test_checks_come_first_and_the_promotion_says_that_it_rests_on_them() -> None:
    judge = new(before=("checks",))
    at, verdict = waited(judge, 600, checks=True)
    assert isinstance(verdict, Promote)
    assert (judge.phase, 46 < at < 70) == ("quiet", True)
    assert "rests on " in sentence(verdict)
    assert " checks; " in sentence(verdict)
    assert "unlikely" not in sentence(verdict)


def test_users_who_come_are_not_promoted_over() -> None:
    """One a second is few, and is not none."""
    traffic = Traffic(1, failing(0.0), {"": 1.0})
    judge = new(rps=1)
    assert isinstance(run(judge, traffic, until=200).verdict, GoOn)
    assert judge.phase == "users"


def first_users(fails: float, seed: int, *, quiet: bool, rps: float = 200) -> tuple[Judge, Verdict, int, list[float]]:
    """200 a second come, after nobody had for hours or to a release that is new; how many bad answers they get."""
    judge, begun = new(rps=rps), 0.0
    if quiet:
        waited(judge, 600)
        begun, _ = waited(judge, 5000, at=600)
    traffic = Traffic(seed, failing(fails), {"": rps}, look=0.1)
    weight, bad, weights = judge.weight, 0, [judge.weight]
    verdict: Verdict | None = None
    for look in range(1, 3000):
        tick = traffic.tick(begun + look / 10, weight)
        bad += tick.candidate.errors
        verdict = judge.see(tick)
        if isinstance(verdict, RollBack) or judge.phase == "promoted":
            break
        assert isinstance(verdict, GoOn)
        weight = verdict.weight
        weights += [weight] if weight != weights[-1] else []
    assert verdict is not None
    return judge, verdict, bad, weights


def test_the_first_users_who_come_in_the_soak_are_shared_out_and_a_bad_release_is_taken_back() -> None:
    for seed in range(5):
        _, verdict, bad, weights = first_users(0.2, seed, quiet=True)
        assert isinstance(verdict, RollBack), sentence(verdict)
        assert weights[0] == 1.0
        assert max(weights[1:]) <= 0.1
        assert bad < 20  # most of them in the look that woke it


def test_a_release_that_always_fails_is_taken_back_by_first_users_as_soon_as_a_new_one() -> None:
    for seed in range(5):
        _, verdict, bad, _ = first_users(1.0, seed, quiet=True)
        _, alike, fresh, _ = first_users(1.0, seed, quiet=False)
        assert {type(verdict), type(alike)} == {RollBack}
        assert bad - fresh < 45  # two looks of a tenth of a second went to it alone


def test_once_enough_users_were_seen_all_are_sent_and_the_soak_begins_without_a_second_promotion() -> None:
    _, verdict, _, weights = first_users(0.001, 1, quiet=True)
    assert isinstance(verdict, GoOn)
    assert (verdict.phase, verdict.weight) == ("promoted", 1.0)
    assert weights[-1] == 0.5
    assert round(verdict.price.seconds or 0) == 3600


def test_a_release_that_no_user_has_met_is_not_settled_by_time() -> None:
    judge = new(soak_s=600)
    begun, _ = waited(judge, 600)
    at, verdict = waited(judge, 20_000, at=begun)
    assert (at, judge.phase) == (20_000, "quiet")
    assert "no user's request has reached it yet, and without any it is not settled" in sentence(verdict)


def test_few_users_are_waited_for_no_longer_than_a_night() -> None:
    judge = new(soak_s=600)
    begun, _ = waited(judge, 600)
    judge.see(Tick(at=begun + 100, weight=1.0, candidate=Arm(requests=2)))
    at, verdict = waited(judge, 20_000, at=begun + 100)
    assert isinstance(verdict, Promote)
    assert (verdict.evidence.phase, at - begun) == ("settled", 12 * 600)
    assert "; only 2 requests of users in 2.0 hours" in sentence(verdict)


def test_a_soak_in_which_no_user_came_goes_on_until_one_does() -> None:
    judge, traffic = Judge(budget(Risk(), urgency="known", rps=200, soak_s=60)), Traffic(1, failing(0.0), {"": 200.0})
    at = 0.0
    while judge.phase != "promoted":
        judge.see(traffic.tick(at := at + 0.25, judge.weight))
    verdict = judge.see(Tick(at=at + 3600, weight=1.0))
    assert isinstance(verdict, GoOn)
    assert "the soak is over, but no user came in it" in sentence(verdict)
    verdict = judge.see(Tick(at=at + 3601, weight=1.0, candidate=Arm(requests=1)))
    assert "settled: nothing spoke against it since it was promoted" in sentence(verdict)
    assert "; 1 request of users since it was promoted" in sentence(verdict)


def test_a_few_users_who_go_again_leave_it_promoted() -> None:
    judge = new(soak_s=600)
    begun, _ = waited(judge, 600)
    judge.see(Tick(at=begun + 100, weight=1.0, candidate=Arm(requests=2)))
    assert judge.phase == "users"
    verdict = judge.see(Tick(at=begun + 131, weight=judge.weight))
    assert isinstance(verdict, GoOn)
    assert (verdict.phase, verdict.weight) == ("quiet", 1.0)


def test_the_same_looks_give_the_same_verdicts() -> None:
    verdicts = [
        [waited(judge, 600)[1], judge.see(Tick(at=700, weight=1, candidate=Arm(requests=3)))]
        for judge in (new(), new())
    ]
    assert verdicts[0] == verdicts[1]


def quietly(judge: Judge, until: float, *, at: float, files_an_hour: float) -> tuple[float, Verdict]:
    """A look in ten seconds: nobody comes but one user in half an hour, and then nobody."""
    verdict: Verdict | None = None
    while at < until and not isinstance(verdict, Promote | RollBack):
        at += 10
        usage = Usage(arm="candidate", rss_bytes=10**8, descriptors=int(40 + files_an_hour * at / 3600))
        comes = Arm(requests=1) if at % 1800 < 10 else Arm()
        verdict = judge.see(Tick(at=at, weight=judge.weight, candidate=comes, usage=(usage,)))
    assert verdict is not None
    return at, verdict


def test_what_leaks_while_nobody_comes_is_taken_back() -> None:
    judge = new(soak_s=3600)
    begun, _ = waited(judge, 600)
    at, verdict = quietly(judge, 12 * 3600, at=begun, files_an_hour=90)
    assert isinstance(verdict, RollBack), sentence(verdict)
    assert (verdict.metric, at - begun < 2 * 3600) == ("descriptors", True)


def test_what_does_not_leak_while_hardly_anybody_comes_is_settled() -> None:
    judge = new(soak_s=3600)
    begun, _ = waited(judge, 600)
    _, verdict = quietly(judge, 13 * 3600, at=begun, files_an_hour=0)
    assert isinstance(verdict, Promote)
    assert verdict.evidence.phase == "settled"


def test_what_was_held_while_nobody_came_is_no_part_of_the_soak_with_users() -> None:
    """Connections that open with the first users are more than were ever open before them."""
    judge = new(soak_s=3600)
    begun, _ = waited(judge, 600)
    at, _ = quietly(judge, begun + 3600, at=begun, files_an_hour=0)
    traffic = Traffic(1, failing(0.001), {"": 200.0}, look=0.1)
    while judge.phase != "promoted":
        judge.see(traffic.tick(at := at + 0.1, judge.weight))
    usage = Usage(arm="candidate", rss_bytes=10**8, descriptors=400)
    verdicts = [
        judge.see(Tick(at=at + n, weight=1.0, candidate=Arm(requests=200), usage=(usage,))) for n in range(1, 3601)
    ]
    assert isinstance(verdicts[-1], Promote)
    growth = {each.metric: each.blocks for each in verdicts[-1].evidence.growth}
    assert growth == {"memory": 24, "descriptors": 54}
