"""One client that is heard more than all others: it decides nothing by itself, unless there is nobody else."""

from __future__ import annotations

from outpace.delivery.rollout.counts import Arm, Client, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict, sentence
from tests.fakes.rollout_traffic import Traffic, crowd, failing, made, run


def hammering(rps: float = 100) -> dict[str, float]:
    return {**crowd(20, 20), "hammer": rps}


def test_a_client_that_hammers_what_is_broken_in_both_decides_nothing_by_itself() -> None:
    """Even where it always reaches the candidate, so that its failures look like the candidate's."""

    def fails(client: str, _arm: str, _at: float) -> float:
        return 1.0 if client == "hammer" else 0.0

    for sticky in ({}, {"hammer": "candidate"}):
        for seed in range(3):
            traffic = Traffic(seed, fails, hammering())
            traffic.sticky = sticky
            end = run(Judge(made(120)), traffic, until=45)
            assert not isinstance(end.verdict, RollBack), sentence(end.verdict)


def test_without_the_cap_such_a_client_would_take_a_good_release_back() -> None:
    def fails(client: str, _arm: str, _at: float) -> float:
        return 1.0 if client == "hammer" else 0.0

    traffic = Traffic(0, fails, hammering())
    traffic.sticky = {"hammer": "candidate"}
    judge, weight = Judge(made(120)), 0.05
    verdicts = [judge.see(untold(traffic.tick(at / 4, weight))) for at in range(1, 40)]
    assert isinstance(verdicts[-1], RollBack)


def untold(tick: Tick) -> Tick:
    return Tick(at=tick.at, weight=tick.weight, baseline=tick.baseline, candidate=tick.candidate)


def test_a_client_that_hammers_what_is_healthy_promotes_nothing_by_itself() -> None:
    """Its requests are nearly all that there are, and count no more than a few of the others' do."""
    promoted = {True: 0, False: 0}
    for told in (True, False):
        for seed in range(4):
            judge = Judge(made(300))
            traffic = Traffic(seed, failing(0.0), {**crowd(20, 4), "hammer": 300})
            at, weight = 0.0, 0.05
            while at < 60 and judge.phase == "users":
                at += 0.25
                tick = traffic.tick(at, weight)
                judge.see(tick if told else untold(tick))
            promoted[told] += judge.phase != "users"
    assert promoted == {True: 0, False: 4}


def test_where_everything_comes_from_one_client_the_verdict_still_comes_and_says_so() -> None:
    bad = run(Judge(made(50)), Traffic(1, failing(1.0), {"only": 50.0}), until=60)
    good = run(Judge(made(50)), Traffic(1, failing(0.0), {"only": 50.0}), until=600)
    assert isinstance(bad.verdict, RollBack)
    assert "of 1 failing client" in sentence(bad.verdict)
    assert isinstance(good.verdict, Promote)
    assert good.verdict.evidence.clients == 1


def test_ten_thousand_clients_and_more_take_no_more_room() -> None:
    judge = Judge(made(200))
    for number in range(300):
        clients = tuple(Client(key=f"{number}-{each}", good=1) for each in range(100))
        judge.see(Tick(at=number, weight=0.05, candidate=Arm(requests=100), clients=clients))
    told = judge._gathered._clients
    assert len(told._known) <= 11_000


def behind(judge: Judge, addresses: dict[str, int], *, fails: float, until: float = 60) -> tuple[Verdict, float, int]:
    """A second in which the baseline is seen alone, with its clients; then users, by address."""
    told = tuple(Client(key=key, baseline_good=many) for key, many in addresses.items())
    judge.see(Tick(at=1, weight=0, baseline=Arm(requests=sum(addresses.values())), clients=told))
    traffic = Traffic(3, failing(fails), {key: float(many) for key, many in addresses.items()}, look=0.1)
    at, bad, weight = 1.0, 0, judge.weight
    verdict: Verdict | None = None
    while at < until and not isinstance(verdict, Promote | RollBack):
        at += 0.1
        tick = traffic.tick(at, weight)
        verdict, bad = judge.see(tick), bad + tick.candidate.errors
        weight = verdict.weight if isinstance(verdict, GoOn) else weight
    assert verdict is not None
    return verdict, at, bad


def test_one_address_or_two_that_send_everything_are_proxies_and_are_not_capped() -> None:
    for addresses in ({"proxy": 200}, {"one proxy": 120, "its pair": 80}):
        verdict, at, bad = behind(Judge(made(200)), addresses, fails=1.0)
        assert isinstance(verdict, RollBack)
        assert (at < 2, bad <= 6) == (True, True)
        assert "as from a proxy: none was capped" in sentence(verdict)


def test_a_proxy_whose_baseline_fails_now_and_then_is_promoted_all_the_same() -> None:
    """A client that fails on the baseline too would say nothing for promotion."""
    verdict, _, _ = behind(Judge(made(200)), {"proxy": 200}, fails=0.001, until=300)
    assert isinstance(verdict, Promote)


def test_one_client_that_hammers_beside_others_is_no_proxy() -> None:
    """It always reaches the candidate, as if it were its failures."""
    judge = Judge(made(120))
    told = (
        *(Client(key=f"c{number}", baseline_good=1) for number in range(20)),
        Client(key="hammer", baseline_good=100),
    )
    judge.see(Tick(at=1, weight=0, baseline=Arm(requests=120), clients=told))
    traffic = Traffic(0, lambda client, _arm, _at: float(client == "hammer"), hammering())
    traffic.sticky = {"hammer": "candidate"}
    assert not isinstance(run(judge, traffic, until=45).verdict, RollBack)


def test_whoever_sends_everything_to_the_candidate_alone_is_no_proxy() -> None:
    """Nobody told of the baseline's clients: one address on the candidate may be one of many."""
    judge = Judge(made(200))
    for at in range(1, 20):
        clients = (Client(key="only", good=10),)
        judge.see(Tick(at=at, weight=0.05, baseline=Arm(requests=190), candidate=Arm(requests=10), clients=clients))
    assert not judge._gathered._clients.are_proxies
