"""Fix on bad days: what it must not touch, what it must find again, and what it refuses."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.app.fix import AlreadyThere, Created, NotWritten, propose
from outpace.model.application import Application
from outpace.model.errors import NotARepository
from outpace.remediation.commit import candidate_of
from tests.fakes.fixing import Shop, below, moves, shop, told
from tests.fakes.index import Release

INDEX = {
    "a": [Release(version=version) for version in ("1.0", "1.1", "1.2")],
    "b": [Release(version=version) for version in ("1.0", "1.1")],
}
RECORDS = (below("X-1", "a", "1.1"), below("X-2", "b", "1.1"))
SITE = Application(name="shop")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path, INDEX, RECORDS) as found:
        found.commit({"requirements.txt": "a==1.0\n", ".python-version": "3.11\n"})
        yield found


def snapshot(place: Path) -> dict[str, str]:
    """Every file of the repository but git's objects, by content."""
    return {
        str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file() and ".git/objects" not in str(path)
    }


def test_only_one_ref_is_new_whatever_state_the_working_tree_is_in(made: Shop) -> None:
    (made.place / "requirements.txt").write_text("a==0.1\n")
    made.git("stash", "-q")
    (made.place / "requirements.txt").write_text("a==0.9\n")
    made.git("add", "requirements.txt")
    (made.place / "requirements.txt").write_text("a==0.8\n")
    (made.place / "untracked.txt").write_text("mine\n")
    for hook in ("pre-commit", "post-commit", "reference-transaction", "post-checkout"):
        file = made.place / ".git" / "hooks" / hook
        file.write_text(f"#!/bin/sh\necho ran >> {made.place}/hooked\n")
        file.chmod(0o755)
    made.git("config", "commit.gpgSign", "true")
    before = snapshot(made.place)
    view = made.fix()
    after = snapshot(made.place)
    assert after.pop(".git/refs/heads/outpace/fix-X-1")
    assert after == before
    assert view.dirty == ("requirements.txt", "untracked.txt")
    assert made.shown("outpace/fix-X-1", "requirements.txt") == "a==1.1\n"


def test_running_it_again_changes_nothing(made: Shop) -> None:
    first = made.fix()
    before = snapshot(made.place)
    again = made.fix()
    assert snapshot(made.place) == before
    assert [landed.landing for landed in first.landed] == [Created()]
    assert [landed.landing for landed in again.landed] == [AlreadyThere()]
    assert again.landed[0].change == first.landed[0].change


def test_a_branch_still_holds_after_a_commit_that_does_not_touch_its_files(made: Shop) -> None:
    first = made.fix()
    made.commit({"README.md": "hello\n"}, "Say hello")
    again = made.fix()
    assert [landed.landing for landed in again.landed] == [AlreadyThere()]
    assert again.landed[0].change == first.landed[0].change


def test_after_a_commit_to_the_file_there_is_a_new_branch_and_the_old_one_stays(made: Shop) -> None:
    old = made.fix().landed[0].change
    made.commit({"requirements.txt": "a==1.0\n# more\n"}, "Say more")
    new = made.fix().landed[0].change
    assert made.git("rev-parse", old.branch).strip() == old.revision
    assert new.branch.startswith("outpace/fix-X-1-")
    assert made.shown(new.branch, "requirements.txt") == "a==1.1\n# more\n"
    assert made.fix().landed[0].change == new


@pytest.mark.parametrize("merge", ["--ff-only", "--no-ff"])
def test_after_its_merge_was_reverted_there_is_a_new_branch_that_git_merges(made: Shop, merge: str) -> None:
    old = made.fix().landed[0].change
    made.git("merge", "-q", merge, old.branch)
    made.git("revert", "--no-edit", *(("-m", "1") if merge == "--no-ff" else ()), "HEAD")
    view = made.fix()
    [landed] = view.landed
    assert (landed.landing, landed.change.base) == (Created(), view.base)
    assert landed.change.branch == f"{old.branch}-{landed.change.revision[:8]}"
    assert made.fix().landed[0].landing == AlreadyThere()
    made.git("merge", "-q", landed.change.branch)
    assert made.shown("main", "requirements.txt") == "a==1.1\n"


