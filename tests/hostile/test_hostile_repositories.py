"""Repositories that would run something: nothing they name runs, and nothing of them changes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from outpace.engines.checkout import Checkout
from outpace.engines.git import Repository
from outpace.engines.tree import RevisionTree, WorkingTree
from outpace.model.errors import NotARepository
from tests.hostile.damage import POINTER

DATA = Path(__file__).parents[1] / "data"
WHO = {f"GIT_{role}_{field}": "ada" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
ISOLATED = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ALLOW_PROTOCOL": "file:ext:https",
}
HOOKS = (
    "applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-applypatch", "post-checkout", "post-commit",
    "post-index-change", "post-merge", "post-receive", "post-rewrite", "post-update", "pre-applypatch", "pre-auto-gc",
    "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase", "pre-receive", "prepare-commit-msg",
    "proc-receive", "push-to-checkout", "reference-transaction", "sendemail-validate", "update",
)  # fmt: skip
RUN_BY_CONFIGURATION = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy",
    "core.alternateRefsCommand", "sequence.editor", "diff.external", "diff.evil.textconv", "diff.evil.command",
    "merge.evil.driver", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "filter.lfs.smudge",
    "filter.lfs.process", "alias.status", "alias.show", "gpg.program", "gpg.ssh.program", "gpg.x509.program",
    "credential.helper", "interactive.diffFilter", "pager.show", "pager.status", "pager.log", "pager.config",
    "remote.origin.uploadpack", "remote.origin.receivepack", "uploadpack.packObjectsHook", "trailer.x.command",
    "browser.evil.cmd", "man.evil.cmd", "tar.tgz.command", "web.browser", "hook.evil.command",
)  # fmt: skip
ATTRIBUTES = "* filter=evil diff=evil merge=evil\n*.lfs filter=lfs\n"
SIGNED = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n aaaa\n -----END PGP SIGNATURE-----\n"


def git(place: Path, *words: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *words], cwd=place, env={**ISOLATED, **WHO}, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def snapshot(place: Path) -> dict[str, str]:
    """Working tree, index, refs, stash, hooks and configuration: every file but git's objects, by content and mode."""
    return {
        str(path.relative_to(place)): f"{path.lstat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.is_symlink() and ".git/objects" not in str(path)
    }


def program(canary: Path) -> str:
    """What every key and hook names: it leaves a file behind, whatever it is called with."""
    made = canary.parent / "evil"
    made.write_text(f'#!/bin/sh\necho "$0 $*" >> {canary}\nexit 1\n')
    made.chmod(0o755)
    return str(made)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "ran"


@pytest.fixture
def place(tmp_path: Path, canary: Path) -> Path:
    """One commit whose attributes ask for every driver, signed by nobody; a stash, staged and unstaged changes."""
    made = tmp_path / "repository"
    made.mkdir()
    git(made, "init", "--quiet", "--initial-branch=main")
    (made / "requirements.txt").write_text("starlette==0.26.1\n")
    (made / "big.lfs").write_text(POINTER)
    git(made, "add", ".")
    git(made, "commit", "--quiet", "-m", "Begin")
    (made / "requirements.txt").write_text("starlette==0.26.0\n")
    git(made, "stash", "--quiet")
    (made / ".gitattributes").write_text(ATTRIBUTES)
    git(made, "add", ".")
    git(made, "commit", "--quiet", "-m", "Attributes")
    head, _, message = git(made, "cat-file", "commit", "HEAD").partition("\n\n")
    signed = head.encode() + b"\n" + SIGNED + b"\n" + message.encode() + b"\n"
    git(made, "update-ref", "refs/heads/main", git(made, "hash-object", "-t", "commit", "-w", "--stdin", stdin=signed))
    (made / "staged.txt").write_text("staged\n")
    git(made, "add", "staged.txt")
    (made / "requirements.txt").write_text("starlette==0.26.1\n# unstaged\n")
    evil = program(canary)
    hooks = made / ".git" / "hooks"
    for hook in HOOKS:
        (hooks / hook).write_text(f"#!/bin/sh\nexec {evil} {hook}\n")
        (hooks / hook).chmod(0o755)
    git(made, "remote", "add", "origin", f"ext::{evil} %S")
    for key in RUN_BY_CONFIGURATION:
        git(made, "config", key, evil)
    more = made.parent / "included"
    more.write_text(f'[filter "included"]\n\tsmudge = {evil}\n\tclean = {evil}\n[core]\n\thooksPath = {hooks}\n')
    settings = {
        "include.path": str(more), "core.hooksPath": str(hooks), "filter.evil.required": "true",
        "core.untrackedCache": "true",
        "log.showSignature": "true", "commit.gpgSign": "true", "protocol.ext.allow": "always",
        "submodule.recurse": "true",
        "hook.evil.event": "reference-transaction", "gc.auto": "1", "diff.submodule": "diff",
    }  # fmt: skip
    for key, value in settings.items():
        git(made, "config", key, value)
    return made


