"""At what weight that which ends now may have been sent."""

from __future__ import annotations

import pytest

from outpace.delivery.rollout.scales import Sent

SEEN = {
    "a weight that rises counts at once": ([(0.0, 0.05), (1.0, 0.1)], 0.1),
    "a weight that falls counts after what was sent before has ended": (
        [(0.0, 0.08), (10.0, 0.02), (14.0, 0.02)],
        0.08,
    ),
    "and then": ([(0.0, 0.08), (10.0, 0.02), (15.0, 0.02), (16.0, 0.02)], 0.02),
    "that all were sent to it says nothing of two": ([(0.0, 1.0), (1.0, 0.1), (2.0, 0.1)], 0.1),
}


@pytest.mark.parametrize(("looks", "weight"), SEEN.values(), ids=SEEN.keys())
def test_the_largest_weight_of_late_is_that_of_what_ends_now(looks: list[tuple[float, float]], weight: float) -> None:
    sent = Sent()
    for at, now in looks:
        sent.see(now, at)
    assert sent.weight(0.0) == weight


def test_what_ends_late_may_have_been_sent_at_an_older_weight() -> None:
    sent = Sent()
    for at, now in ((0.0, 0.5), (10.0, 0.05), (80.0, 0.05)):
        sent.see(now, at)
    assert (sent.weight(0.0), sent.weight(69.0), sent.weight(75.0)) == (0.05, 0.05, 0.5)
