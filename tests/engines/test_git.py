"""The real git: what is read, what is written, and what stays untouched."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from outpace.engines.git import Author, Repository, is_plain
from outpace.model.errors import BadInput, NotARepository, Refused, ToolFailed

BASE_DATE = "1700000000 +0000"
ISOLATED = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.invalid",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.invalid",
    "GIT_AUTHOR_DATE": BASE_DATE,
    "GIT_COMMITTER_DATE": BASE_DATE,
}


def git(place: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=place, env=ISOLATED, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def snapshot(place: Path) -> dict[str, str]:
    """Every file below, except new objects, by content."""
    return {
        str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.is_symlink() and ".git/objects" not in str(path)
    }


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    made.mkdir()
    git(made, "init", "--quiet", "--initial-branch=main")
    (made / "a.txt").write_text("one\n")
    (made / "sub").mkdir()
    (made / "sub" / "run.sh").write_text("#!/bin/sh\n")
    (made / "sub" / "run.sh").chmod(0o755)
    (made / "link.txt").symlink_to("sub/../a.txt")
    git(made, "add", ".")
    git(made, "commit", "--quiet", "-m", "Begin")
    return made


def repository(place: Path) -> Repository:
    return Repository(place, environ=ISOLATED)


def test_a_revision_is_read_and_not_the_working_tree(place: Path) -> None:
    (place / "a.txt").write_text("dirty\n")
    seen = repository(place / "sub")
    head = seen.head()
    assert head == git(place, "rev-parse", "HEAD")
    assert seen.root == place
    assert seen.branch() == "main"
    assert seen.root_commits(head) == (head,)
    assert seen.read(head, "a.txt") == b"one\n"
    assert seen.read(head, "link.txt") == b"one\n"
    assert seen.read(head, "sub") is None
    assert seen.read(head, "../a.txt") is None
    assert seen.paths(head) == ("a.txt", "link.txt", "sub/run.sh")
    assert seen.dirty() == ("a.txt",)
    assert seen.commit_time(head).timestamp() == 1700000000


def test_a_bare_repository_is_called_so_and_the_next_step_is_a_clone(place: Path) -> None:
    bare = place.parent / "bare"
    git(place, "clone", "--quiet", "--bare", str(place), str(bare))
    with pytest.raises(NotARepository, match="is a bare repository") as raised:
        repository(bare)
    assert raised.value.hint == f"clone it, and run there: git clone {bare}"
    with pytest.raises(NotARepository, match="is git's own directory"):
        repository(place / ".git")


def test_what_is_remembered_of_a_commit_is_what_git_would_say_again(place: Path) -> None:
    first = git(place, "rev-parse", "HEAD")
    warm, cold = repository(place), repository(place)
    asked = ("a.txt", "link.txt", "sub", "sub/run.sh", "missing", "sub/missing", "../a.txt")
    for _ in range(2):
        assert warm.paths(first) == ("a.txt", "link.txt", "sub/run.sh")
        assert [warm.entry(first, path) for path in asked] == [cold.entry(first, path) for path in asked]
        assert [warm.read(first, path) for path in asked] == [cold.read(first, path) for path in asked]


def test_a_branch_that_moves_is_read_anew(place: Path) -> None:
    seen = repository(place)
    assert (seen.paths("main"), seen.read("main", "a.txt")) == (("a.txt", "link.txt", "sub/run.sh"), b"one\n")
    (place / "a.txt").write_text("two\n")
    (place / "b.txt").write_text("new\n")
    git(place, "add", ".")
    git(place, "commit", "--quiet", "-m", "More")
    assert seen.paths("main") == ("a.txt", "b.txt", "link.txt", "sub/run.sh")
    assert (seen.read("main", "a.txt"), seen.read("main", "b.txt")) == (b"two\n", b"new\n")


def test_no_repository_and_no_commit_are_told_apart_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="not in a git repository"):
        repository(tmp_path)
    git(tmp_path, "init", "--quiet")
    with pytest.raises(NotARepository, match="no commit yet") as raised:
        repository(tmp_path).head()
    assert "git commit" in raised.value.hint


def test_a_detached_head_has_no_branch(place: Path) -> None:
    git(place, "checkout", "--quiet", "--detach")
    assert repository(place).branch() is None


def test_a_commit_and_a_branch_change_nothing_but_one_ref(place: Path) -> None:
    (place / "a.txt").write_text("staged\n")
    git(place, "add", "a.txt")
    (place / "a.txt").write_text("unstaged\n")
    (place / "new.txt").write_text("untracked\n")
    for hook in ("post-commit", "reference-transaction", "post-checkout", "post-index-change"):
        made = place / ".git" / "hooks" / hook
        made.write_text(f"#!/bin/sh\ntouch {place}/hook-ran\n")
        made.chmod(0o755)
    before = snapshot(place)
    seen = repository(place)
    head = seen.head()
    revision = seen.commit(head, {"a.txt": b"two\n", "deep/er.txt": b"new\n"}, "Say two\n")
    seen.create_branch("outpace/fix", revision)
    after = snapshot(place)
    assert after.pop(".git/refs/heads/outpace/fix")
    assert after == before
    assert seen.changed(head, revision) == (("M", "a.txt"), ("A", "deep/er.txt"))
    assert seen.read(revision, "deep/er.txt") == b"new\n"
    assert seen.parents(revision) == (head,)
    assert seen.message(revision) == "Say two"
    assert git(place, "ls-tree", revision, "sub/run.sh").startswith("100755")
    git(place, "fsck", "--strict")


def test_the_same_commit_twice_is_one_commit(place: Path) -> None:
    seen = repository(place)
    first, second = (seen.commit(seen.head(), {"a.txt": b"two\n"}, "Say two\n") for _ in range(2))
    assert first == second


def test_a_mode_is_kept_and_a_link_is_not_written_through(place: Path) -> None:
    seen = repository(place)
    revision = seen.commit(seen.head(), {"sub/run.sh": b"#!/bin/sh\nexit 1\n"}, "Fail\n")
    assert git(place, "ls-tree", revision, "sub/run.sh").startswith("100755")
    with pytest.raises(BadInput, match="link or a submodule"):
        seen.commit(seen.head(), {"link.txt": b"x"}, "No\n")


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", ".git/hooks/x", "sub/.GIT/config", "a//b", "./a"]
)
def test_a_path_that_leaves_the_repository_is_refused(place: Path, path: str) -> None:
    assert not is_plain(path)
    with pytest.raises(BadInput, match="cannot commit the path"):
        repository(place).commit(repository(place).head(), {path: b"x"}, "No\n")


def test_a_branch_that_is_checked_out_or_was_moved_is_left_alone(place: Path, tmp_path: Path) -> None:
    seen = repository(place)
    head = seen.head()
    revision = seen.commit(head, {"a.txt": b"two\n"}, "Say two\n")
    with pytest.raises(Refused, match="is checked out"):
        seen.create_branch("main", revision, expected_old=head)
    git(place, "worktree", "add", "--quiet", "-b", "elsewhere", str(tmp_path / "elsewhere"))
    with pytest.raises(Refused, match="is checked out"):
        seen.create_branch("elsewhere", revision, expected_old=head)
    seen.create_branch("free", head)
    with pytest.raises(Refused, match="exists already"):
        seen.create_branch("free", revision)
    with pytest.raises(Refused, match="is not at"):
        seen.create_branch("free", head, expected_old=revision)
    seen.create_branch("free", revision, expected_old=head)
    assert seen.resolve("free") == revision


def test_a_branch_that_git_cannot_make_is_not_said_to_exist(place: Path) -> None:
    seen = repository(place)
    with pytest.raises(ToolFailed, match="nonexistent object"):
        seen.create_branch("fresh", "1" * 40)
    seen.create_branch("far/below", seen.head())
    for name, bars in (("main/below", "main"), ("far", "far/below")):
        with pytest.raises(Refused, match=f"there is a branch {bars}, and git keeps no branch {name} beside it"):
            seen.create_branch(name, seen.head())


@pytest.mark.parametrize("name", ["-x", "a..b", "a b", "", "@{-1}"])
def test_a_bad_branch_name_is_refused(place: Path, name: str) -> None:
    with pytest.raises(BadInput):
        repository(place).create_branch(name, repository(place).head())


def test_a_worktree_holds_the_revision_and_leaves_no_trace(place: Path) -> None:
    before = snapshot(place)
    seen = repository(place)
    with seen.worktree(seen.head()) as files:
        assert (files / "a.txt").read_text() == "one\n"
        assert (files / "link.txt").is_symlink()
        assert os.access(files / "sub" / "run.sh", os.X_OK)
        assert place not in files.parents
        kept = files
    assert not kept.exists()
    assert snapshot(place) == before


def test_filters_of_the_configuration_do_not_run(place: Path, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    (place / ".gitattributes").write_text("*.txt filter=evil\n")
    git(place, "add", ".gitattributes")
    git(place, "commit", "--quiet", "-m", "Filter")
    for key in ("clean", "smudge", "process"):
        git(place, "config", f"filter.evil.{key}", f"touch {trace}; cat")
    git(place, "config", "filter.evil.required", "true")
    git(place, "config", "core.fsmonitor", f"touch {trace}")
    (place / "a.txt").write_text("two\n")
    seen = repository(place)
    with seen.worktree(seen.head()) as files:
        assert (files / "a.txt").read_text() == "one\n"
    assert seen.dirty() == ("a.txt",)
    seen.commit(seen.head(), {"a.txt": b"three\n"}, "Three\n")
    assert not trace.exists()


def test_a_callers_hook_environment_does_not_redirect_us(place: Path) -> None:
    redirected = {**ISOLATED, "GIT_DIR": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent", "GIT_WORK_TREE": "/"}
    assert Repository(place, environ=redirected).paths("HEAD") == ("a.txt", "link.txt", "sub/run.sh")


def test_the_author_comes_from_the_configuration_and_is_else_outpace(place: Path) -> None:
    assert repository(place).author() == Author("Outpace", "outpace@localhost")
    git(place, "config", "user.name", "Grace")
    git(place, "config", "user.email", "grace@example.invalid")
    seen = repository(place)
    assert seen.author() == Author("Grace", "grace@example.invalid")
    revision = seen.commit(seen.head(), {"a.txt": b"two\n"}, "Two\n")
    assert git(place, "show", "-s", "--format=%an <%ae>", revision) == "Grace <grace@example.invalid>"


def test_ancestors_and_merge_bases_are_found(place: Path) -> None:
    seen = repository(place)
    head = seen.head()
    one = seen.commit(head, {"a.txt": b"1\n"}, "One\n")
    two = seen.commit(head, {"a.txt": b"2\n"}, "Two\n")
    assert seen.merge_base(one, two) == head
    assert seen.is_ancestor(head, one)
    assert not seen.is_ancestor(one, two)


def test_what_was_pushed_and_what_others_pushed_is_seen_in_a_clone_of_one_branch_too(
    place: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        git(tmp_path, "clone", "--quiet", "--single-branch", "--no-local", str(place), name)
    one, two = repository(tmp_path / "one"), repository(tmp_path / "two")
    two.fetch("origin", "main", "outpace/fix-*")
    assert two.branches("outpace/", "origin") == ()
    revision = one.commit(one.head(), {"a.txt": b"two\n"}, "Say two\n")
    one.create_branch("outpace/fix-1", revision)
    one.push("origin", "outpace/fix-1")
    two.fetch("origin", "main", "outpace/fix-*")
    for seen in (one, two):
        assert seen.branches("outpace/", "origin") == ("outpace/fix-1",)
        assert seen.resolve("refs/remotes/origin/outpace/fix-1") == revision
    assert two.branches("outpace/") == ()


def test_a_push_reaches_the_remote_and_a_refusal_is_told(place: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    git(place, "remote", "add", "origin", str(bare))
    seen = repository(place)
    seen.create_branch("outpace/fix", seen.head())
    seen.push("origin", "outpace/fix")
    assert git(bare, "rev-parse", "outpace/fix") == seen.head()
    (bare / "hooks" / "pre-receive").write_text("#!/bin/sh\necho no thanks >&2\nexit 1\n")
    (bare / "hooks" / "pre-receive").chmod(0o755)
    seen.create_branch("other", seen.commit(seen.head(), {"a.txt": b"2\n"}, "Two\n"))
    with pytest.raises(ToolFailed, match="git"):
        seen.push("origin", "other")


def test_what_names_mean_is_asked_anew_and_what_ids_mean_is_not(place: Path) -> None:
    seen = repository(place)
    first = seen.head()
    before = (seen.resolved("main", "nothing", first, "-x", "a\nb"), seen.tree("HEAD"), seen.commit_time("HEAD"))
    assert before[0] == (first, None, first, None, None)
    (place / "a.txt").write_text("two\n")
    git(place, "commit", "--quiet", "-am", "Two", "--date=@1700000100")
    second = git(place, "rev-parse", "HEAD")
    assert seen.resolved("main", first, second) == (second, first, second)
    assert (seen.tree("HEAD"), seen.tree(first)) == (git(place, "rev-parse", "HEAD^{tree}"), before[1])
    assert seen.changed(first, "HEAD") == seen.changed(first, second) == (("M", "a.txt"),)
    assert seen.changed(first, "HEAD^") == ()
