"""What must not go wrong when everything else does: each on a real shop, with Outpace as a child."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.fakes.index import Index
from tests.fakes.tiny_shop import BRANCH, PROJECT, Ended, TinyShop
from tests.fakes.tiny_shop_checks import assert_no_fact_twice
from tests.needs import missing, needs
from tests.sandbox.users import root

DONE, USAGE, FAILED, REFUSED, ACTION_NEEDED, INTERRUPTED = 0, 2, 3, 4, 10, 130


class Watched:
    """A running Outpace whose progress is read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def until_it_says(self, words: str) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if words in line:
                return
        raise AssertionError(f"it never said {words!r}, but {''.join(self.said)}")

    def ended(self) -> Ended:
        out, err = self.process.communicate(timeout=120)
        return Ended(self.process.returncode, out, "".join(self.said) + err, 0.0)


def respond(shop: TinyShop) -> Watched:
    return Watched(shop.begin("respond"))


def words(text: str) -> str:
    """Without the line breaks of a page."""
    return " ".join(text.split())


@contextmanager
def untouched(shop: TinyShop) -> Generator[None]:
    before = shop.untouchable()
    yield
    assert shop.untouchable() == before


def finish(shop: TinyShop, branch: str = BRANCH) -> None:
    """From the branch to the end."""
    shop.merge(branch)
    ended = shop.outpace("respond")
    assert ended.status == DONE, ended
    assert shop.page("/../secret.txt") is None
    assert shop.kinds().count("closed") == 1
    assert shop.settled() == []


def test_a_second_outpace_is_refused_by_name_and_the_first_one_finishes(shop: TinyShop) -> None:
    first = respond(shop)
    first.until_it_says("looking for")
    second = shop.outpace("respond")
    assert second.status == REFUSED
    assert f"outpace respond, process {first.process.pid} on " in second.err
    assert first.ended().status == ACTION_NEEDED
    finish(shop)


def test_many_at_once_never_corrupt_anything(shop: TinyShop) -> None:
    with untouched(shop):
        ended = [Watched(shop.begin("respond")) for _ in range(3)]
        statuses = sorted(each.ended().status for each in ended)
        assert set(statuses) <= {REFUSED, ACTION_NEEDED}
        assert ACTION_NEEDED in statuses
        assert shop.outpace("respond").status == ACTION_NEEDED
    finish(shop)


def test_without_network_between_proposal_and_build_it_says_so_and_finishes_when_it_is_back(
    fresh_shop: TinyShop, index: Index
) -> None:
    shop = fresh_shop
    with untouched(shop):
        running = respond(shop)
        running.until_it_says("proposed acme-web")
        index.down = True
        ended = running.ended()
        assert ended.status in (FAILED, ACTION_NEEDED), ended
        assert re.search(r"undecided|could not reach|503", ended.err + ended.out), ended
        index.down = False
        assert shop.outpace("respond").status == ACTION_NEEDED
    finish(shop)


def test_without_network_at_all_it_fails_with_words_and_leaves_nothing(fresh_shop: TinyShop, index: Index) -> None:
    shop = fresh_shop
    index.down = True
    with untouched(shop):
        ended = shop.outpace("respond")
    assert (ended.status, shop.branches().keys()) == (FAILED, {"main"})
    assert "index" in ended.err
    assert "bug" not in ended.err
    assert shop.settled() == []


def test_a_commit_of_something_else_meanwhile_does_not_stop_the_story(shop: TinyShop) -> None:
    running = respond(shop)
    running.until_it_says("looking for")
    shop.commit({"pages/about.html": "about us"})
    with untouched(shop):
        assert running.ended().status == ACTION_NEEDED
        assert shop.outpace("respond").status == ACTION_NEEDED
    finish(shop)
    assert shop.page("/about.html") == b"about us"


def test_a_commit_that_fixes_it_by_hand_meanwhile_is_taken_for_what_it_is(shop: TinyShop) -> None:
    """Nobody proved the hand-made lock, so it is not deployed without being asked."""
    running = respond(shop)
    running.until_it_says("looking for")
    shop.call("uv", "lock", "-q", "--upgrade-package", "acme-web==2.0.0")
    shop.commit({"uv.lock": (shop.repository / "uv.lock").read_text()})
    with untouched(shop):
        ended = running.ended()
        assert ended.status == ACTION_NEEDED, ended
    again = shop.outpace("respond")
    assert "the fix on it is not one that Outpace proved" in words(again.out)
    shop.configure()
    assert shop.settled() == []


