"""The load sees what users would see: a shift in the wrong order costs requests, and it counts them."""

from __future__ import annotations

import time

from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.engines.envoy.documents import clusters
from tests.edge.shop import Shop, until

LONG_ENOUGH = 0.5  # for a hundred requests


def test_a_cluster_that_goes_before_its_routes_do_costs_requests_that_are_counted(shop: Shop) -> None:
    """Make before break, turned around."""
    with shop.load(200) as load:
        shop.runtime.followed.swap("cds", clusters(()))
        until(lambda: not shop.answers(), "nobody is there any more")
        time.sleep(LONG_ENOUGH)
        shop.runtime.admit()
        until(shop.answers, "somebody is there again")
    counts = load.end()
    assert counts.bad > 0
    assert set(counts.bad_by) == {"-"}
    assert len(counts.orders) + len(counts.unsure) + sum(row.order < 0 for row in counts.rows) == len(counts.rows)
    assert sorted(counts.orders) == sorted(shop.orders())


def test_a_shift_to_a_process_that_has_not_begun_costs_requests_that_are_counted(shop: Shop) -> None:
    """Neither is it healthy nor does Envoy know it."""
    good = shop.good.release
    nobody = type(good)("0" * 64)
    with shop.load(200) as load:
        shop.runtime.route(Traffic(baseline=good, candidate=nobody, weight=WHOLE // 2))
        until(lambda: not shop.answers(), "some find nobody")
        time.sleep(LONG_ENOUGH)
        shop.runtime.route(Traffic(baseline=good))
        until(shop.answers, "all are answered")
    assert load.end().bad > 0
