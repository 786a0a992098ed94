"""The whole story where Outpace also owns the last mile: real git, uv, Envoy, watchdog and processes."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from tests.fakes.tiny_shop import ADVISORY, BRANCH, TinyShop

DONE, ACTION_NEEDED = 0, 10

CONFIGURATION = """
[[applications]]
name = "tiny-shop"
locks = ["uv.lock"]
test = ["python", "-m", "unittest"]
imports = ["shop"]
run = ["python", "shop.py", "{{port}}"]
ready = "/health"
delivery = "edge"

[applications.edge]
listen = ["127.0.0.1:{port}"]
soak = "20s"

[applications.edge.risk]
tolerated = 0.1

[[environments]]
name = "production"
observe = {{ edge = true }}
url = "http://127.0.0.1:{port}"
probe = true

[[probes]]
advisories = ["{advisory}"]
request = {{ path = "/../secret.txt" }}
exploited = {{ status = 200, contains = "the flag" }}
benign = {{ path = "/index.html" }}
success = {{ status = 200, contains = "welcome" }}
"""


class Visitors:
    """Ask for the front page again and again; what they were not given is counted."""

    def __init__(self, shop: TinyShop) -> None:
        self._shop = shop
        self._gone = threading.Event()
        self.seen: Counter[bytes | None] = Counter()

    def run(self) -> None:
        while not self._gone.is_set():
            self.seen[self._shop.page("/index.html")] += 1
            time.sleep(0.01)

    def leave(self) -> None:
        self._gone.set()


@contextmanager
def visited(shop: TinyShop) -> Generator[Visitors]:
    visitors = Visitors(shop)
    thread = threading.Thread(target=visitors.run)
    thread.start()
    try:
        yield visitors
    finally:
        visitors.leave()
        thread.join()


def on_the_edge(shop: TinyShop) -> None:
    """What ran before is gone; the vulnerable release runs at the edge."""
    for pid in shop.servers():
        shop.call("kill", "-9", str(pid))
    (shop.repository / "outpace.toml").write_text(CONFIGURATION.format(port=shop.port, advisory=ADVISORY))
    assert "is settled" in shop.outpace("rollout", expect=DONE).out


def test_an_exposed_release_is_replaced_by_a_fixed_one_that_users_do_not_notice(fresh_shop: TinyShop) -> None:
    shop = fresh_shop
    on_the_edge(shop)
    assert shop.page("/../secret.txt") == b"the flag"
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.merge(BRANCH)
    with visited(shop) as visitors:
        told = shop.outpace("respond", ADVISORY, expect=DONE)
        settled = json.loads(shop.outpace("rollout", "--soak", "--format", "json", expect=DONE).out)["result"]
    assert "verified by inventory and probe, release" in " ".join(told.out.split())
    assert f"the probe of {ADVISORY} exploits the release that runs, and is held by the candidate" in told.err
    assert settled["outcome"] == "settled"
    assert set(visitors.seen) == {b"welcome"}
    assert shop.page("/../secret.txt") is None
    clock = json.loads(shop.outpace("clock", ADVISORY, "--format", "json", expect=DONE).out)["result"]
    reached = [each["milestone"] for each in clock["exposures"][0]["stages"]]
    assert reached[-6:] == ["landed", "staged", "first_traffic", "promoted", "verified", "settled"]


def test_a_fix_that_fails_takes_itself_back_and_is_not_rolled_out_again(fresh_shop: TinyShop) -> None:
    shop = fresh_shop
    on_the_edge(shop)
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.merge(BRANCH)
    answers = (shop.repository / "shop.py").read_text()
    shop.commit({"shop.py": answers.replace("body = acme_web.page", "raise OSError; body = acme_web.page")})
    with visited(shop) as visitors:
        told = shop.outpace("respond", expect=ACTION_NEEDED)
        again = shop.outpace("respond", expect=ACTION_NEEDED)
    assert "was rolled back" in " ".join(told.out.split())
    assert "was rolled back" in " ".join(again.out.split())
    assert "starting" not in again.err
    assert shop.page("/index.html") == b"welcome"
    assert visitors.seen[b"welcome"] > 10 * visitors.seen[None]
    assert Counter(shop.kinds())["rolled_out"] == 2  # the first release, and this one