def test_a_commit_that_changes_the_lock_otherwise_meanwhile_gets_a_change_of_its_own(shop: TinyShop) -> None:
    running = respond(shop)
    running.until_it_says("looking for")
    shop.commit({"pyproject.toml": PROJECT.replace('"acme-web"', '"acme-web<2"')})
    shop.call("uv", "lock", "-q")
    shop.commit({"uv.lock": (shop.repository / "uv.lock").read_text()})
    with untouched(shop):
        running.ended()
        ended = shop.outpace("respond")
    assert ended.status == ACTION_NEEDED
    print(ended, shop.branches())
    [branch] = [name for name in shop.branches() if name != "main"]
    finish(shop, branch)


def test_a_dirty_tree_is_told_of_and_stays_as_it_is(shop: TinyShop) -> None:
    lock = (shop.repository / "uv.lock").read_text()
    (shop.repository / "stashed.txt").write_text("stashed")
    shop.git("stash", "-q", "--include-untracked")
    (shop.repository / "uv.lock").write_text(lock.replace("1.0.0", "9.9.9"))
    (shop.repository / "shop.py").write_text("this is no Python")
    (shop.repository / "staged.txt").write_text("staged")
    shop.git("add", "staged.txt")
    with untouched(shop):
        fixed = shop.outpace("fix")
        assert fixed.status == DONE
        assert [name for name in ("uv.lock", "shop.py", "staged.txt") if name not in fixed.out + fixed.err] == []
        responded = shop.outpace("respond")
        assert responded.status == ACTION_NEEDED
        assert "proved" in responded.out
    assert shop.git("diff", "--name-only", f"main...{BRANCH}") == "uv.lock"
    assert shop.git("stash", "list") != ""
    assert shop.settled() == []


def test_on_a_detached_head_the_story_is_that_of_the_deploy_branch(shop: TinyShop) -> None:
    shop.git("switch", "-q", "--detach", "main")
    with untouched(shop):
        assert shop.outpace("respond").status == ACTION_NEEDED
    shop.git("switch", "-q", "main")
    finish(shop)


def test_a_repository_without_a_commit_is_refused_with_words(shop: TinyShop) -> None:
    shop.git("switch", "-q", "--orphan", "unborn")
    with untouched(shop):
        ended = {name: shop.outpace(*name.split()) for name in ("respond", "fix", "prove", "clock", "observe")}
    assert {name: each.status for name, each in ended.items()} == dict.fromkeys(ended, USAGE)
    assert {each.err.splitlines()[0].endswith("has no commit yet") for each in ended.values()} == {True}


def test_a_branch_that_somebody_moved_is_left_to_them(shop: TinyShop) -> None:
    assert shop.outpace("respond").status == ACTION_NEEDED
    theirs = shop.git("commit-tree", "-p", BRANCH, "-m", "Theirs", f"{BRANCH}^{{tree}}")
    shop.git("update-ref", f"refs/heads/{BRANCH}", theirs)
    with untouched(shop):
        ended = shop.outpace("respond")
    assert (ended.status, shop.branches()[BRANCH]) == (ACTION_NEEDED, theirs)
    assert "somebody moved it" in words(ended.out)
    finish(shop)


@pytest.mark.soak
def test_a_branch_of_the_same_name_that_is_not_ours_is_left_alone(shop: TinyShop) -> None:
    theirs = shop.git("commit-tree", "-p", "main", "-m", "Theirs", "main^{tree}")
    shop.git("update-ref", f"refs/heads/{BRANCH}", theirs)
    with untouched(shop):
        assert shop.outpace("respond").status == ACTION_NEEDED
    [ours] = [name for name in shop.branches() if name not in ("main", BRANCH)]
    assert shop.branches()[BRANCH] == theirs
    finish(shop, ours)


@pytest.mark.soak
def test_a_change_of_another_lock_while_a_fix_waits_has_it_made_and_proved_again(shop: TinyShop) -> None:
    configuration = shop.repository / "outpace.toml"
    locks = '"uv.lock", "requirements.txt"'
    configuration.write_text(configuration.read_text().replace('"uv.lock"', locks))
    shop.commit({"requirements.txt": "acme-web==1.0.1\n"})
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.commit({"requirements.txt": "acme-web==2.0.0\n"})
    told = shop.outpace("respond", expect=ACTION_NEEDED).out
    [anew] = [branch for branch in shop.branches() if branch not in ("main", BRANCH)]
    assert anew.startswith(f"{BRANCH}-")
    assert f"waits for somebody to merge {anew}" in told


@pytest.mark.soak
def test_a_branch_that_bars_the_way_of_ours_is_named(shop: TinyShop) -> None:
    """git keeps no branch `outpace/fix` beside a branch `outpace`."""
    shop.git("branch", "outpace", "main")
    ended = shop.outpace("respond")
    assert ended.status == REFUSED
    assert "there is a branch outpace, and git keeps no branch" in ended.err
    shop.git("branch", "-D", "outpace")
    assert shop.outpace("respond").status == ACTION_NEEDED
    finish(shop)


