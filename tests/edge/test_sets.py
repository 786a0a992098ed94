"""Sets of Python's, whose order is another one in each process, stop no rollout; what is wrong beside them does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.edge.bookshop import Bookshop, bookshop
from tests.edge.shop import PATIENCE, until

RECORD = """
[applications.edge.record]
share = 1.0
exchanges = 14
ignore = ["x-release"]
"""


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bookshop]:
    """Release 1 shows the tags of its books in the order of a set, and was recorded. No database is copied."""
    with bookshop(tmp_path_factory.mktemp("tagged") / "edge", tables=RECORD) as shop:
        shop.commit("1", tags=True)
        shop.outpace("rollout")
        process = shop.begin("edge", "record", "--for", "2s")
        until(lambda: (shop.folder / "recording.jsonl").exists() or shop.asked("/books/1"), "it records")
        while process.poll() is None:
            for number in range(1, 6):
                shop.asked(f"/books/{number}")
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out + err
        yield shop


def test_a_wrong_price_beside_a_set_is_told_alone_and_nothing_is_left_of_what_was_started_for_it(
    tagged: Bookshop,
) -> None:
    tagged.commit("2", tags=True, dearer=1)
    why = tagged.rolled_back()
    assert re.match(r"\d+ of \d+ replayed exchanges differs?: GET /books/\d: \$\.price: \d+ -> \d+; if it is", why)
    assert len(re.findall(r"--accept \w{12}", why)) == 1
    tagged.ends_on("1", "reverted")


def test_where_another_process_cannot_be_started_alike_it_is_said_what_is_of_order_alone(tagged: Bookshop) -> None:
    tagged.commit("3", tags=True)
    database = tagged.database
    tagged.declare(database=f"{tagged.place}/./{tagged.orders_file.name}")
    try:
        ran = tagged.outpace("rollout", "--format", "json", expect=10)
    finally:
        tagged.declare(database=database)
    assert "what runs was started with other settings than are declared now" in ran.err
    assert "; 1 of 1 difference is of order alone, which may be that of a set in its process" in ran.answer["why"]
    tagged.ends_on("1", "reverted")


def test_the_order_of_a_set_stops_no_rollout(tagged: Bookshop) -> None:
    tagged.commit("4", tags=True)
    with tagged.load():
        ran = tagged.outpace("rollout", "--soak")
    assert "another order" in ran.err
    tagged.ends_on("4", "settled")
