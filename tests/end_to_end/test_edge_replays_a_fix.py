"""What a fix is meant to answer otherwise stops no rollout of it."""

from __future__ import annotations

import threading

from tests.end_to_end.test_edge_story import ACTION_NEEDED, CONFIGURATION, DONE
from tests.fakes.tiny_shop import ADVISORY, BRANCH, TinyShop

RECORD = """
[applications.edge.record]
share = 1.0
exchanges = 30
"""


def recorded(shop: TinyShop) -> None:
    """The vulnerable release runs at the edge, and is asked for the front page and for its secret."""
    for pid in shop.servers():
        shop.call("kill", "-9", str(pid))
    settings = CONFIGURATION.format(port=shop.port, advisory=ADVISORY)
    (shop.repository / "outpace.toml").write_text(
        settings.replace("\n[applications.edge.risk]", f"{RECORD}\n[applications.edge.risk]")
    )
    shop.outpace("rollout", expect=DONE)
    gone = threading.Event()

    def ask() -> None:
        while not gone.wait(0.02):
            shop.page("/index.html")
            shop.page("/../secret.txt")

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        shop.outpace("edge", "record", "--for", "3s", expect=DONE)
    finally:
        gone.set()
        asking.join()


def test_a_fix_may_answer_its_exploit_otherwise(fresh_shop: TinyShop) -> None:
    shop = fresh_shop
    recorded(shop)
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.merge(BRANCH)
    told = " ".join(shop.outpace("respond", ADVISORY, expect=DONE).err.split())
    assert "answered alike" in told
    assert "as the fix is meant to" in told
