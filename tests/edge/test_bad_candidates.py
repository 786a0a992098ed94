"""Releases that are bad in every way, tried on one good one: each takes itself back, and says why."""

from __future__ import annotations

import re

import pytest

from tests.edge.shop import Shop

PORT = r"on port \d+"


@pytest.mark.parametrize(
    ("faults", "why"),
    [
        ({"silent": True}, rf"it never became healthy: GET /healthz {PORT} was not answered \(timed out\) for 5 s"),
        ({"health": 503}, rf"it never became healthy: GET /healthz {PORT} was answered 503 for 5 s"),
        (
            {"exits": True},
            r"it never became healthy: it ended 2 times while it was starting; it said: cannot read the price list",
        ),
    ],
    ids=["it does not answer", "it answers 503", "it exits at once"],
)
def test_what_never_becomes_healthy_gets_no_request_and_the_reason_is_told(
    good_shop: Shop, faults: dict[str, object], why: str
) -> None:
    good_shop.commit(f"bad {faults}", **faults)
    with good_shop.load(60) as load:
        assert re.fullmatch(why, good_shop.rolled_back())
    counts = load.end()
    assert (counts.bad, counts.failed, set(counts.by)) == (0, 0, {"1"})
    assert sorted(counts.orders) == sorted(good_shop.orders())
    assert good_shop.ends_on("1", "reverted").by == "engine"


@pytest.mark.parametrize(
    ("faults", "why"),
    [
        ({"dies_at": 25}, r".*; its processes ended \d+ times?( meanwhile)?(; .*)?"),
        (
            {"fails": 0.05, "told": "one in twenty"},
            r"\d+ answers of 5xx of \d+ against 0 of \d+ of the old release \(E .* decides\); rests on .*",
        ),
        ({"cuts": 0.5}, r"\d+ requests without an answer of \d+ against 0 of \d+ of the old release .*"),
        (
            {"delay_s": 1.5},
            r"\d+ answers (twice as slow|slower) .* slowest (tenth|hundredth) of \d+ against \S+ of \d+ .*",
        ),
    ],
    ids=["it crashes under traffic", "it fails one in twenty", "it cuts off half of its answers", "it is slow"],
)
def test_what_fails_users_is_taken_back_and_the_reason_is_told(
    good_shop: Shop, faults: dict[str, object], why: str
) -> None:
    good_shop.commit("2", **faults)
    with good_shop.load() as load:
        assert re.fullmatch(why, good_shop.rolled_back())
        assert good_shop.rollout.first_traffic is not None
    counts = load.end()
    assert counts.bad_by.get("1", 0) == 0
    assert counts.by["2"] > 0
    assert set(counts.orders) <= set(good_shop.orders()) <= set(counts.orders + counts.unsure)
    assert len(good_shop.orders()) == len(set(good_shop.orders()))
    assert good_shop.ends_on("1", "reverted").by == "engine"


def test_what_never_starts_after_a_rollout_that_settled_costs_nobody_anything(shop: Shop) -> None:
    """What the settled one had prepared to go back to is gone for good."""
    shop.commit("2")
    with shop.load() as load:
        shop.outpace("rollout", "--soak")
        shop.commit("3", exits=True)
        assert "cannot read the price list" in shop.rolled_back()
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
    shop.ends_on("2", "reverted")
