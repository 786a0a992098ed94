"""A promoted release whose requests hang is doubted and taken back; sites where requests are long are not."""

from __future__ import annotations

from math import inf
from random import Random

import pytest

from outpace.delivery.rollout.counts import Arm, Tick
from outpace.delivery.rollout.hanging import Hanging
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import Header, Writing, replay, resume
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, reason
from tests.fakes.rollout_traffic import made
from tests.fakes.waiting_traffic import Seen, Site, Takes, judged

BREAKS = 5.0


def quick(random: Random) -> float:
    return random.expovariate(20)


def hangs(share: float, *, both: bool = False) -> Takes:
    """So many of the requests, from five seconds after the promotion on."""

    def takes(arm: str, since: float, random: Random) -> float:
        is_hung = since > BREAKS and (both or arm == "candidate") and random.random() < share
        return inf if is_hung else quick(random)

    return takes


def soaked(site: Site, seconds: float = 150.0, soak_s: float = 60.0) -> Seen:
    return judged(Judge(made(40, soak_s)), site, seconds)


@pytest.mark.parametrize(("share", "doubted", "back"), [(1.0, 3.5, 20.0), (0.5, 12.0, 28.0), (0.1, 13.0, 60.0)])
@pytest.mark.parametrize("patience", [inf, 15.0, 5.0])
def test_what_hangs_is_doubted_soon_and_taken_back_whether_or_not_clients_give_up(
    share: float, doubted: float, back: float, patience: float
) -> None:
    seen = soaked(Site(1, 40, hangs(share), patience=patience))
    assert isinstance(seen.verdict, RollBack)
    assert seen.verdict.metric == "resets"
    assert len(seen.doubts) == 1
    assert seen.doubts[0] - BREAKS <= doubted
    assert seen.ended - BREAKS <= back


@pytest.mark.parametrize("patience", [inf, 15.0])
def test_what_hangs_on_both_is_neither_taken_back_nor_settled(patience: float) -> None:
    seen = soaked(Site(1, 40, hangs(0.5, both=True), patience=patience))
    assert isinstance(seen.verdict, GoOn)
    assert seen.verdict.phase == "doubted"


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_long_polls_are_no_doubt(share: float) -> None:
    seen = soaked(Site(2, 40, lambda _arm, _since, random: 30.0 if random.random() < share else quick(random)))
    assert isinstance(seen.verdict, Promote)
    assert seen.doubts == ()


def test_streams_that_grow_by_half_are_no_doubt_and_what_hangs_beside_them_is() -> None:
    site = Site(3, 40, lambda _arm, _since, random: quick(random))
    site.streams = lambda since: 0.5 if since < 10 else 0.75
    site.life = 120.0
    good = soaked(site)
    assert isinstance(good.verdict, Promote)
    assert good.doubts == ()
    site = Site(4, 40, hangs(0.5))
    site.streams, site.life = (lambda _since: 0.3), 120.0
    assert isinstance(soaked(site).verdict, RollBack)


def test_a_burst_after_a_silence_of_minutes_is_no_doubt() -> None:
    site = Site(5, 40, lambda _arm, _since, random: 2 * random.random())
    site.rate = lambda since: 40.0 if since < 10 or 180 < since < 190 else 0.0
    seen = soaked(site, 300.0, 240.0)
    assert isinstance(seen.verdict, Promote)
    assert seen.doubts == ()


def test_long_polls_in_a_burst_after_a_silence_take_nothing_back() -> None:
    """They may be doubted: nothing of the kind was seen before."""
    for seed in range(5):
        site = Site(seed, 40, lambda _arm, since, random: quick(random) if since < 10 else 25.0)
        site.rate = lambda since: 40.0 if since < 10 or since > 60 else 0.0
        assert not isinstance(soaked(site, 200.0, 100.0).verdict, RollBack)


def at_the_end(waiting: int) -> Judge:
    """Of a soak, in whose last two seconds half of the requests hang, or none."""
    judge, at = Judge(made(40, 60)), 0.0
    while judge.phase != "promoted":
        at += 0.5
        ours = round(20 * judge.weight)
        old, new = Arm(requests=20 - ours, started=20 - ours), Arm(requests=ours, started=ours)
        judge.see(Tick(at=at, weight=judge.weight, baseline=old, candidate=new))
    end = at + 61
    while at < end:
        at += 0.5
        under_way = min(waiting, max(0, round((at - end + 3) * 20)))
        hung = 10 if under_way else 0
        judge.see(Tick(at=at, weight=1.0, candidate=Arm(requests=20 - hung, started=20, waiting=under_way)))
    return judge


