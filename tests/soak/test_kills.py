"""The story killed from outside at random moments, and run again until it rests."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.tiny_shop import BRANCH, Kept, TinyShop, index_of, opened
from tests.fakes.tiny_shop_checks import assert_no_fact_twice, content

RUNS = int(os.environ.get("OUTPACE_SOAK_RUNS", "50"))
SEED = int(os.environ.get("OUTPACE_SOAK_SEED") or random.SystemRandom().randrange(1 << 32))
DONE, ACTION_NEEDED = 0, 10
AGAIN = 0.3  # how likely a run that goes on is killed as well
# What is seen and done may differ with the moment of a kill (a server that is deployed twice is seen twice);
# what is concluded may not.
CONCLUSIONS = frozenset({"known", "matched", "proposed", "landed", "closed"})

pytestmark = pytest.mark.soak


@dataclass(frozen=True)
class Undisturbed:
    """How long each half of the story takes, and what it comes to."""

    kept: Kept
    before: float
    after: float
    branches: dict[str, str]
    concluded: Counter[tuple[str, str]]
    kinds: frozenset[str]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    """Environments and proofs are made anew in each run, so that kills meet them half made; downloads are kept."""
    place = tmp_path_factory.mktemp("undisturbed")
    with index_of() as index:
        kept = Kept(index, place / "uv", place / "cache")
        with opened(place / "stage", index=index, kept=kept) as shop:
            before = shop.outpace("respond", expect=ACTION_NEEDED).seconds
            branches = shop.branches()
            shop.merge()
            after = shop.outpace("respond", expect=DONE).seconds
            yield Undisturbed(kept, before, after, branches, concluded(shop), frozenset(shop.kinds()))


def concluded(shop: TinyShop) -> Counter[tuple[str, str]]:
    """Without what differs from shop to shop: its place and the merge."""
    merge = shop.git("rev-parse", "main")
    facts = [content(fact) for fact in shop.facts() if fact.kind in CONCLUSIONS]
    return Counter((kind, body.replace(str(shop.place), "PLACE").replace(merge, "MERGE")) for kind, body in facts)


def killed(shop: TinyShop, after: float) -> bool:
    """Whether the run was still going on."""
    process = shop.begin("respond")
    try:
        process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


def until_it_rests(shop: TinyShop, chance: random.Random, longest: float) -> int:
    """Run again, and perhaps killed again; then to the end."""
    while chance.random() < AGAIN:
        killed(shop, chance.uniform(0, longest))
    return shop.outpace("respond").status


@pytest.mark.parametrize("run", range(RUNS))
def test_a_story_that_is_killed_anywhere_finishes_as_if_nothing_had_been(
    run: int, tmp_path: Path, undisturbed: Undisturbed
) -> None:
    chance = random.Random(f"{SEED} {run}")
    moment = chance.uniform(0, undisturbed.before + undisturbed.after)
    print(f"OUTPACE_SOAK_SEED={SEED}, run {run}: killed {moment:.3f} s into the story, of {undisturbed.before:.1f} s "
          f"before the merge and {undisturbed.after:.1f} s after it")  # fmt: skip
    kept = Kept(undisturbed.kept.index, undisturbed.kept.uv, tmp_path / "cache")
    with opened(tmp_path / "stage", index=kept.index, kept=kept) as shop:
        before = shop.untouchable()
        if moment < undisturbed.before:
            killed(shop, moment)
        assert until_it_rests(shop, chance, undisturbed.before) == ACTION_NEEDED
        assert shop.untouchable() == before
        assert shop.branches() == undisturbed.branches
        assert shop.settled() == []

        shop.merge()
        before = shop.untouchable()
        if moment >= undisturbed.before:
            killed(shop, moment - undisturbed.before)
        assert until_it_rests(shop, chance, undisturbed.after) == DONE
        assert_rests(shop)
        assert shop.untouchable() == before
        assert sorted(shop.branches()) == ["main", BRANCH]
        assert concluded(shop) == undisturbed.concluded
        assert undisturbed.kinds - {"deployed"} <= set(shop.kinds())  # a deploy that outlived Outpace is seen, not told


def assert_rests(shop: TinyShop) -> None:
    """It is over, once, with nothing left behind, and running it again changes nothing."""
    assert shop.settled() == []
    assert_no_fact_twice(shop)
    assert Counter(shop.kinds())["closed"] == 1
    assert shop.page("/../secret.txt") is None
    assert shop.page("/index.html") == b"welcome"
    servers, facts = shop.servers(), shop.facts()
    assert len(servers) == 1
    time.sleep(0.1)
    assert shop.outpace("respond").status == DONE
    assert (shop.servers(), shop.facts()) == (servers, facts)
