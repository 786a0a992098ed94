"""Looks that are judged, and looks that saw nothing."""

from __future__ import annotations

import pytest

from outpace.app.rollout_parts import Pace
from outpace.delivery.rollout.counts import Arm, Tick


@pytest.mark.parametrize("same", [Arm(waiting=1), Arm(is_down=True)])
def test_a_night_with_one_open_stream_leaves_a_short_trail(same: Arm) -> None:
    pace = Pace()
    looks = (Tick(at=n / 2, weight=1.0, candidate=same) for n in range(2 * 12 * 3600))
    assert sum(map(pace.counts, looks)) < 1000


def test_a_stream_that_begins_or_ends_is_seen_at_once() -> None:
    pace = Pace()
    waiting = [0, 0, 1, 1, 1, 2, 0, 0]
    looks = [Tick(at=n / 10, weight=1.0, baseline=Arm(waiting=wait)) for n, wait in enumerate(waiting)]
    assert [pace.counts(tick) for tick in looks] == [True, False, True, True, False, True, True, True]


def test_copies_do_not_make_a_stream_of_users_news() -> None:
    pace = Pace()
    users = Tick(at=0.0, weight=0.0, baseline=Arm(waiting=1))
    copies = Tick(at=0.0, weight=0.0, source="mirrored", candidate=Arm(requests=1))
    pace.counts(users)
    pace.counts(users)
    assert [pace.counts(tick) for tick in (copies, users, users)] == [True, True, False]
