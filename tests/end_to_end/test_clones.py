"""What facts say of a commit, in a clone that lacks it: deleted and pruned, of another clone, or of a CI job."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Raw, structs

from outpace.engines.shared_facts import push
from outpace.store.facts import Facts
from tests.fakes.tiny_shop import BRANCH, TinyShop

DONE, ACTION_NEEDED = 0, 10


def responded(shop: TinyShop, *words: str, status: int = ACTION_NEEDED) -> str:
    """For what it waits, or what closed it."""
    ended = shop.outpace("respond", *words, "--format", "json", expect=status)
    [case] = json.loads(ended.out)["result"]["cases"]
    return case["why"]


def deleted(shop: TinyShop) -> None:
    """The branch, and its commit with it."""
    shop.git("branch", "-q", "-D", BRANCH)
    shop.git("reflog", "expire", "--expire=now", "--all")
    shop.git("gc", "-q", "--prune=now")


def behind_a_remote(shop: TinyShop, land: str = "push") -> Path:
    """A bare repository that both push to, as the pipeline's own."""
    origin = shop.place / "origin.git"
    shop.git("clone", "-q", "--bare", str(shop.repository), str(origin))
    shop.git("remote", "add", "origin", str(origin))
    configuration = shop.repository / "outpace.toml"
    configuration.write_text(configuration.read_text().replace('branch = "main"', f'branch = "main"\nland = "{land}"'))
    return origin


def somebody_elses(shop: TinyShop, origin: Path, *words: str) -> TinyShop:
    """A clone by somebody else, who shares no state with us."""
    theirs = shop.clone("theirs", *words, url=str(origin))
    theirs.environment["XDG_STATE_HOME"] = str(shop.place / "state-of-theirs")
    theirs.outpace(
        "advisories", "update", "--from", str(shop.place / "osv"), "--kev-from", str(shop.place / "kev.json")
    )
    theirs.git("config", "user.name", "Somebody else")
    return theirs


MERGE = f"somebody to merge {BRANCH} into main"


def test_a_fix_that_was_deleted_and_pruned_or_is_in_another_clone_is_made_again(shop: TinyShop) -> None:
    assert responded(shop) == MERGE
    made, kinds = shop.branches(), shop.kinds()
    deleted(shop)
    second = shop.clone("second", "--no-local", "--single-branch")
    for clone in (shop, second):
        assert responded(clone) == MERGE
        assert (clone.git("rev-parse", BRANCH), clone.kinds()) == (made[BRANCH], kinds)


def test_a_fix_that_was_squashed_and_pruned_has_landed_and_is_deployed(shop: TinyShop) -> None:
    responded(shop)
    shop.git("merge", "-q", "--squash", BRANCH)
    shop.git("commit", "-q", "-m", "Upgrade acme-web (#1)")
    deleted(shop)
    assert responded(shop, status=DONE) == "production: verified by inventory and probe"
    assert [kind for kind in shop.kinds() if kind in ("landed", "deployed")] == ["landed", "deployed"]


def test_a_laptop_goes_on_where_a_ci_job_shared_facts_and_kept_its_branch(shop: TinyShop) -> None:
    job = somebody_elses(shop, behind_a_remote(shop, "branch"))
    assert responded(job, "--push") == MERGE
    assert responded(shop, "--push") == MERGE
    assert shop.branches()[BRANCH] != job.branches()[BRANCH]
    assert responded(job, "--push") == MERGE


def test_a_false_proposal_that_was_pushed_ahead_of_ours_does_not_hide_ours(shop: TinyShop) -> None:
    origin = behind_a_remote(shop, "branch")
    assert responded(shop) == MERGE
    [ours] = [fact for fact in shop.facts() if fact.kind == "proposed"]
    false = json.loads(ours.body)
    false["vulnerabilities"], false["change"]["base"] = ["CVE-2099-1"], "0" * 40
    with Facts(shop.state / "facts.sqlite") as facts:
        [subject] = facts.subjects()
        [kept] = facts.of(subject, "proposed")
    lie = structs.replace(kept, body=Raw(json.dumps(false).encode()))
    assert push(shop.repository, "origin", [lie], environ=shop.environment) == 1
    second = shop.clone("second", url=str(origin))
    second.environment["XDG_STATE_HOME"] = str(shop.place / "state-of-the-second")
    second.outpace(
        "advisories", "update", "--from", str(shop.place / "osv"), "--kev-from", str(shop.place / "kev.json")
    )
    for _ in range(2):
        assert responded(second, "--push") == MERGE
    assert second.branches()[BRANCH] == shop.branches()[BRANCH]  # the very key that was lied about


def test_a_fix_that_somebody_pushed_from_a_clone_of_one_branch_is_taken_up_and_not_made_again(shop: TinyShop) -> None:
    origin = behind_a_remote(shop)
    theirs = somebody_elses(shop, origin, "--no-local", "--single-branch", "--branch", "main")
    for clone in (theirs, shop, theirs):
        assert responded(clone) == MERGE
    pushed = shop.git("ls-remote", "origin", f"refs/heads/{BRANCH}").split()[0]
    assert [clone.git("rev-parse", BRANCH) for clone in (shop, theirs)] == [pushed, pushed]


def test_of_two_clones_that_made_the_fix_before_either_pushed_the_second_goes_on_with_the_first_ones(
    shop: TinyShop,
) -> None:
    theirs = somebody_elses(shop, origin := behind_a_remote(shop, "branch"))
    for clone in (shop, theirs):
        assert responded(clone) == MERGE
    assert shop.branches()[BRANCH] != theirs.branches()[BRANCH]
    for clone in (shop, theirs):
        configuration = clone.repository / "outpace.toml"
        configuration.write_text(configuration.read_text().replace('land = "branch"', 'land = "push"'))
    for clone in (shop, theirs, shop, theirs):
        assert responded(clone) == MERGE
    theirs.git("fetch", "-q", "origin")
    assert theirs.branches()[f"origin/{BRANCH}"] == shop.branches()[BRANCH]
    shop.git("-C", str(origin), "update-ref", f"refs/heads/{BRANCH}", another_fix(shop))
    for clone in (shop, theirs):
        assert responded(clone).startswith(f"somebody to merge origin/{BRANCH} into main, which is another change")
    shop.git("-C", str(origin), "update-ref", f"refs/heads/{BRANCH}", "refs/heads/main")
    for clone in (shop, theirs):
        assert responded(clone).endswith("somebody moved it")


def another_fix(shop: TinyShop) -> str:
    """The same pin, and a file beside it; pushed elsewhere, so that the other side has it."""
    shop.git("worktree", "add", "-q", "--detach", "../another", BRANCH)
    another = shop.place / "another"
    (another / "beside.txt").write_text("more than the pin")
    shop.git("-C", str(another), "add", "beside.txt")
    shop.git("-C", str(another), "commit", "-q", "--amend", "--no-edit")
    shop.git("-C", str(another), "push", "-q", "origin", "HEAD:refs/heads/elsewhere")
    made = shop.git("-C", str(another), "rev-parse", "HEAD")
    shop.git("worktree", "remove", "--force", "../another")
    return made