def test_what_a_killed_run_left_in_temporary_directories_is_swept_by_the_next(fresh_shop: TinyShop) -> None:
    shop = fresh_shop
    running = respond(shop)
    running.until_it_says("building an environment")
    running.process.kill()
    assert running.ended().status == -signal.SIGKILL
    left = [path.name for path in shop.temporary.iterdir()]
    assert [name for name in left if name.startswith("outpace-scratch-tree-")], left
    with untouched(shop):
        assert shop.outpace("respond").status == ACTION_NEEDED
    assert shop.settled() == []
    assert_no_fact_twice(shop)


def test_a_deploy_command_that_fails_is_told_and_tried_again(shop: TinyShop) -> None:
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.merge()
    shop.configure(deploy=["sh", "-c", "echo no room on the server; exit 7"])
    for _ in range(2):
        ended = shop.outpace("respond")
        assert ended.status == FAILED
        assert "sh ended with status 7: no room on the server" in ended.err
    assert "deployed" not in shop.kinds()
    shop.configure()
    assert shop.outpace("respond").status == DONE
    assert shop.settled() == []


@pytest.mark.parametrize(
    "sent",
    [signal.SIGINT, *(pytest.param(each, marks=pytest.mark.soak) for each in (signal.SIGTERM, signal.SIGHUP))],
    ids=lambda each: each.name,
)
def test_a_deploy_that_hangs_can_be_interrupted_and_goes_on_when_run_again(
    shop: TinyShop, sent: signal.Signals
) -> None:
    shop.outpace("respond", expect=ACTION_NEEDED)
    shop.merge()
    shop.configure(deploy=["sh", "-c", "echo hanging; sleep 1000"])
    running = respond(shop)
    running.until_it_says("deploy: hanging")
    running.process.send_signal(sent)
    ended = running.ended()
    assert ended.status == (INTERRUPTED if sent is signal.SIGINT else -sent), ended
    assert shop.settled() == []
    assert "deployed" not in shop.kinds()
    shop.configure()
    assert shop.outpace("respond").status == DONE
    assert shop.page("/../secret.txt") is None
    assert shop.settled() == []


FULL_DISK = """
set -e
folder=$1 room=$2; shift 2
mkdir -p "$folder"; cp -a "$folder" "$folder.kept"
mount -t tmpfs -o size=96m none "$folder"
cp -a "$folder.kept/." "$folder"
free=$(df --output=avail -B1 "$folder" | tail -1)
head -c "$((free - room))" /dev/zero > "$folder/filler"
set +e
"$@"; echo "full: $?"
rm "$folder/filler"
"$@"; echo "with room: $?"
cp -a "$folder/." "$folder.kept/"
"""


@pytest.mark.parametrize(
    ("place", "room"),
    [
        ("state", 24_000),
        pytest.param("state", 0, marks=pytest.mark.soak),
        pytest.param("state", 120_000, marks=pytest.mark.soak),
        pytest.param("uncached", 0, marks=pytest.mark.soak),
        pytest.param("tmp", 4096, marks=pytest.mark.soak),
        pytest.param("tmp", 60_000, marks=pytest.mark.soak),
        pytest.param("shop/.git", 0, marks=pytest.mark.soak),
    ],
)
def test_a_full_disk_is_told_and_the_next_run_with_room_finishes(shop: TinyShop, place: str, room: int) -> None:
    """The disk is a small one in a mount namespace that ends with its shell."""
    folder = shop.place / place
    if place == "uncached":
        shop.cache = folder
        shop.environment["XDG_CACHE_HOME"] = str(folder)
    argv = [*alone_with_mounts(), "sh", "-c", FULL_DISK, "sh", str(folder), str(room)]
    ended = shop.call(*argv, sys.executable, "-m", "outpace.cli", "respond", expect=None)
    assert re.findall("^(?:full|with room): .*", ended.out, re.MULTILINE) == ["full: 3", "with room: 10"], ended
    assert re.search("free some space|unable to write file", ended.err)  # git's checkout does not say why
    folder.rename(folder.with_name("before"))
    folder.with_name(f"{folder.name}.kept").rename(folder)
    shutil.rmtree(folder.with_name("before"))
    finish(shop)
    assert_no_fact_twice(shop)


def alone_with_mounts() -> list[str]:
    argv = [*root(), needs("unshare"), "--mount"]
    if subprocess.run([*argv, "true"], capture_output=True, check=False).returncode:
        missing("no mount namespace can be made")
    return argv


def test_a_limit_on_the_size_of_files_is_told_as_a_full_disk_and_nothing_is_half_written(shop: TinyShop) -> None:
    limited = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", sys.executable, "-m", "outpace.cli", "respond"]
    with untouched(shop):
        ended = shop.call(*limited, expect=None)
    assert (ended.status, shop.facts()) == (FAILED, ())
    assert "the disk or the quota is full" in ended.err
    assert shop.outpace("respond").status == ACTION_NEEDED
    finish(shop)
