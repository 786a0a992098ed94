"""A queue's consumer through promotions, rollbacks and deaths: no job is lost, none is done twice."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from tests.edge.conftest import QUICK
from tests.edge.shop import PATIENCE, Shop, opened, until

WORKERS = """
[[applications.edge.workers]]
name = "mailer"
command = ["python3", "worker.py"]
stop = "2s"
"""
TABLES = """
CREATE TABLE jobs (number INTEGER PRIMARY KEY, claimed TEXT, at REAL, done TEXT, times INTEGER DEFAULT 0);
CREATE TABLE workers (version TEXT, pid INTEGER, began REAL, ended REAL);
"""


@pytest.fixture
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Release 1 takes requests, and its worker jobs."""
    more = getattr(request, "param", QUICK)
    with opened(tmp_path / "edge", more=more, tables=WORKERS) as shop:
        with closing(sqlite3.connect(shop.orders_file)) as database:
            database.executescript(TABLES)
        shop.commit("1")
        shop.outpace("rollout")
        yield shop


def rows(shop: Shop, query: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(shop.orders_file, timeout=PATIENCE)) as database, database:
        return database.execute(query, values).fetchall()


def ordered(shop: Shop, count: int) -> None:
    with closing(sqlite3.connect(shop.orders_file, timeout=PATIENCE)) as database, database:
        database.executemany("INSERT INTO jobs (claimed) VALUES (?)", [(None,)] * count)


def at_work(shop: Shop, version: str) -> bool:
    """It has just done a job that was ordered for it to do."""
    ordered(shop, 1)
    return bool(until(lambda: rows(shop, "SELECT 1 FROM jobs WHERE done IS NOT NULL"), "somebody works")) and rows(
        shop, "SELECT done FROM jobs WHERE done IS NOT NULL ORDER BY number DESC LIMIT 1"
    ) == [(version,)]


def assert_all_done(shop: Shop) -> None:
    """Each once, by whomever."""
    until(lambda: not rows(shop, "SELECT 1 FROM jobs WHERE done IS NULL"), "every job is done")
    assert rows(shop, "SELECT number, times FROM jobs WHERE times != 1") == []


def assert_one_at_a_time(shop: Shop) -> None:
    """No worker began before the one before it had ended."""
    lives = rows(shop, "SELECT began, ended FROM workers ORDER BY began")
    for (_, ended), (began, _) in pairwise(lives):
        assert isinstance(ended, float)
        assert isinstance(began, float)
        assert ended <= began


def test_jobs_go_to_the_promoted_release_and_back_with_it(shop: Shop) -> None:
    until(lambda: at_work(shop, "1"), "the first worker works")
    shop.commit("2")
    ordered(shop, 100)
    with shop.load():
        shop.outpace("rollout", "--soak")
    until(lambda: at_work(shop, "2"), "the promoted one's works")
    ordered(shop, 100)
    shop.outpace("rollback")
    until(lambda: at_work(shop, "1"), "the old one's works again")
    assert_all_done(shop)
    assert_one_at_a_time(shop)


@pytest.mark.parametrize("stage", ["users", "promoted"])
def test_no_job_is_lost_or_done_twice_when_the_engine_dies(shop: Shop, stage: str) -> None:
    shop.commit("2")
    ordered(shop, 200)
    process = shop.begin("rollout", "--soak")
    if stage == "promoted":
        with shop.load():
            until(lambda: shop.stage() == stage, "it comes so far")
    until(lambda: shop.stage() == stage, "it comes so far")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    until(lambda: not shop.rollout.armed, "it is disarmed")
    until(lambda: at_work(shop, "2" if stage == "promoted" else "1"), "the good one's works")
    assert_all_done(shop)
    assert_one_at_a_time(shop)


def test_a_worker_that_refuses_to_end_is_killed_and_its_job_is_claimed_again(shop: Shop) -> None:
    """What it was at is what the queue says: this one hands out again what was claimed for long and not done."""
    shop.commit("2", stubborn=True, job_s=3600)
    with shop.load():
        shop.outpace("rollout", "--soak")
    ordered(shop, 3)
    until(lambda: rows(shop, "SELECT 1 FROM jobs WHERE claimed LIKE '2 %'"), "the second one is at a job")
    shop.outpace("rollback")
    until(lambda: at_work(shop, "1"), "the first one's works again")
    assert "did not end within 2 s; it is killed" in shop.says("watchdog")
    assert_all_done(shop)


@pytest.mark.parametrize("shop", ['mirror = 0.0\nsoak = "1h"'], indirect=True, ids=["long soak"])
def test_a_release_whose_worker_cannot_work_comes_back_by_itself(shop: Shop) -> None:
    until(lambda: at_work(shop, "1"), "the first worker works")
    shop.commit("2", no_work="it has no queue")
    with shop.load():
        assert "is promoted" in shop.outpace("rollout").out
        until(lambda: shop.stage() == "reverted", "it is taken back")
    assert "it has no queue" in shop.rollout.why
    until(lambda: at_work(shop, "1"), "the old one's works again")
    ordered(shop, 20)
    assert_all_done(shop)
