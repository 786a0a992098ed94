"""Every kind of clone: bare, inside, shallow, partial, empty, damaged, hostile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.engines.history.blobs import blobs
from outpace.engines.history.clone import Clone
from outpace.engines.history.git_history import GitHistory
from outpace.model.errors import NotARepository, NotFound, ToolFailed, ToolMissing
from outpace.model.times import now
from tests.engines.history.reading import LATER, Memory, is_interesting, is_lock, line_of, opened
from tests.fakes.histories import ISOLATED, Commit, build, extend, git, line

THREE = line({"a.lock": "1"}, {"a.lock": "2", ".ci/x": "ci"}, {"a.lock": "3"})


def commits_in(root: Path, ids: dict[str, str], **options: str) -> list[str]:
    return [told.commit for told in line_of(opened(root, **options).walk(), ids)]  # type: ignore[arg-type]  # branch alone


def clone(source: Path, target: Path, *words: str) -> Path:
    git(source.parent, "clone", "--quiet", *words, source.as_uri(), str(target))
    return target


def refusal(root: Path) -> str:
    with pytest.raises(NotARepository) as error:
        opened(root)
    return error.value.message


@pytest.fixture
def source(tmp_path: Path) -> Path:
    build(tmp_path / "source", THREE)
    git(tmp_path / "source", "config", "uploadpack.allowFilter", "true")
    return tmp_path / "source"


def test_a_clone_is_found_from_any_place_in_it(tmp_path: Path) -> None:
    ids = build(tmp_path / "r", line({"sub/a.lock": "1"}))
    ids_bare = build(tmp_path / "b.git", line({"a.lock": "1"}), bare=True)
    git(tmp_path / "r", "worktree", "add", "-q", "--detach", str(tmp_path / "w"))
    for place in ("r", "r/sub", "r/.git", "w"):
        assert commits_in(tmp_path / place, ids) == ["c0"], place
    for place in ("b.git", "b.git/objects"):
        assert commits_in(tmp_path / place, ids_bare) == ["c0"], place


def test_a_bare_repository_in_the_content_of_another_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    build(tmp_path / "r", line({"a.lock": "1"}))
    ids = build(tmp_path / "r" / "inner.git", line({"x.lock": "1"}), bare=True)
    assert "inside another one" in refusal(tmp_path / "r" / "inner.git" / "objects")
    assert commits_in(tmp_path / "r" / "inner.git", ids) == ["c0"]


def test_what_is_no_repository_or_has_no_commit_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert "is not in a git repository" in refusal(tmp_path / "plain")
    git(tmp_path, "init", "-q", "--initial-branch=main", "empty")
    assert "has no commit yet" in refusal(tmp_path / "empty")
    build(tmp_path / "unborn", line({"x": "1"}), bare=True)
    git(tmp_path / "unborn", "branch", "-m", "main", "other")
    git(tmp_path / "unborn", "symbolic-ref", "HEAD", "refs/heads/main")
    assert "has no commit yet" in refusal(tmp_path / "unborn")


def test_the_default_branch_is_what_the_remote_calls_so_then_main_then_what_is_checked_out(tmp_path: Path) -> None:
    commits = [
        Commit(id="c0", files={"x": "0"}),
        Commit(id="m", parents=("c0",), branch="main", files={"x": "m"}),
        Commit(id="d", parents=("c0",), branch="develop", files={"x": "d"}),
        Commit(id="s", parents=("c0",), branch="strange", files={"x": "s"}),
    ]
    ids = build(tmp_path / "r", commits, head="strange")
    assert commits_in(tmp_path / "r", ids) == ["c0", "m"]
    assert commits_in(tmp_path / "r", ids, branch="develop") == ["c0", "d"]
    git(tmp_path / "r", "symbolic-ref", "HEAD", "refs/heads/develop")
    cloned = clone(tmp_path / "r", tmp_path / "cloned")
    git(cloned, "checkout", "-q", "strange")
    assert commits_in(cloned, ids) == ["c0", "d"]
    assert commits_in(cloned, ids, branch="main") == ["c0", "m"]  # of origin alone
    assert commits_in(clone(tmp_path / "r", tmp_path / "bare", "--bare"), ids) == ["c0", "d"]
    git(tmp_path / "r", "branch", "-q", "-D", "main")
    git(tmp_path / "r", "checkout", "-q", "--detach", "strange")
    assert commits_in(tmp_path / "r", ids) == ["c0", "s"]
    assert opened(tmp_path / "r").walk().chronicle.horizon.branch == "HEAD"


@pytest.mark.parametrize("name", ["none", "--output=x", "main^{tree}", "main~1", "a b", "", "..", "\udcff"])
def test_a_branch_that_is_not_there_is_said(source: Path, name: str) -> None:
    with pytest.raises(NotFound, match="has no branch"):
        opened(source, branch=name)


def test_a_shallow_clone_says_so_and_dates_nothing_before_its_edge(source: Path, tmp_path: Path) -> None:
    shallow = clone(source, tmp_path / "shallow", "--depth=2")
    cached = Memory()
    walk = opened(shallow, cached=cached).walk()
    assert walk.chronicle.horizon.shallow
    assert [landing.told for landing in walk.chronicle.landings] == ["before history", "commit"]
    assert [(change.landing, change.path) for change in walk.changes] == [(0, "a.lock"), (1, "a.lock")]
    git(shallow, "fetch", "-q", "--unshallow")
    whole = opened(shallow, cached=cached).walk()
    assert whole == opened(source).walk()
    assert not whole.chronicle.horizon.shallow


def test_a_partial_clone_is_walked_without_fetching_and_leaves_out_what_it_lacks(source: Path, tmp_path: Path) -> None:
    partial = clone(source, tmp_path / "partial", "--filter=blob:none", "--bare")
    before = sorted(partial.rglob("*"))
    history = opened(partial)
    walk, whole = history.walk(), opened(source).walk()
    assert walk.chronicle.horizon.partial
    assert (walk.changes, walk.chronicle.landings) == (whole.changes, whole.chronicle.landings)
    assert list(history.blobs([change.blob for change in walk.changes])) == []
    assert sorted(partial.rglob("*")) == before


def test_a_partial_clone_gives_what_it_has(source: Path, tmp_path: Path) -> None:
    partial = clone(source, tmp_path / "partial", "--filter=blob:none")  # checked out: the newest are here
    history = opened(partial)
    walk = history.walk()
    assert walk.chronicle.horizon.partial
    assert [content for _, content in history.blobs([change.blob for change in walk.changes])] == [b"3"]
    assert history.brought([]) == {}


def test_a_partial_clone_that_lacks_nothing_of_interest_is_whole(source: Path, tmp_path: Path) -> None:
    large = clone(source, tmp_path / "large", "--filter=blob:limit=1k")
    assert not opened(large).walk().chronicle.horizon.partial


def test_a_clone_without_trees_is_refused_with_what_to_do(source: Path, tmp_path: Path) -> None:
    treeless = clone(source, tmp_path / "treeless", "--filter=tree:0", "--bare")
    with pytest.raises(ToolFailed, match="without the trees") as error:
        opened(treeless).walk()
    assert "--filter=blob:none" in error.value.hint


@pytest.mark.parametrize("which", ["HEAD", "HEAD~1", "HEAD~1^{tree}"])
@pytest.mark.parametrize("damage", [b"garbage", None], ids=["garbage", "gone"])
def test_a_damaged_history_is_a_clear_error(source: Path, which: str, damage: bytes | None) -> None:
    hurt(source, which, damage)
    with pytest.raises((ToolFailed, NotARepository)) as error:
        opened(source).walk()
    assert str(source) in error.value.message


@pytest.mark.parametrize("damage", [b"garbage", None], ids=["garbage", "gone"])
def test_a_damaged_lock_file_is_a_clear_error(source: Path, damage: bytes | None) -> None:
    history = opened(source)
    asked = [change.blob for change in history.walk().changes]
    hurt(source, "HEAD~1:a.lock", damage)
    with pytest.raises(ToolFailed, match=f"{asked[1]}|fsck"):
        list(history.blobs(asked))


def hurt(source: Path, which: str, damage: bytes | None) -> None:
    """One object, unpacked first."""
    name = git(source, "rev-parse", which)
    for pack in (source / ".git/objects/pack").glob("*.pack"):
        shutil.move(pack, source / "moved")
        with (source / "moved").open("rb") as content:
            subprocess.run(
                ["git", "unpack-objects", "-q"], cwd=source, env=ISOLATED, stdin=content, check=True, timeout=60
            )
    for index in (source / ".git/objects/pack").glob("*"):
        index.unlink()
    path = source / ".git/objects" / name[:2] / name[2:]
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)


def test_a_version_that_is_too_large_is_left_out_and_said(tmp_path: Path) -> None:
    build(tmp_path, line({"a.lock": "1"}, {"a.lock": "2" * 100}, {"a.lock": "3"}))
    asked = [change.blob for change in opened(tmp_path).walk().changes]
    said: list[str] = []
    found = list(blobs(Clone(tmp_path, ISOLATED), asked, said.append, largest=99))
    assert found == [(asked[0], b"1"), (asked[2], b"3")]
    assert said == [f"{asked[1]} is left out: it has more than 99 bytes"]


def test_a_clone_that_borrows_its_objects_is_read(source: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--shared", str(source), "borrowing")
    assert opened(tmp_path / "borrowing").walk() == opened(source).walk()


def test_a_repository_with_longer_ids_is_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "--initial-branch=main", "r")
    (tmp_path / "r" / "a.lock").write_text("1")
    git(tmp_path / "r", "add", ".")
    git(tmp_path / "r", "commit", "-qm", "Begin")
    git(tmp_path / "r", "tag", "v1")
    history = opened(tmp_path / "r", today=now(), at=now())
    walk = history.walk()
    assert [(tag.name, tag.first, len(tag.commit)) for tag in walk.chronicle.tags] == [("v1", 1, 64)]
    assert [content for _, content in history.blobs([change.blob for change in walk.changes])] == [b"1"]


def test_replaced_and_grafted_commits_are_told_as_they_are(source: Path) -> None:
    whole = opened(source).walk()
    git(source, "replace", "HEAD~1", "HEAD~2")
    (source / ".git/info").mkdir(exist_ok=True)
    (source / ".git/info/grafts").write_text(git(source, "rev-parse", "HEAD") + "\n")
    assert opened(source).walk() == whole


@pytest.mark.skipif(sys.platform == "win32", reason="the traps are shell scripts")
def test_nothing_that_the_repository_or_its_configuration_names_is_run(source: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\n")
    trap.chmod(0o755)
    settings = {
        "core.fsmonitor": trap,
        "core.pager": trap,
        "core.sshCommand": trap,
        "core.hooksPath": tmp_path,
        "diff.external": trap,
        "diff.trap.textconv": trap,
        "diff.trap.command": trap,
        "filter.trap.smudge": trap,
        "filter.trap.process": trap,
        "gpg.program": trap,
        "log.showSignature": "true",
        "log.mailmap": "true",
        "mailmap.file": "/etc/passwd",
        "core.alternateRefsCommand": trap,
        "remote.origin.url": "ssh://example.invalid/x",
        "remote.origin.uploadpack": trap,
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
        "alias.log": f"!{trap}",
    }
    ids = extend(source, [Commit(id="g", files={".gitattributes": "* diff=trap filter=trap", "a.lock": "g"})], known={})
    (source / ".git/info").mkdir(exist_ok=True)
    (source / ".git/info/attributes").write_text("* diff=trap filter=trap\n")
    for name, value in settings.items():
        git(source, "config", name, str(value))
    history = opened(source)
    walk = history.walk()
    assert [told.commit for told in line_of(walk, ids)] == ["g"]
    assert [content for _, content in history.blobs([change.blob for change in walk.changes])] == [b"g"]
    assert not sprung.exists()


def test_without_git_the_missing_program_is_named(source: Path) -> None:
    with pytest.raises(ToolMissing, match="git cannot be run"):
        GitHistory(
            source,
            at=LATER,
            is_lock=is_lock,
            is_interesting=is_interesting,
            environ={"PATH": os.devnull},
            cached=Memory(),
            report=print,
        )
