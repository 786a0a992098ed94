"""Little is known of a release: no user comes, or only the application itself knows that it fails."""

from __future__ import annotations

import re
import time
from pathlib import Path

from tests.edge.bookshop import bookshop

CHECKS = """
[[applications.edge.checks]]
name = "a price"
request = { path = "/books/3" }
success = { status = 200, contains = "30" }
"""
SIGNAL = """
[applications.edge.signal]
path = "/metrics"
bad = "orders_failed"
total = "orders_tried"
"""


def test_without_any_user_a_release_is_promoted_on_its_checks_within_a_minute_and_says_so(tmp_path: Path) -> None:
    with bookshop(tmp_path / "edge", tables=CHECKS) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        shop.commit("2", dearer=1)
        assert "failed checks" in shop.rolled_back("--urgency", "exploited")
        shop.commit("3")
        began = time.monotonic()
        right = shop.outpace("rollout", "--urgency", "exploited", "--format", "json")
        assert time.monotonic() - began < 60  # twice what it takes
        assert re.search(r"rests on \d+ checks; .*no user came for \d+ s", right.answer["why"])
        assert (shop.stage(), shop.version()) == ("promoted", "3")


def test_what_only_the_application_counts_takes_a_release_back(tmp_path: Path) -> None:
    with bookshop(tmp_path / "edge", tables=SIGNAL) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        shop.commit("2", fails_quietly=True)
        with shop.load() as load:
            why = shop.rolled_back()
        assert re.search(r"\d+ failures by the application's own count", why)
        assert load.end().bad == 0
        shop.ends_on("1", "reverted")


def test_a_proxy_before_the_edge_is_believed_as_often_as_it_is_declared(tmp_path: Path) -> None:
    """What the client itself wrote before that is not."""
    with bookshop(tmp_path / "edge", more="trusted_hops = 1") as shop:
        seen: list[str] = []
        for hops in (1, 0):
            shop.more = f"trusted_hops = {hops}"
            shop.commit(f"{hops} hops")
            shop.outpace("edge", "up") if shop.folder.exists() else shop.outpace("rollout")
            seen.append(shop.asked("/client", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}))
        assert (seen[0], "198.51.100.7" in seen[1]) == ("198.51.100.7", False)