def test_nothing_is_settled_while_more_wait_than_ever_did_before() -> None:
    assert at_the_end(0).phase == "settled"
    assert at_the_end(60).phase == "promoted"


def down(phase: str, seconds: float, *, both: bool = False) -> Judge:
    """No process of the candidate was healthy for so long; then one is."""
    judge, at = Judge(made(40, 600, before=("mirrored",) if phase == "before" else ())), 0.0
    while judge.phase != phase:
        at += 0.5
        ours = round(20 * judge.weight)
        old, new = Arm(requests=20 - ours, started=20 - ours), Arm(requests=ours, started=ours)
        judge.see(Tick(at=at, weight=judge.weight, baseline=old, candidate=new))
    for look in range(1, 100):
        is_down = look * 0.1 <= seconds
        arms = Arm(requests=1, is_down=both and is_down), Arm(is_down=is_down)
        judge.see(Tick(at=at + look * 0.1, weight=judge.weight, baseline=arms[0], candidate=arms[1]))
    return judge


@pytest.mark.parametrize("phase", ["users", "promoted"])
def test_a_release_without_a_healthy_process_for_five_seconds_is_taken_back(phase: str) -> None:
    assert down(phase, 4.9).phase == phase
    assert down(phase, 9.0, both=True).phase == phase
    assert down(phase, 9.0).phase == "taken back"


def test_before_users_are_sent_nobody_is_harmed_by_a_process_that_is_down() -> None:
    assert down("before", 9.0).phase == "before"


def test_why_a_release_was_taken_back_is_told_and_follows_from_the_trail() -> None:
    judge = Judge(made(40, 600))
    writing, lines, verdict = Writing(), [], None
    lines.append(writing.begin(Header(budget=judge.budget)))
    for look in range(60):
        tick = Tick(at=look * 0.1, weight=judge.weight, baseline=Arm(requests=1), candidate=Arm(is_down=True))
        verdict = judge.see(tick)
        lines.append(writing.add(tick, verdict))
    assert isinstance(verdict, RollBack)
    assert verdict.metric == "health"
    assert reason(verdict).startswith("none of its processes was healthy for 5 s")
    again = replay(line + b"\n" for line in b"".join(lines).splitlines())
    assert (again.differs, again.last) == ("", verdict)


def test_looks_that_were_written_before_starts_were_counted_can_be_read() -> None:
    look = b'{"type":"look","tick":{"at":1.0,"weight":1.0,"candidate":{"requests":3,"waiting":2}}}\n'
    header = Writing().begin(Header(budget=made(40, 600)))
    resumed = resume([header, look])
    assert resumed.length == len(header) + len(look)


@pytest.mark.parametrize(("usual", "doubted"), [(0.0, True), (5.0, False)])
def test_batches_that_always_took_so_long_are_no_doubt(usual: float, doubted: bool) -> None:
    hanging = Hanging()
    for number in range(int(10 * usual)):
        old = Arm(started=0 if number else 12, waiting=12)
        hanging.see(Tick(at=number * 0.1, weight=0.5, baseline=old), number * 0.1, shared=True)
    hanging.see(Tick(at=10.0, weight=1.0, baseline=Arm(requests=12)), 10.0, shared=False)
    hanging.see(Tick(at=20.0, weight=1.0, candidate=Arm(started=12, waiting=12)), 20.0, shared=False)
    hanging.see(Tick(at=28.0, weight=1.0, candidate=Arm(waiting=12)), 28.0, shared=False)
    assert bool(hanging.why) == doubted


@pytest.mark.parametrize("patience", [inf, 15.0])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_candidate_that_hangs_for_its_first_users_is_taken_back_and_gets_no_more_of_them(
    share: float, patience: float
) -> None:
    def takes(arm: str, since: float, random: Random) -> float:
        return inf if arm == "candidate" and random.random() < share else quick(random)

    judge = Judge(made(40, 60.0))
    first = judge.weight
    site = Site(1, 40, takes, patience=patience)
    weights = {first}
    back = None
    for look in range(1, 400):
        verdict = judge.see(site.look(look / 10, -1.0, judge.weight))
        if isinstance(verdict, RollBack):
            back = verdict
            break
        weights.add(judge.weight)
    assert back
    assert back.metric == "resets"
    assert max(weights) <= first * 1.01
