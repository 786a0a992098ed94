"""The story at the edge where something holds it: a stopgap, a migration, a soak that goes bad."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_edge_story import CONFIGURATION, visited
from tests.fakes.tiny_shop import ADVISORY, BRANCH, TinyShop

DONE, ACTION_NEEDED = 0, 10
PATIENCE = 60.0
STOPGAP = """
[[stopgaps]]
advisories = ["{advisory}"]
path = "/secret.txt"
"""
HOOK = "body = 1 // (not os.path.exists({file!r})) and acme_web.page"


def at_the_edge(shop: TinyShop, soak: str, more: str = "") -> None:
    """What ran before is gone; the vulnerable release runs at the edge."""
    for pid in shop.servers():
        shop.call("kill", "-9", str(pid))
    text = CONFIGURATION.format(port=shop.port, advisory=ADVISORY).replace('soak = "20s"', f'soak = "{soak}"')
    (shop.repository / "outpace.toml").write_text(text + more)
    assert "is settled" in shop.outpace("rollout", expect=DONE).out


def standing(shop: TinyShop) -> dict[str, Any]:
    return json.loads(shop.outpace("edge", "status", "--format", "json").out)["result"]


def stands_at(shop: TinyShop, *stages: str) -> None:
    until = time.monotonic() + PATIENCE
    while standing(shop)["rollout"]["stage"] not in stages:
        assert time.monotonic() < until, f"not {stages} within {PATIENCE:g} s"
        time.sleep(0.2)


def test_what_is_exposed_is_blocked_until_the_fix_is_verified_and_the_release_settles_by_itself(
    fresh_shop: TinyShop,
) -> None:
    shop = fresh_shop
    at_the_edge(shop, "1s", STOPGAP.format(advisory=ADVISORY))
    assert shop.page("/../secret.txt") == b"the flag"
    first = shop.outpace("respond", expect=ACTION_NEEDED)
    assert "blocked /secret.txt and below until" in first.err
    assert "blocked meanwhile: /secret.txt and below until" in " ".join(first.out.split())
    assert shop.page("/../secret.txt") is None
    assert shop.page("/index.html") == b"welcome"
    assert len(standing(shop)["blocks"]) == 1
    shop.merge(BRANCH)
    with visited(shop) as visitors:
        told = shop.outpace("respond", ADVISORY, expect=DONE)
    assert "verified by inventory and probe, release" in " ".join(told.out.split())
    assert f"the probe of {ADVISORY} exploits the release that runs, and is held by the candidate" in told.err
    assert "blocked no more, since the fix is verified: /secret.txt and below" in told.err
    assert standing(shop)["blocks"] == []
    assert shop.page("/../secret.txt") is None
    assert set(visitors.seen) == {b"welcome"}
    stands_at(shop, "settled")
    until = time.monotonic() + PATIENCE  # whoever settles it stops the old release before it tells the clock
    while "settled" not in shop.outpace("clock", ADVISORY, expect=None).out:
        assert time.monotonic() < until, f"the clock does not tell of it within {PATIENCE:g} s"
    assert shop.page("/index.html") == b"welcome"


@pytest.mark.parametrize("which", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_run_that_is_cut_off_in_its_rollout_is_gone_on_with_by_the_next(
    fresh_shop: TinyShop, which: signal.Signals
) -> None:
    shop = fresh_shop
    at_the_edge(shop, "1s")
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.merge(BRANCH)
    with visited(shop):
        run = shop.begin("respond", ADVISORY)
        stands_at(shop, "unseen", "users")
        run.send_signal(which)
        run.communicate(timeout=PATIENCE)
        stands_at(shop, "reverted")
        told = shop.outpace("respond", ADVISORY, expect=DONE)
    assert "verified by inventory and probe, release" in " ".join(told.out.split())
    clock = shop.outpace("clock", ADVISORY, expect=None).out
    assert all(f"\n{kind} " in clock for kind in ("staged", "first traffic", "promoted"))


def test_a_migration_that_is_refused_and_a_soak_that_goes_bad_rest_with_their_reasons(
    fresh_shop: TinyShop, tmp_path: Path
) -> None:
    shop = fresh_shop
    (shop.repository / "migrations").mkdir()
    shop.commit({"migrations/0001_notes.sql": "CREATE TABLE notes (number INTEGER, said TEXT);\n"})
    at_the_edge(shop, "1h")
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.merge(BRANCH)
    shop.commit({"migrations/0002_said.sql": "ALTER TABLE notes DROP COLUMN said;\n"})
    before = standing(shop)["rollout"]
    told = [" ".join(shop.outpace("respond", expect=ACTION_NEEDED).out.split()) for _ in range(2)]
    assert told[0] == told[1]
    assert "is not rolled out" in told[0]
    assert "0002_said.sql" in told[0]
    assert "--accept-irreversible" in told[0]
    assert standing(shop)["rollout"] == before
    broken = tmp_path / "broken"
    answers = (shop.repository / "shop.py").read_text()
    shop.call("git", "rm", "--quiet", "migrations/0002_said.sql")
    shop.commit({"shop.py": answers.replace("body = acme_web.page", HOOK.format(file=str(broken)))})
    with visited(shop) as visitors:
        shop.outpace("respond", ADVISORY, expect=DONE)
        assert standing(shop)["rollout"]["stage"] == "promoted"
        broken.touch()
        stands_at(shop, "reverted")
        last = shop.outpace("respond", ADVISORY, expect=ACTION_NEEDED)
        seen = dict(visitors.seen)
    assert "was rolled back: " in " ".join(last.out.split())
    assert shop.page("/index.html") == b"welcome"
    assert seen[None] > 0
