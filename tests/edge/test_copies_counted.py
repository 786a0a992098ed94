"""What the judge hears of the real Envoy while copies go to a candidate: like beside like, from the first second on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from outpace.delivery.rollout.counts import Tick
from outpace.delivery.rollout.trail import replay
from tests.edge.shop import Shop, opened


@pytest.fixture
def mirroring(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path / "edge", more='mirror = 1.0\nsoak = "1s"') as shop:
        shop.commit("1")
        shop.outpace("rollout")
        yield shop


def looks(shop: Shop) -> list[Tick]:
    """Of the last rollout, whose trail is judged again."""
    trail = max((shop.folder / "trails").glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
    lines = trail.read_bytes().splitlines(keepends=True)
    told = replay(lines)
    assert (told.is_judged, told.differs) == (True, "")
    decoded = [msgspec.json.decode(line) for line in lines]
    return [msgspec.convert(line["tick"], Tick) for line in decoded if line["type"] == "look"]


def test_copies_stand_beside_what_users_were_answered_to_the_same_requests(mirroring: Shop) -> None:
    with mirroring.load():
        mirroring.commit("2")
        mirroring.outpace("rollout")
    ticks = looks(mirroring)
    before = [tick for tick in ticks if not tick.weight]
    copies = [tick for tick in before if tick.source == "mirrored"]
    theirs, ours = (sum(getattr(tick, arm).requests for tick in copies) for arm in ("baseline", "candidate"))
    whole = sum(tick.baseline.requests for tick in before if tick.source == "users")
    assert ours > 50
    assert abs(theirs - ours) <= 0.1 * ours + 5  # those under way at a look
    assert theirs < 0.85 * whole  # three of ten requests are POSTs, of which there are no copies
    assert sum(bucket.count for tick in copies for bucket in tick.baseline.latency) < 0.85 * whole


def test_the_second_before_the_judge_began_is_heard_with_the_clients_of_the_baseline(mirroring: Shop) -> None:
    with mirroring.load():
        mirroring.commit("2")
        mirroring.outpace("rollout")
    first = looks(mirroring)[0]
    assert (first.weight, first.source) == (0.0, "users")
    assert first.baseline.requests > 30
    assert sum(client.baseline_good for client in first.clients) > 0
