"""How often a rollout that is cut off is tried again, wherever it was cut off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from outpace.app.edge_deploys import rolled_out
from outpace.delivery.edge.standing import Rollout
from outpace.model.release import Digest
from outpace.stories import keeping
from outpace.stories.history import History

BEGAN = datetime(2026, 1, 1, 8, tzinfo=UTC)
WHY = "no room on the disk"


def cut_off(number: int, *, promoted: bool) -> list[Rollout]:
    """As it was told of: where it was promoted, first of that."""
    at = BEGAN + timedelta(hours=number)
    first = Rollout(
        id=f"r{number}", baseline=Digest("a" * 64), candidate=Digest("b" * 64), began=at, revision="rev", staged=at
    )
    first = replace(first, stage="promoted", promoted=at) if promoted else first
    ended = replace(first, stage="reverted", reverted=at + timedelta(minutes=30), cut_off=True, why=WHY)
    return [first, ended] if promoted else [ended]


@pytest.mark.parametrize("promoted", [False, True], ids=["before all users", "in its soak"])
@pytest.mark.parametrize(("times", "hours", "held"), [(2, 1, False), (3, 1, True), (5, 1, True), (3, 26, False)])
def test_what_is_cut_off_three_times_in_a_row_waits_for_a_day(
    promoted: bool, times: int, hours: int, held: bool
) -> None:
    told = [each for number in range(times) for each in cut_off(number, promoted=promoted)]
    facts = [keeping.of_rollout("shop@1", rolled_out(each, "production"), each.reverted or each.began) for each in told]
    last = BEGAN + timedelta(hours=times - 1, minutes=30)
    found = History(facts, began=last + timedelta(hours=hours)).held_back("rev")
    in_a_row = f"was rolled back {times} times in a row, the last time: {WHY}"
    assert found == ((in_a_row, last) if held else None)
