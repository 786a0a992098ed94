"""What is promoted is judged by a process of its own, whatever ends meanwhile, and comes back by itself."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from outpace.engines.envoy.holding import declared, judge_of
from outpace.engines.envoy.watchdog import read
from outpace.store.facts import Facts
from outpace.stories.history import History
from outpace.stories.kinds import RolledOut
from tests.edge.shop import Shop, opened, until

LONG = 'mirror = 0.0\nsoak = "1h"'
URGENT = ("rollout", "--urgency", "exploited")


@pytest.fixture
def soaking(tmp_path: Path) -> Iterator[Shop]:
    """Release 1 takes requests, and soaks are long."""
    with opened(tmp_path / "edge", more=LONG) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        yield shop


def judged(shop: Shop) -> int:
    return until(lambda: judge_of(shop.folder), "somebody judges the soak")


def trail_of(shop: Shop) -> Path:
    return shop.folder / "trails" / f"{shop.rollout.id}.jsonl"


def test_a_release_that_turns_bad_after_its_command_has_ended_comes_back_by_itself(soaking: Shop) -> None:
    soaking.commit("2", turns_at=700, fails=0.5)
    with soaking.load(120) as load:
        assert soaking.outpace(*URGENT, "--format", "json").answer["outcome"] == "promoted"
        until(lambda: soaking.stage() == "reverted", "it is taken back")
        until(lambda: soaking.takes_all("1"), "the old release is back")
        counts = load.end()
    until(lambda: not soaking.runtime.place.pid("judge"), "its judge has ended")
    assert "answers of 5xx" in soaking.ends_on("1", "reverted").why
    assert set(counts.bad_by) == {"2"}
    assert sorted(counts.orders) == sorted(soaking.orders())
    soaking.outpace("verdict", "replay", str(trail_of(soaking)))


def test_a_release_that_stays_good_is_settled_by_itself_and_that_is_kept(shop: Shop) -> None:
    shop.commit("2")
    with shop.load(120):
        shop.outpace(*URGENT)
        until(lambda: shop.stage() == "settled", "it is settled")
    until(lambda: not shop.runtime.place.pid("judge"), "its judge has ended")
    rollout = shop.ends_on("2", "settled")
    told = declared(shop.folder)
    with closing(Facts(Path(told.facts))) as facts:
        kept = [body for _, body in History(facts.of(told.subject)).all(RolledOut) if body.rollout == rollout.id]
    assert [each.settled for each in kept] == [None, rollout.settled]


def test_a_judge_that_is_killed_is_followed_by_another_that_goes_on_where_it_stopped(soaking: Shop) -> None:
    soaking.commit("2", turns_at=1500, fails=0.5)
    with soaking.load(120) as load:
        soaking.outpace(*URGENT)
        first = judged(soaking)
        os.kill(first, signal.SIGKILL)
        until(lambda: judge_of(soaking.folder) not in (0, first), "another judges")
        until(lambda: soaking.stage() == "reverted", "it is taken back")
        load.end()
    looks = [json.loads(line) for line in trail_of(soaking).read_text().splitlines()]
    assert [each["type"] for each in looks].count("trail") == 1
    until(lambda: soaking.takes_all("1"), "the old release is back")


def test_everything_that_ends_in_a_soak_goes_on_with_it(soaking: Shop) -> None:
    """As after a reboot: all processes are gone at once."""
    soaking.commit("2", turns_at=700, fails=0.5)
    with soaking.load(120):
        soaking.outpace(*URGENT)
        judged(soaking)
    soaking.end_everything()
    soaking.outpace("edge", "up")
    assert soaking.version() == "2"
    judged(soaking)
    with soaking.load(120):
        until(lambda: soaking.stage() == "reverted", "it is taken back")
        until(lambda: soaking.takes_all("1"), "the old release is back")


def test_the_proxy_is_killed_in_a_soak_and_the_release_stays_and_is_judged(soaking: Shop) -> None:
    soaking.commit("2")
    with soaking.load(120):
        soaking.outpace(*URGENT)
        judge = judged(soaking)
        killed = soaking.kill("envoy")
        until(lambda: soaking.runtime.place.pid("envoy") not in (0, killed), "the proxy is started again")
        until(soaking.answers, "it answers again")
    assert (soaking.stage(), judge_of(soaking.folder)) == ("promoted", judge)


def test_the_next_release_takes_the_judges_place_and_is_judged_in_its_turn(soaking: Shop) -> None:
    soaking.commit("2")
    with soaking.load(120):
        soaking.outpace(*URGENT)
        first = judged(soaking)
        soaking.commit("3")
        assert soaking.outpace(*URGENT, "--format", "json").answer["outcome"] == "promoted"
        assert judged(soaking) != first
    status = soaking.outpace("edge", "status", "--format", "json").answer
    assert (status["judge"], status["troubles"]) == (judge_of(soaking.folder), [])


def test_what_is_rolled_back_by_hand_is_judged_no_more(soaking: Shop) -> None:
    soaking.commit("2")
    with soaking.load(120):
        soaking.outpace(*URGENT)
        judged(soaking)
        soaking.outpace("rollback", "--why", "orders look odd")
        until(lambda: not judge_of(soaking.folder), "its judge has ended")
        until(lambda: len(soaking.standing.instances) == 1, "the release is tidied up")
    assert soaking.ends_on("1", "reverted").why == "orders look odd"


@pytest.mark.parametrize("how", ["torn", "gone"])
def test_a_judge_that_finds_no_routes_lays_them_anew(soaking: Shop, how: str) -> None:
    soaking.commit("2")
    with soaking.load(120):
        soaking.outpace(*URGENT)
        first, sent, routes = judged(soaking), soaking.runtime.traffic(), soaking.folder / "xds" / "rds.json"
        if how == "torn":
            routes.write_bytes(routes.read_bytes()[:100])
        else:
            routes.unlink()
        os.kill(first, signal.SIGKILL)
        until(lambda: judge_of(soaking.folder) not in (0, first), "another judges")
        until(lambda: read(routes), "they are laid anew")
    assert (soaking.runtime.traffic(), soaking.takes_all("2"), soaking.stage()) == (sent, True, "promoted")


def test_nobody_judges_what_is_down(soaking: Shop) -> None:
    soaking.commit("2")
    with soaking.load(120):
        soaking.outpace(*URGENT)
        judged(soaking)
    soaking.outpace("edge", "down")
    assert (judge_of(soaking.folder), soaking.runtime.place.pid("judge")) == (0, 0)
    soaking.outpace("edge", "up")
    judged(soaking)


def test_a_command_that_judges_the_soak_itself_is_named_also_where_it_hangs(soaking: Shop) -> None:
    """Whoever waits behind it judges nothing."""
    soaking.commit("2")
    with soaking.load(120):
        process = soaking.begin(*URGENT, "--soak")
        until(lambda: soaking.stage() == "promoted", "it is promoted")
    os.kill(process.pid, signal.SIGSTOP)
    until(lambda: soaking.runtime.place.pid("judge"), "another waits")
    named = soaking.outpace("edge", "status", "--format", "json", expect=None).answer["judge"]
    process.kill()
    process.communicate()
    assert named == process.pid
    judged(soaking)
