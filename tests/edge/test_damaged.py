"""Files of the edge's folder that are damaged or gone: told by name, and mended from the releases that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.conftest import QUICK
from tests.edge.shop import Shop, opened, until

WORKER = """
[[applications.edge.workers]]
name = "mailer"
command = ["python3", "-c", "import time; time.sleep(3600)"]
"""
READ = ["good.json", "rollout.json", "workers.json", "xds/rds.json"]
FOLLOWED = ["xds/cds.json", "xds/lds.json", "edge.json"]
TORN = '{"release": "'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Release 1 takes requests, and a worker works; each test leaves it so."""
    with opened(tmp_path_factory.mktemp("damaged") / "edge", more=QUICK, tables=WORKER) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        until(lambda: shop.runtime.place.pid(*shop.standing.workers), "it works")
        yield shop


def spoiled(shop: Shop, name: str, how: str) -> Path:
    path = shop.folder / name
    if how == "torn":
        path.write_text(TORN)
    else:
        path.unlink()
    return path


@pytest.mark.parametrize(
    ("name", "how"), [*((name, "torn") for name in READ + FOLLOWED), *((name, "gone") for name in READ[::2] + FOLLOWED)]
)
@pytest.mark.parametrize("runs", [True, False], ids=["it runs", "it is down"])
def test_status_names_the_file_and_up_mends_it(shop: Shop, name: str, how: str, runs: bool) -> None:
    good, worker = shop.good, shop.runtime.place.pid(*shop.standing.workers)
    if not runs:
        shop.end_everything()
    path = spoiled(shop, name, how)
    told = shop.outpace("edge", "status", expect=None)
    assert told.status in (3, 10)
    if runs or (how == "torn" and name in READ):
        assert str(path) in "".join((told.out + told.err).split("\n"))
        assert "outpace edge up" in told.out + told.err
    assert "Traceback" not in told.err
    shop.outpace("edge", "up")
    until(lambda: shop.runtime.place.pid(*shop.standing.workers), "the worker works")
    assert shop.outpace("edge", "status").status == 0
    assert (shop.good.release, shop.version()) == (good.release, "1")
    assert [(each.release, bool(each.pid)) for each in shop.standing.instances] == [(good.release, True)]
    if runs:
        assert shop.runtime.place.pid(*shop.standing.workers) == worker


def test_all_at_once_are_named_and_mended(shop: Shop) -> None:
    good = shop.good.release
    paths = [spoiled(shop, name, "torn") for name in (*READ, *FOLLOWED)]
    told = shop.outpace("edge", "status", expect=3).err
    assert [path for path in paths if str(path) not in told.replace("\n", "")] == []
    shop.outpace("edge", "up")
    assert (shop.good.release, shop.version()) == (good, "1")
    assert (shop.folder / "damaged" / "good.json").read_text() == TORN


def test_a_rollout_that_nobody_can_read_any_more_ends_with_the_good_release(shop: Shop) -> None:
    shop.commit("2")
    process = shop.begin("rollout")
    until(lambda: shop.stage() == "users", "users are sent")
    process.kill()
    process.communicate()
    spoiled(shop, "rollout.json", "torn")
    with shop.load(20) as load:
        shop.outpace("edge", "up")
    counts = load.end()
    assert (counts.bad, counts.failed, shop.version()) == (0, 0, "1")
    assert [(each.release, bool(each.pid)) for each in shop.standing.instances] == [(shop.good.release, True)]


def test_an_instance_that_nobody_can_read_any_more_is_ended_and_another_takes_its_place(shop: Shop) -> None:
    (before,) = shop.standing.instances
    spoiled(shop, f"instances/{before.name}.json", "torn")
    assert f"instances/{before.name}.json" in shop.outpace("edge", "status", expect=3).err.replace("\n", "")
    shop.outpace("edge", "up")
    (after,) = shop.standing.instances
    assert (after.release, bool(after.pid), shop.version()) == (before.release, True, "1")
    until(lambda: not Path(f"/proc/{before.pid}").exists(), "the one before is ended")


@pytest.mark.parametrize("runs", [True, False], ids=["it runs", "it is down"])
def test_a_soak_goes_on_when_nothing_says_any_more_where_users_are_sent_and_who_works(
    tmp_path: Path, runs: bool
) -> None:
    with opened(tmp_path / "edge", more='mirror = 0.0\nsoak = "1h"', tables=WORKER) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        shop.commit("2")
        with shop.load():
            shop.outpace("rollout", "--urgency", "exploited")
        before = (shop.stage(), shop.runtime.traffic(), shop.standing.workers)
        if not runs:
            shop.end_everything()
        for name in ("xds/rds.json", "workers.json"):
            spoiled(shop, name, "torn")
        shop.outpace("edge", "up")
        assert (shop.stage(), shop.runtime.traffic(), shop.standing.workers) == before
        assert shop.takes_all("2")
        until(lambda: shop.runtime.place.pid(*shop.standing.workers), "its worker works")
        seen = shop.runtime.place.counted()
        until(lambda: shop.runtime.place.counted() != seen, "it is judged")
