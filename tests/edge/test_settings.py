"""Settings that are no part of a release, changed while it runs: taken up without losing a request, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.conftest import QUICK
from tests.edge.shop import Shop, free_port, opened, until

WORKER = """
[[applications.edge.workers]]
name = "mailer"
command = ["python3", "-c", "import time; time.sleep(3600)"]
stop = "{stop}"
"""
OTHERWISE = "what runs was started with other settings than are declared now, "


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Release 1 takes requests, each for a while."""
    with opened(tmp_path / "edge", more=QUICK) as shop:
        shop.commit("1", delay_s=0.3)
        shop.outpace("rollout")
        yield shop


def variables(shop: Shop) -> list[str | None]:
    """PRICES, of each process that is declared and runs."""
    return [variable(each.pid, "PRICES") for each in shop.standing.instances if each.pid]


def variable(pid: int, name: str) -> str | None:
    lines = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return next((line.removeprefix(f"{name}=") for line in lines if line.startswith(f"{name}=")), None)


def differs(shop: Shop) -> list[str]:
    """What `edge status` says of it, in so many words."""
    told = shop.outpace("edge", "status", "--format", "json", expect=None).answer["troubles"]
    return [line.removeprefix(OTHERWISE) for line in told if line.startswith(OTHERWISE)]


@pytest.mark.parametrize("words", [("edge", "up"), ("rollout",)], ids=["edge up", "rollout"])
def test_variables_and_instances_are_taken_up_under_load_without_losing_a_request(
    shop: Shop, words: tuple[str, ...]
) -> None:
    with shop.load(40) as load:
        shop.declare(more=f"{QUICK}\ninstances = 2", variables='PRICES = "high"')
        assert differs(shop) == ["`variables` (PRICES), `instances` (2, and here 1): outpace edge up"]
        shop.outpace(*words)
        assert variables(shop) == ["high", "high"]
        shop.declare(more=QUICK)
        assert differs(shop) == ["`instances` (1, and here 2): outpace edge up"]
        before = {each.pid for each in shop.standing.instances}
        shop.outpace(*words)
    counts = load.end()
    assert (counts.bad, counts.failed, counts.why) == (0, 0, {})
    assert sorted(counts.orders) == sorted(shop.orders())
    assert {each.pid for each in shop.standing.instances} < before
    assert variables(shop) == ["high"]
    assert differs(shop) == []
    shop.ends_on("1", "settled")


def test_settings_with_which_it_never_becomes_healthy_leave_what_serves_as_it_is(shop: Shop) -> None:
    before = shop.standing.instances
    shop.declare(variables='PATH = "/nowhere"\nPYTHONHOME = "/nowhere"')
    with shop.load(20) as load:
        ran = shop.outpace("edge", "up", expect=3)
    counts = load.end()
    assert "the good release does not run" in ran.err
    assert (counts.bad, counts.failed) == (0, 0)
    assert shop.standing.instances == before
    assert differs(shop) == ["`variables` (PATH), `variables` (PYTHONHOME): outpace edge up"]
    shop.declare(variables="")
    shop.outpace("edge", "up")
    assert shop.standing.instances == before


def test_an_up_that_is_killed_half_way_is_gone_on_from(shop: Shop) -> None:
    (before,) = shop.standing.instances
    shop.declare(variables='PRICES = "high"', more=f"{QUICK}\ninstances = 2")
    with shop.load(20) as load:
        process = shop.begin("edge", "up")
        until(lambda: len(shop.standing.instances) == 3, "the new ones arrive")
        process.kill()
        process.communicate()
        assert before.pid in shop.standing.serving
        shop.declare(variables='PRICES = "low"')
        shop.outpace("edge", "up")
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
    assert variables(shop) == ["low", "low"]


def test_a_worker_that_is_declared_otherwise_ends_before_the_next_one_begins(shop: Shop) -> None:
    shop.declare(tables=WORKER.format(stop="2s"))
    shop.outpace("edge", "up")
    (before,) = shop.standing.workers
    until(lambda: shop.runtime.place.pid(before), "it works")
    shop.declare(tables=WORKER.format(stop="3s"))
    assert differs(shop) == ["`workers`: outpace edge up"]
    shop.outpace("edge", "up")
    (after,) = shop.standing.workers
    until(lambda: shop.runtime.place.pid(after), "the next one works")
    assert shop.runtime.place.pid(before) == 0
    assert differs(shop) == []


def test_an_address_that_is_declared_beside_the_first_is_listened_at(shop: Shop) -> None:
    with shop.load(20) as load:
        second = free_port()
        text = (shop.root / "outpace.toml").read_text()
        (shop.root / "outpace.toml").write_text(
            text.replace(f'"{shop.address}"', f'"{shop.address}", "127.0.0.1:{second}"')
        )
        assert differs(shop) == ["`listen`, `tls`, `trusted_hops` or `record`: outpace edge up"]
        shop.outpace("edge", "up")
        assert differs(shop) == []
        first, shop.port = shop.port, second
        assert shop.version() == "1"
        shop.port = first
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