def test_after_a_reverted_merge_each_later_commit_finds_the_new_branch_again(made: Shop) -> None:
    old = made.fix().landed[0].change
    made.git("merge", "-q", "--ff-only", old.branch)
    made.git("revert", "--no-edit", "HEAD")
    anew = made.fix().landed[0].change
    for word in ("one", "two"):
        made.commit({"README.md": word}, f"Say {word}")
        [landed] = made.fix().landed
        assert (landed.landing, landed.change) == (AlreadyThere(), anew)
    assert made.git("branch", "--list", "--format=%(refname:short)", "outpace/*").split() == [old.branch, anew.branch]


def test_somebody_elses_commit_on_the_branch_is_left_alone(made: Shop) -> None:
    made.fix()
    made.git("checkout", "-q", "outpace/fix-X-1")
    made.commit({"notes.txt": "mine\n"}, "Add notes")
    mine = made.git("rev-parse", "HEAD")
    made.git("checkout", "-q", "main")
    made.fix()
    assert made.git("rev-parse", "outpace/fix-X-1") == mine


def test_after_a_commit_to_another_lock_there_is_a_new_branch_since_the_story_asks_for_one(made: Shop) -> None:
    made.commit({"dev/requirements.txt": "b==1.1\n"}, "Lock more")
    old = made.fix().landed[0].change
    made.commit({"dev/requirements.txt": "b==1.0\n"}, "Lock other")
    base, tools = made.tools().repository.head(), made.tools()
    exposures = made.fix("X-1", dry_run=True).matched.exposures
    about = tuple(each for each in exposures if each.vulnerability.id == "X-1")
    [change] = propose(SITE, about, tools=tools, base=base).changes
    assert (old.base != base, change.base) == (True, base)
    assert change.branch == f"outpace/fix-X-1-{change.revision[:8]}"


def pushed(made: Shop, revision: str) -> None:
    """As it was last fetched from the remote; there is no such branch here."""
    made.git("update-ref", "refs/remotes/origin/outpace/fix-X-1", revision)
    made.git("branch", "-q", "-D", "outpace/fix-X-1")


def test_what_somebody_else_pushed_with_the_same_result_is_taken_up(made: Shop) -> None:
    made.fix()
    made.git("checkout", "-q", "outpace/fix-X-1")
    made.git("commit", "-q", "--amend", "-m", "In other words")
    theirs = made.git("rev-parse", "HEAD").strip()
    made.git("checkout", "-q", "main")
    pushed(made, theirs)
    for landing in (Created(), AlreadyThere()):
        [landed] = made.fix().landed
        assert (landed.landing, landed.change.branch, landed.change.revision) == (landing, "outpace/fix-X-1", theirs)
    assert made.git("rev-parse", "outpace/fix-X-1").strip() == theirs


def test_what_somebody_else_pushed_with_another_result_keeps_its_name(made: Shop) -> None:
    old = made.fix().landed[0].change
    pushed(made, old.revision)
    made.commit({"requirements.txt": "a==1.0\n# more\n"}, "Say more")
    [landed] = made.fix().landed
    assert landed.landing == Created()
    assert landed.change.branch == f"outpace/fix-X-1-{landed.change.revision[:8]}"


def test_a_dry_run_writes_nothing_at_all(made: Shop) -> None:
    before = snapshot(made.place)
    objects = sorted((made.place / ".git" / "objects").rglob("*"))
    view = made.fix(dry_run=True)
    assert [landed.landing for landed in view.landed] == [NotWritten()]
    assert not view.done
    assert snapshot(made.place) == before
    assert sorted((made.place / ".git" / "objects").rglob("*")) == objects


def test_a_dry_run_finds_the_branch_that_is_there_and_nothing_is_left_to_do(made: Shop) -> None:
    change = made.fix().landed[0].change
    before = snapshot(made.place)
    again = made.fix(dry_run=True)
    assert [(landed.landing, landed.change) for landed in again.landed] == [(AlreadyThere(), change)]
    assert again.done
    assert snapshot(made.place) == before


