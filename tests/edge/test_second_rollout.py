"""What one rollout leaves behind is nothing that the next one goes back to."""

from __future__ import annotations

from tests.edge.shop import Shop


def test_a_candidate_that_no_user_met_goes_back_to_the_release_of_now_and_not_to_the_one_before(shop: Shop) -> None:
    shop.commit("2")
    with shop.load() as load:
        shop.outpace("rollout", "--soak")
        assert shop.ends_on("2", "settled")
        shop.commit("3", health=503)
        assert "never became healthy" in shop.rolled_back()
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
    assert shop.ends_on("2", "reverted")


def test_a_block_that_was_taken_away_does_not_come_back_with_the_next_rollout(shop: Shop) -> None:
    shop.outpace("edge", "block", "--path", "/admin")
    shop.commit("2")
    with shop.load():
        shop.outpace("rollout", "--soak")
        shop.outpace("edge", "unblock", "--path", "/admin")
        shop.commit("3", health=503)
        shop.rolled_back()
    assert shop.standing.traffic is not None
    assert shop.standing.traffic.blocks == ()
