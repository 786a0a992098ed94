"""What is removed of old releases at a real edge: not what runs, what a rollback needs, or an environment has."""

from __future__ import annotations

import os
from pathlib import Path

from tests.edge.bookshop import Bookshop, bookshop


def built(shop: Bookshop, version: str) -> str:
    shop.commit(version)
    return shop.outpace("release", "build", "--format", "json").answer["release"]["digest"]


def test_what_is_needed_is_kept_also_while_none_of_its_processes_runs(tmp_path: Path) -> None:
    shared = '[applications.edge.staging]\nshared = ["DATABASE"]\n'
    with bookshop(tmp_path / "edge", more="keep = 0", tables=shared) as shop:
        digests = [built(shop, "1")]
        shop.outpace("rollout")
        digests.append(built(shop, "2"))
        shop.rewrite("good.json", lambda good: good.update(before=digests[1]))
        digests.append(built(shop, "3"))
        shop.outpace("staging", "up")
        digests += [built(shop, "4"), built(shop, "5")]
        ended(shop.folder / "staging" / "staging")
        for place in (*shop.folder.glob("kept/releases/*/manifest.json"), *shop.folder.glob("known/used/*")):
            os.utime(place, (1, 1))
        told = shop.outpace("release", "collect", "--format", "json")
        left = {place.name for place in (shop.folder / "kept" / "releases").iterdir()}
        assert len({*digests[3:]} & left) < 2, told.out
        assert set(digests[:3]) <= left
        assert shop.version() == "1"


def ended(stage: Path) -> None:
    """As a reboot leaves it: what stands is in its files alone."""
    from outpace.engines.envoy import launching

    launching.end_watchdog(stage)
    launching.end_all(stage)
