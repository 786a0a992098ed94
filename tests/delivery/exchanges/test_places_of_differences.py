"""What one acceptance takes: a place, which is the same in each item and each line, and no other field."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outpace.delivery.exchanges.answers import Difference, Different
from outpace.delivery.exchanges.comparison import Replayed, judged
from outpace.delivery.exchanges.exchange import Request
from outpace.delivery.exchanges.expected import Acceptance


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("$.price1", "$.price1"),
        ("$.files[3].sha256", "$.files[].sha256"),
        ("$.rows[id=17].line2.x", "$.rows[].line2.x"),
        ("$.orders.17.price", "$.orders.0.price"),
        ("$.orders.17[2]", "$.orders.0[]"),
        ("$.17.18", "$.0.0"),
        ("header x-price-1", "header x-price-1"),
        ("line 12", "line"),
        ("line 12, behind '<td>12</td><td>'", "line, behind '<td>00</td><td>'"),
    ],
)
def test_a_place_is_the_same_for_each_item_and_line_and_another_for_each_field(where: str, place: str) -> None:
    assert Difference(where, "changed", "a", "b").place == place


def test_who_accepts_a_difference_accepts_none_of_a_field_called_alike() -> None:
    def replayed(*names: str) -> Replayed:
        differences = tuple(Difference(f"$.{name}", "changed", "1", "9", f"$.{name}") for name in names)
        return Replayed(request=Request(method="GET", target="/prices"), result=Different(differences))

    (seen,) = judged([replayed("price1")]).found
    word = Acceptance(digest=seen.digest, reason="it rises", by="ada", at=datetime(2026, 11, 27, tzinfo=UTC))
    assert judged([replayed("price1")], accepted=(word,)).stopping == ()
    (left,) = judged([replayed("price1", "price2")], accepted=(word,)).stopping
    assert left.example.readable == "$.price2: 1 -> 9"