def used(place: Path) -> Repository:
    """Everything that the commands ask of a repository, and a branch written."""
    seen = Repository(place, environ=ISOLATED)
    head = seen.head()
    assert seen.read(head, "requirements.txt") == b"starlette==0.26.1\n"
    assert (seen.branch(), seen.shallow(), seen.default_branch()) == ("main", False, "main")
    assert seen.dirty() == ("requirements.txt", "staged.txt")
    assert seen.message(head) == "Attributes"
    assert seen.commit_time(head).year > 2000
    assert seen.parents(head) == seen.root_commits(head)
    assert seen.changed(seen.parents(head)[0], head) == (("A", ".gitattributes"),)
    assert Checkout(seen).look_up("requirements.txt") == b"starlette==0.26.1\n# unstaged\n"
    assert seen.remote_url("origin")
    with seen.worktree(head) as files:
        assert (files / "requirements.txt").read_text() == "starlette==0.26.1\n"
        assert (files / "big.lfs").read_text() == POINTER
    revision = seen.commit(head, {"requirements.txt": b"starlette==0.27.0\n"}, "Fix\n")
    seen.create_branch("outpace/fix", revision)
    return seen


def test_the_programs_that_a_repository_names_would_run_without_us(place: Path, canary: Path) -> None:
    subprocess.run(["git", "status"], cwd=place, env=ISOLATED, capture_output=True, check=False)
    assert canary.exists()


def test_no_hook_and_no_program_that_a_repository_names_runs_and_only_one_ref_is_new(place: Path, canary: Path) -> None:
    before = snapshot(place)
    canary.unlink(missing_ok=True)
    used(place)
    after = snapshot(place)
    assert not canary.exists(), canary.read_text()
    assert after.pop(".git/refs/heads/outpace/fix")
    assert after == before


def test_the_commands_that_only_look_run_nothing_and_change_nothing(place: Path, canary: Path, tmp_path: Path) -> None:
    state = {**ISOLATED, "XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def outpace(*words: str) -> int:
        argv = [sys.executable, "-m", "outpace.cli", *words]
        return subprocess.run(argv, cwd=place, env=state, capture_output=True, check=False).returncode

    assert outpace("advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet") == 0
    before = snapshot(place)
    canary.unlink(missing_ok=True)
    ends = {words: outpace(*words) for words in (("match", "--offline"), ("clock",), ("init",))}
    after = snapshot(place)
    assert not canary.exists(), canary.read_text()
    assert [status for status in ends.values() if status not in (0, 10)] == []
    assert after.pop("outpace.toml")
    assert after == before


def test_a_repository_hidden_in_the_content_of_another_is_not_obeyed(place: Path, canary: Path) -> None:
    hidden = place / "fixtures"
    git(place, "init", "--quiet", "--bare", str(hidden))
    with (hidden / "config").open("a") as file:
        file.write(f"[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = {program(canary)}\n")
    with pytest.raises(NotARepository, match="bare repository"):
        Repository(hidden, environ=ISOLATED)
    assert not canary.exists()


def test_without_a_commit_and_in_a_shallow_clone_what_can_be_said_is_said(place: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    git(tmp_path, "init", "--quiet", str(empty))
    with pytest.raises(NotARepository, match="has no commit yet"):
        Repository(empty, environ=ISOLATED).head()
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--upload-pack=git-upload-pack", f"file://{place}", str(clone))
    seen = Repository(clone, environ=ISOLATED)
    assert (seen.shallow(), seen.root_commits(seen.head()), seen.parents(seen.head())) == (True, (seen.head(),), ())
    assert RevisionTree(seen, seen.head()).look_up("requirements.txt") == b"starlette==0.26.1\n"


@pytest.mark.parametrize("url", ["ext::sh -c touch% {canary}", "file:///etc"])
def test_a_submodule_is_passed_over_whatever_its_url_and_name(url: str, place: Path, canary: Path) -> None:
    told = url.format(canary=canary)
    (place / ".gitmodules").write_text(
        f'[submodule "../../evil"]\n\tpath = sub\n\turl = {told}\n\tupdate = !touch {canary}\n'
    )
    for hook in HOOKS:
        (place / ".git" / "hooks" / hook).unlink()
    configuration = place / ".git" / "config"
    hostile = configuration.read_bytes()
    configuration.write_text("")  # a filter that ends at once is fatal to git, or not, by who is quicker
    git(place, "update-index", "--add", "--cacheinfo", f"160000,{git(place, 'rev-parse', 'HEAD')},sub")
    git(place, "commit", "--quiet", "-m", "Submodule")
    configuration.write_bytes(hostile)
    canary.unlink(missing_ok=True)
    seen = Repository(place, environ=ISOLATED)
    assert "sub" not in seen.paths(seen.head())
    assert seen.read(seen.head(), "sub") is None
    with seen.worktree(seen.head()) as files:
        assert list((files / "sub").iterdir()) == []
    assert not canary.exists()


def test_a_pointer_of_lfs_in_a_locks_place_is_said(place: Path) -> None:
    (place / "requirements.txt").write_text(POINTER)
    assert WorkingTree(place).look_up("requirements.txt") == POINTER.encode()


@pytest.mark.parametrize(
    "name", [b"re\xffq/requirements.txt", b"a\nb/requirements.txt", b"a\tb\x1b[1m/requirements.txt"]
)
def test_a_path_that_is_no_text_is_read_from_a_revision(name: bytes, tmp_path: Path) -> None:
    made = tmp_path / "odd"
    git(tmp_path, "init", "--quiet", str(made))
    path = os.fsdecode(name)
    (made / path).parent.mkdir()
    (made / path).write_text("acme==1.0\n")
    git(made, "add", ".")
    git(made, "commit", "--quiet", "-m", "Odd")
    seen = Repository(made, environ=ISOLATED)
    tree = RevisionTree(seen, seen.head())
    found: Mapping[str, bytes | None] = {each: tree.look_up(each) for each in tree.paths()}
    assert found == {path: b"acme==1.0\n"}