def test_a_dry_run_tells_that_a_branch_which_is_only_pushed_is_not_here(made: Shop) -> None:
    pushed(made, made.fix().landed[0].change.revision)
    view = made.fix(dry_run=True)
    assert [landed.landing for landed in view.landed] == [NotWritten()]
    assert not view.done


def test_a_detached_head_is_as_good_as_a_branch(made: Shop) -> None:
    made.git("checkout", "-q", "--detach")
    assert made.fix().done


def test_without_a_commit_it_says_what_to_do(tmp_path: Path) -> None:
    with shop(tmp_path, INDEX, RECORDS) as empty, pytest.raises(NotARepository, match="no commit yet"):
        empty.fix()


def test_nothing_exposed_is_done(made: Shop) -> None:
    made.commit({"requirements.txt": "a==1.2\n"}, "Upgrade")
    view = made.fix()
    assert (view.plans, view.landed, view.done) == ((), (), True)


def test_a_refuted_candidate_is_followed_by_the_next_and_then_the_suite_is_the_blocker(made: Shop) -> None:
    tools = made.tools()
    base = tools.repository.head()
    matched = made.fix(dry_run=True).matched
    refuted: frozenset[str] = frozenset()
    seen: list[str | None] = []
    outcomes: list[str] = []
    for _ in range(3):
        proposed = propose(SITE, matched.exposures, tools=tools, base=base, excluding=refuted)
        seen += [move.after for change in proposed.changes for move in change.moves]
        refuted |= {candidate_of(change) for change in proposed.changes}
        outcomes.append(str(proposed.plans[0].outcome))
    assert seen == ["1.1", "1.2"]
    assert "your suite" in outcomes[-1]
    assert made.git("branch", "--list", "outpace/*") == ""


def test_a_refuted_pair_is_split(tmp_path: Path) -> None:
    with shop(tmp_path, INDEX, RECORDS) as made:
        made.commit({"requirements.txt": "a==1.0\nb==1.0\n", ".python-version": "3.11\n"})
        view = made.fix(dry_run=True)
        assert moves(view) == ((("a", "1.0", "1.1"), ("b", "1.0", "1.1")),)
        refuted = frozenset({candidate_of(view.landed[0].change)})
        tools = made.tools()
        base = tools.repository.head()
        split = propose(SITE, view.matched.exposures, tools=tools, base=base, excluding=refuted)
        assert [[move.package.name for move in change.moves] for change in split.changes] == [["a"], ["b"]]


def test_one_fix_covers_every_lock_of_the_application(tmp_path: Path) -> None:
    with shop(tmp_path, INDEX, RECORDS) as made:
        made.commit({"requirements.txt": "a==1.0\n", "dev/requirements.txt": "a==1.0\n", ".python-version": "3.11\n"})
        view = made.fix()
        assert [landed.files for landed in view.landed] == [("dev/requirements.txt", "requirements.txt")]
        assert view.done


def test_a_kill_leaves_no_trace_in_the_repository_and_the_next_run_finishes(made: Shop, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.fakes.fixing import Known, Shop, below\n"
        "class At:\n    url = sys.argv[3]\n"
        "made = Shop(Path(sys.argv[1]), Path(sys.argv[2]), At(), Known([below('X-1', 'a', '1.1')]), {})\nmade.fix()\n"
    )
    before = snapshot(made.place)
    for delay in (0.3, 0.6, 0.9):
        argv = [sys.executable, "-c", script, str(made.place), str(tmp_path / "uv-cache"), made.index.url]
        environ = {**made.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen(argv, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
        left = snapshot(made.place)
        left.pop(".git/refs/heads/outpace/fix-X-1", None)
        assert left == before
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(scratch.glob("outpace-scratch-*")) == []
    assert told(made.fix()) == {"a 1.0": ("fixed", "1.1")}
    assert made.shown("outpace/fix-X-1", "requirements.txt") == "a==1.1\n"
