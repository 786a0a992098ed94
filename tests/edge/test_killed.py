"""Envoy, the watchdog and the engine, killed: users stay with a good release, and it is said why."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from outpace.engines.envoy import succession
from tests.edge.shop import PATIENCE, Shop, until

DIED = r"its engine died before it was promoted"
LAPSED = r"the engine's lease lapsed \d+\.\d s ago: it died, hangs or was stopped"


def under_way(shop: Shop, stage: str = "users", *words: str) -> subprocess.Popen[str]:
    """A rollout of release 2 that has come so far, and goes no further: hardly anybody asks for anything."""
    shop.commit("2")
    process = shop.begin("rollout", *words, "--format", "json")
    until(lambda: shop.stage() == stage or process.poll() is not None, f"the rollout comes to {stage}")
    assert process.poll() is None, process.communicate()
    return process


def tidied(shop: Shop) -> None:
    """By itself."""
    until(lambda: len(shop.standing.instances) == 1, "nothing of the candidate is left")
    until(lambda: not shop.runtime.place.pid("judge"), "nobody has anything to do")


def killed(process: subprocess.Popen[str], which: int = signal.SIGKILL) -> int:
    process.send_signal(which)
    process.communicate(timeout=PATIENCE)
    return process.returncode


def test_an_envoy_that_is_killed_is_back_by_itself(shop: Shop) -> None:
    before = shop.kill("envoy")
    until(lambda: shop.standing.envoy not in (0, before), "Envoy is started again")
    until(shop.answers, "it answers")
    assert "envoy (process" in shop.says("watchdog")
    shop.ends_on("1", "settled")


def test_an_envoy_that_is_killed_under_a_rollout_takes_the_release_back(good_shop: Shop) -> None:
    """What it counted is gone, so that nobody can judge any more."""
    process = under_way(good_shop)
    good_shop.kill("envoy")
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 10, err
    assert "Envoy" in out
    until(good_shop.answers, "it answers")
    good_shop.outpace("edge", "up")
    assert re.match(r"Envoy (does not answer|was started again)", good_shop.ends_on("1", "reverted").why)


def test_a_watchdog_that_is_killed_under_a_rollout_is_started_again_by_the_engine(good_shop: Shop) -> None:
    process = under_way(good_shop)
    before = good_shop.kill("watchdog")
    after = until(
        lambda: good_shop.standing.watchdog not in (0, before) and good_shop.standing.watchdog, "another one watches"
    )
    killed(process)
    until(lambda: good_shop.stage() == "reverted", "it takes the rollout back")
    assert good_shop.standing.watchdog == after
    tidied(good_shop)
    assert re.fullmatch(f"{DIED}|{LAPSED}", good_shop.ends_on("1", "reverted").why)


def test_a_watchdog_that_is_killed_while_nothing_goes_on_takes_nothing_along(good_shop: Shop) -> None:
    standing = good_shop.standing
    with good_shop.load() as load:
        good_shop.kill("watchdog")
        assert "watchdog" in good_shop.outpace("edge", "status", expect=10).out
        good_shop.outpace("edge", "up")
    counts = load.end()
    assert (counts.bad, counts.failed, set(counts.by)) == (0, 0, {"1"})
    assert good_shop.standing.watchdog not in (0, standing.watchdog)
    assert (good_shop.standing.envoy, good_shop.standing.instances) == (standing.envoy, standing.instances)


def test_a_proxy_that_hangs_is_told_of_and_replaced_by_the_next_up(good_shop: Shop) -> None:
    before = good_shop.standing.envoy
    os.kill(before, signal.SIGSTOP)
    told = good_shop.outpace("edge", "status", "--format", "json", expect=10).answer["troubles"]
    assert [each for each in told if each.startswith("the proxy does not answer")]
    good_shop.outpace("edge", "up")
    assert good_shop.version() == "1"
    assert good_shop.standing.envoy not in (0, before)


def test_a_process_that_hangs_is_told_of_and_replaced_by_the_next_up(
    good_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (instance,) = good_shop.standing.instances
    os.kill(instance.pid, signal.SIGSTOP)
    told = good_shop.outpace("edge", "status", "--format", "json", expect=10).answer["troubles"]
    assert [each for each in told if each.startswith(f"{instance.name} does not answer, GET /healthz on port")]
    monkeypatch.setattr(succession, "SURELY_STARTED", 0.0)
    program = instance.program
    assert program is not None
    runtime = good_shop.runtime
    runtime.start(replace(program, argv=("python3", "app.py", "{port}")), 1)
    assert runtime.healthy(instance.release, PATIENCE) == ""
    runtime.admit()
    assert good_shop.version() == "1"
    until(lambda: not runtime.place.pid(instance.name), "what hung is gone")


def stopped(shop: Shop) -> int:
    """The watchdog, which holds its locks and looks no more."""
    pid = shop.standing.watchdog
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_a_watchdog_that_hangs_is_told_of_and_replaced_by_the_next_up(good_shop: Shop) -> None:
    before = good_shop.standing
    with good_shop.load() as load:
        pid = stopped(good_shop)
        hangs = rf"the watchdog, process {pid}, hangs: it has not looked for \d+ s, so nothing is .*: outpace edge up"
        until(lambda: good_shop.standing.hanging, "it is silent for long")
        told = good_shop.outpace("edge", "status", "--format", "json", expect=10).answer["troubles"]
        assert len(told) == 1
        assert re.fullmatch(hangs, told[0])
        good_shop.outpace("edge", "up")
    counts = load.end()
    assert (counts.bad, counts.failed, set(counts.by)) == (0, 0, {"1"})
    after = good_shop.standing
    assert (after.hanging, after.watchdog in (0, pid)) == ({}, False)
    assert (after.envoy, after.instances) == (before.envoy, before.instances)


def test_a_watchdog_that_hangs_under_a_rollout_is_replaced_by_the_engine(good_shop: Shop) -> None:
    process = under_way(good_shop)
    before = stopped(good_shop)
    until(lambda: good_shop.standing.watchdog not in (0, before), "another one watches")
    killed(process)
    until(lambda: good_shop.stage() == "reverted", "it takes the rollout back")
    tidied(good_shop)
    assert re.fullmatch(f"{DIED}|{LAPSED}", good_shop.ends_on("1", "reverted").why)


@pytest.mark.parametrize(
    ("which", "by", "why"),
    [
        (signal.SIGKILL, "engine", DIED),
        (signal.SIGTERM, "engine", "it was interrupted"),
        (signal.SIGINT, "engine", "it was interrupted"),
        (signal.SIGHUP, "engine", "it was interrupted"),
    ],
    ids=lambda each: each.name if isinstance(each, signal.Signals) else "",
)
def test_an_engine_that_is_ended_leaves_users_with_the_good_release(
    good_shop: Shop, which: signal.Signals, by: str, why: str
) -> None:
    with good_shop.load(2) as load:
        process = under_way(good_shop)
        killed(process, which)
        until(lambda: good_shop.stage() == "reverted", "it is taken back")
        tidied(good_shop)
        rollout = good_shop.ends_on("1", "reverted")
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
    assert rollout.by == by
    assert re.fullmatch(why, rollout.why)


def test_an_engine_that_dies_and_leaves_nobody_behind_it_is_followed_by_the_watchdog(good_shop: Shop) -> None:
    process = under_way(good_shop)
    behind = until(lambda: good_shop.runtime.place.pid("judge"), "an engine stands behind it")
    os.kill(behind, signal.SIGSTOP)
    killed(process)
    until(lambda: good_shop.stage() == "reverted", "it is taken back")
    assert good_shop.version() == "1"
    os.kill(behind, signal.SIGCONT)
    tidied(good_shop)
    rollout = good_shop.ends_on("1", "reverted")
    assert rollout.by == "watchdog"
    assert re.fullmatch(LAPSED, rollout.why)


@pytest.mark.parametrize("by_hand", [False, True], ids=["its engine dies", "by hand"])
def test_a_way_back_that_is_damaged_is_made_anew(good_shop: Shop, by_hand: bool) -> None:
    """It is not renamed over the routes that are live: Envoy would refuse it, and users stay where they are."""
    process = under_way(good_shop)
    (good_shop.folder / "xds" / "rds.revert.json").write_text('{"resources": [')
    if by_hand:
        good_shop.outpace("rollback", "--why", "orders are missing")
        assert good_shop.takes_all("1")
        process.communicate(timeout=PATIENCE)
    else:
        killed(process)
    until(lambda: good_shop.stage() == "reverted", "it is taken back")
    tidied(good_shop)
    assert (good_shop.ends_on("1", "reverted").by, good_shop.takes_all("1")) == (
        "a person" if by_hand else "engine",
        True,
    )


def test_a_command_right_after_a_death_cuts_nobody_off(good_shop: Shop) -> None:
    """What the candidate is at is finished before its processes end."""
    good_shop.commit("2", delay_s=0.5)
    with good_shop.load(40) as load:
        process = good_shop.begin("rollout")
        until(lambda: good_shop.stage() == "users", "users are sent")
        until(lambda: {good_shop.version() for _ in range(4)} != {"1"}, "they are answered")
        killed(process)
        good_shop.outpace("edge", "up")
        good_shop.ends_on("1", "reverted")
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
    assert counts.by["2"] > 0


def test_an_engine_that_dies_in_the_soak_leaves_what_is_promoted_and_another_goes_on_by_itself(shop: Shop) -> None:
    shop.commit("2")
    with shop.load() as load:
        process = shop.begin("rollout", "--soak")
        until(lambda: shop.stage() == "promoted", "it is promoted")
        killed(process)
        until(lambda: shop.stage() != "promoted", "the soak is over")
        until(lambda: not shop.runtime.place.pid("judge"), "its judge has ended")
        shop.ends_on("2", "settled")
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
    assert sorted(counts.orders) == sorted(shop.orders())


def test_an_engine_that_hangs_is_one_that_died_and_notices_when_it_wakes(good_shop: Shop) -> None:
    process = under_way(good_shop)
    process.send_signal(signal.SIGSTOP)
    until(lambda: good_shop.stage() == "reverted", "the watchdog takes it back")
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 10, out + err
    rollout = good_shop.ends_on("1", "reverted")
    assert rollout.by == "watchdog"
    assert re.fullmatch(LAPSED, rollout.why)


def test_a_rollout_that_is_taken_back_by_hand_ends_and_says_by_whom(good_shop: Shop) -> None:
    process = under_way(good_shop)
    good_shop.outpace("rollback", "--why", "orders are missing")
    assert good_shop.version() == "1"
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 10, out + err
    rollout = good_shop.ends_on("1", "reverted")
    assert (rollout.by, rollout.why) == ("a person", "orders are missing")


def test_a_second_rollout_is_told_who_is_at_the_first(good_shop: Shop) -> None:
    process = under_way(good_shop)
    second = good_shop.outpace("rollout", expect=None)
    assert second.status in (3, 4)
    assert f"outpace rollout, process {process.pid}" in second.err
    assert process.poll() is None
    killed(process, signal.SIGINT)


def other_boot(lease: dict[str, object]) -> None:
    lease["boot"] = "0b2ed6f6-7c8b-4f6e-8f5b-0c1d2e3f4a5b"


def other_rollout(lease: dict[str, object]) -> None:
    lease["rollout"] = "20200101T000000-000000000000"


def far_ahead(lease: dict[str, object]) -> None:
    lease["until"] = time.clock_gettime(time.CLOCK_BOOTTIME) + 86400


def nonsense(lease: dict[str, object]) -> None:
    lease["until"] = "soon"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (other_boot, "the machine was started anew during the rollout"),
        (other_rollout, "the engine of this rollout left no lease"),
        (far_ahead, r"the engine's lease ends 86\d\d\d s from now: no engine writes such a one"),
        (nonsense, "the engine's lease cannot be read"),
    ],
    ids=["of another boot", "of another rollout", "far ahead", "unreadable"],
)
def test_a_lease_that_no_living_engine_wrote_has_lapsed(
    good_shop: Shop, change: Callable[[dict[str, object]], None], why: str
) -> None:
    process = under_way(good_shop)
    process.send_signal(signal.SIGSTOP)
    good_shop.rewrite("lease.json", change)
    until(lambda: good_shop.stage() == "reverted", "the watchdog takes it back")
    assert re.fullmatch(why, good_shop.rollout.why)
    assert good_shop.version() == "1"
    os.kill(process.pid, signal.SIGCONT)
    process.communicate(timeout=PATIENCE)
    assert good_shop.ends_on("1", "reverted").by == "watchdog"
