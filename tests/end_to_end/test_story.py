"""The whole story on a tiny shop: real git, uv, sandbox and processes; Outpace as a child."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.fakes.tiny_shop import ADVISORY, ALIAS, BRANCH, OTHER_WORDS, VULNERABLE, TinyShop, index_of, opened

DONE, ACTION_NEEDED = 0, 10


def objects(shop: TinyShop) -> str:
    return shop.git("cat-file", "--batch-all-objects", "--batch-check")


def untouched_by(shop: TinyShop, *words: str, status: int) -> str:
    """Runs Outpace; nothing of the repository but objects and Outpace's own branches may differ afterwards."""
    before = shop.untouchable()
    ended = shop.outpace(*words, expect=status)
    assert shop.untouchable() == before
    return ended.out


def test_an_exposed_process_is_fixed_deployed_verified_and_closed_and_doing_it_again_does_nothing(
    fresh_shop: TinyShop,
) -> None:
    shop = fresh_shop
    assert shop.page("/../secret.txt") == b"the flag"
    told = untouched_by(shop, "respond", status=ACTION_NEEDED)
    assert "waits for somebody" in " ".join(told.split())
    assert sorted(shop.branches()) == ["main", BRANCH]
    assert shop.git("diff", "--name-only", f"main...{BRANCH}") == "uv.lock"

    facts, refs, stored = shop.facts(), shop.branches(), objects(shop)
    untouched_by(shop, "respond", status=ACTION_NEEDED)
    assert (shop.facts(), shop.branches(), objects(shop)) == (facts, refs, stored)

    shop.merge()
    told = untouched_by(shop, "respond", ADVISORY, status=DONE)
    assert "verified by inventory and probe" in told
    assert shop.page("/../secret.txt") is None
    assert shop.page("/index.html") == b"welcome"

    facts, refs, stored, servers = shop.facts(), shop.branches(), objects(shop), shop.servers()
    untouched_by(shop, "respond", ALIAS, status=DONE)
    assert (shop.facts(), shop.branches(), objects(shop), shop.servers()) == (facts, refs, stored, servers)
    assert Counter(fact.kind for fact in facts) == {
        "known": 1,
        "matched": 2,
        "proposed": 1,
        "proved": 1,
        "landed": 1,
        "deployed": 1,
        "observed": 2,
        "probe_seen": 3,
        "verified": 1,
        "closed": 1,
    }
    assert reached(shop) == (
        "fix_released", "advisory_published", "known", "matched", "proposed", "proved", "landed", "deployed", "verified"
    )  # fmt: skip
    assert shop.settled() == []


def reached(shop: TinyShop) -> tuple[str, ...]:
    """The milestones on the clock, which must stand in their order."""
    told = json.loads(untouched_by(shop, "clock", "--format", "json", status=DONE))
    [exposure] = told["result"]["exposures"]
    assert (exposure["id"], exposure["ahead"], exposure["waiting"], exposure["out_of_order"]) == (
        ADVISORY,
        [],
        None,
        [],
    )
    return tuple(stage["milestone"] for stage in exposure["stages"])


def test_each_command_alone_does_its_part_and_leaves_the_repository_as_it_was(shop: TinyShop) -> None:
    assert "acme-web" in untouched_by(shop, "match", status=ACTION_NEEDED)
    [server] = shop.servers()
    running = json.loads(untouched_by(shop, "match", "--pid", str(server), "--format", "json", status=ACTION_NEEDED))
    assert [(each["component"]["version"], each["fixed"]["nearest"]) for each in running["result"]["exposures"]] == [
        ("1.0.0", "1.0.1")
    ]
    assert ADVISORY in untouched_by(shop, "observe", status=ACTION_NEEDED)
    untouched_by(shop, "fix", ADVISORY, status=DONE)
    made = shop.branches()
    untouched_by(shop, "fix", "--all", status=DONE)
    assert shop.branches() == made
    assert sorted(made) == ["main", BRANCH]
    untouched_by(shop, "prove", BRANCH, status=DONE)
    untouched_by(shop, "respond", status=ACTION_NEEDED)
    assert shop.branches() == made
    assert shop.settled() == []


def test_where_only_a_breaking_release_fixes_it_the_first_failing_test_is_named_and_no_branch_is_made(
    tmp_path: Path,
) -> None:
    with index_of(VULNERABLE, OTHER_WORDS) as index, opened(tmp_path / "stage", index=index) as shop:
        told = untouched_by(shop, "respond", status=ACTION_NEEDED)
        assert "test_a_page_that_is_not_there_is_none" in "".join(told.split())
        assert sorted(shop.branches()) == ["main"]
        facts = shop.facts()
        untouched_by(shop, "respond", status=ACTION_NEEDED)
        assert shop.facts() == facts
        assert shop.settled() == []
