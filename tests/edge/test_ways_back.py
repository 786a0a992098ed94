"""Ways back that hold on a bad day, and a soak that goes on through one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.engines.envoy.holding import judge_of
from tests.edge.shop import PATIENCE, Shop, opened, until

LONG = 'mirror = 0.0\nsoak = "1h"'
URGENT = ("rollout", "--urgency", "exploited")
SLOW_CHECKS = "".join(
    f"""
[[applications.edge.checks]]
name = "slow {number}"
request = {{ path = "/check" }}
success = {{ status = 200 }}
"""
    for number in range(4)
)


@pytest.fixture
def soaking(tmp_path: Path) -> Iterator[Shop]:
    """Release 2 is promoted, and soaks for long; release 1 is warm."""
    with opened(tmp_path / "edge", more=LONG) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        shop.commit("2")
        with shop.load():
            shop.outpace(*URGENT)
        until(lambda: judge_of(shop.folder), "somebody judges the soak")
        yield shop


def test_a_good_release_that_hangs_keeps_neither_a_rollback_nor_its_fix_from_coming(shop: Shop) -> None:
    shop.commit("2")
    with shop.load():
        shop.outpace("rollout", "--soak")
    (ill,) = shop.standing.instances
    os.kill(ill.pid, signal.SIGSTOP)
    try:
        shop.outpace("rollback", "--why", "it hangs")
        assert shop.takes_all("1")
    finally:
        os.kill(ill.pid, signal.SIGCONT)


def test_checks_that_take_longer_than_a_lease_are_no_dead_engine(tmp_path: Path) -> None:
    with opened(tmp_path / "edge", more='mirror = 0.0\nsoak = "2s"', tables=SLOW_CHECKS) as shop:
        shop.commit("1", delay_s=0.9)
        shop.outpace("rollout")
        shop.commit("2", delay_s=0.9)
        assert shop.outpace("rollout", "--format", "json").answer["outcome"] == "promoted"


def test_a_release_that_does_not_start_leaves_the_soak_before_it_to_its_judge(soaking: Shop) -> None:
    before = soaking.rollout
    soaking.commit("3", health=500)
    soaking.rolled_back()
    assert (soaking.rollout, soaking.takes_all("2")) == (before, True)
    assert {each.release for each in soaking.standing.instances} == {before.baseline, before.candidate}
    seen = soaking.runtime.place.counted()
    until(lambda: judge_of(soaking.folder), "it is judged again")
    until(lambda: soaking.runtime.place.counted() != seen, "its judge looks")
    soaking.outpace("rollback", "--why", "orders look odd")
    assert soaking.takes_all("1")


def test_what_users_are_sent_to_is_taken_back_while_a_newer_release_starts(soaking: Shop) -> None:
    before = soaking.rollout
    soaking.commit("3", health=500)
    process = soaking.begin("rollout", "--format", "json")
    until(lambda: soaking.stage() == "starting" or process.poll() is not None, "a newer one starts")
    taken = soaking.outpace("rollback", "--why", "orders look odd", "--format", "json").answer
    assert (taken["rollout"], taken["why"]) == (before.id, "orders look odd")
    assert soaking.takes_all("1")
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "orders look odd" in out) == (10, True), err
    until(lambda: soaking.rollout.id == before.id, "the newer one is gone")
    until(lambda: not soaking.runtime.place.pid("judge"), "nobody has anything to do")
    rollout = soaking.ends_on("1", "reverted")
    assert (rollout.by, rollout.why, len(soaking.standing.instances)) == ("a person", "orders look odd", 1)


def test_a_way_back_that_is_gone_keeps_nobody_on_the_release_that_is_taken_back(soaking: Shop) -> None:
    (soaking.folder / "xds" / "rds.revert.json").unlink()
    soaking.outpace("rollback", "--why", "orders look odd")
    assert soaking.takes_all("1")


def test_a_trail_that_is_damaged_is_put_aside_and_the_soak_is_judged(soaking: Shop) -> None:
    first = judge_of(soaking.folder)
    trail = soaking.folder / "trails" / f"{soaking.rollout.id}.jsonl"
    lines = trail.read_text().splitlines(keepends=True)
    trail.write_text("".join([*lines[:3], "no look\n", *lines[3:]]))
    os.kill(first, signal.SIGKILL)
    until(lambda: trail.with_suffix(".damaged").exists(), "it is put aside")
    until(lambda: judge_of(soaking.folder) not in (0, first), "another judges")
    with soaking.load():
        until(trail.exists, "a new trail begins")
        seen = trail.stat().st_size
        until(lambda: trail.stat().st_size > seen, "it is judged")
    assert soaking.stage() == "promoted"
    soaking.outpace("verdict", "replay", str(trail))


def test_where_it_listens_does_not_change_in_a_soak(soaking: Shop) -> None:
    listeners = (soaking.folder / "xds" / "lds.json").read_bytes()
    soaking.declare(more=f"{LONG}\ntrusted_hops = 2")
    soaking.outpace("edge", "up")
    assert (soaking.folder / "xds" / "lds.json").read_bytes() == listeners
    told = soaking.outpace("edge", "status", expect=10).out
    assert "once the rollout is over" in " ".join(told.split())
