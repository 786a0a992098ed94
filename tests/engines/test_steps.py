"""Steps: what changed between two trees of a real repository, and commits that nothing points at."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from outpace.delivery.splitting.pieces import Changed, Gone, Partly, Side, Whole
from outpace.delivery.splitting.propose import proposed
from outpace.engines.steps import Steps

WHO = ("Ann", "ann@example.org")


def git(root: Path, *words: str) -> str:
    who = {f"GIT_{role}_{key}": WHO[key == "EMAIL"] for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=True, env={**os.environ, **who})
    return done.stdout.decode("utf-8", "surrogateescape").strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two commits, between which everything happens that can happen to a file."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "m.py").write_text("a = 1\n\n\ndef b():\n    return 1\n")
    (tmp_path / "run.sh").write_text("true\n")
    (tmp_path / "bytes").write_bytes(b"\0one")
    (tmp_path / "latin").write_bytes(b"caf\xe9\n")
    (tmp_path / "gone").write_text("gone\n")
    (tmp_path / "place").write_text("a file\n")
    (tmp_path / "link").symlink_to("m.py")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-qm", "Begin")
    git(tmp_path, "switch", "-qc", "feature")
    (tmp_path / "m.py").write_text("a = 2\n\n\ndef b():\n    return 2\n")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "bytes").write_bytes(b"\0two")
    (tmp_path / "latin").write_bytes(b"th\xe9\n")
    (tmp_path / "gone").unlink()
    (tmp_path / "place").unlink()
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "file").write_text("a folder now\n")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("run.sh")
    git(tmp_path, "add", "--all")
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{git(tmp_path, 'rev-parse', 'HEAD')},vendor")
    git(tmp_path, "commit", "-qm", "Change")
    git(tmp_path, "switch", "-qc", "elsewhere", "main")
    return tmp_path


def test_a_change_of_every_sort_ends_in_the_very_tree_and_touches_nothing_here(root: Path) -> None:
    steps = Steps(root)
    before = (git(root, "status", "--porcelain"), git(root, "for-each-ref"), (root / ".git/index").read_bytes())
    plan = proposed(steps.changed_files("main", "feature"))
    at = steps.resolve("main") or ""
    for piece in plan.pieces:
        at = steps.step(at, {edit.path: edit.state for edit in piece.edits}, piece.title, WHO)
    assert len(plan.pieces) > 1
    assert git(root, "rev-parse", f"{at}^{{tree}}") == git(root, "rev-parse", "feature^{tree}")
    assert (git(root, "status", "--porcelain"), git(root, "for-each-ref"), (root / ".git/index").read_bytes()) == before


def test_only_plain_texts_are_read(root: Path) -> None:
    found = {each.path: each for each in Steps(root).changed_files("main", "feature")}
    told = {path: (_told(each.before), _told(each.after)) for path, each in found.items()}
    assert told == {
        "bytes": (("100644", False), ("100644", False)),
        "gone": (("100644", True), None),
        "latin": (("100644", False), ("100644", False)),
        "link": (("120000", False), ("120000", False)),
        "m.py": (("100644", True), ("100644", True)),
        "place": (("100644", True), None),
        "place/file": (None, ("100644", True)),
        "run.sh": (("100644", True), ("100755", True)),
        "vendor": (None, ("160000", False)),
    }


def _told(side: Side | None) -> tuple[str, bool] | None:
    return None if side is None else (side.mode, side.text is not None)


def test_the_same_step_is_the_same_commit_by_the_author_that_is_named(root: Path) -> None:
    steps = Steps(root)
    base = steps.resolve("main") or ""
    states = {"m.py": Partly("100644", "a = 2\n"), "gone": Gone(), "run.sh": Whole("100755", _blob(root, "run.sh"))}
    first, second = (steps.step(base, states, "Step\n\nWhy.\n", ("Bea", "bea@example.org")) for _ in range(2))
    assert first == second
    assert git(root, "show", "-s", "--format=%an %ae %cn %P", first) == f"Bea bea@example.org Bea {base}"
    assert git(root, "show", f"{first}:m.py") == "a = 2"
    assert git(root, "diff", "--name-status", base, first).split() == ["D", "gone", "M", "m.py", "M", "run.sh"]


def _blob(root: Path, path: str) -> str:
    return git(root, "rev-parse", f"main:{path}")


def test_authors_and_messages_of_a_branch_are_told_once_each(root: Path) -> None:
    steps = Steps(root)
    assert steps.authors("main", "feature") == (WHO,)
    assert steps.messages("main", "feature", ("gone",)) == ("Change",)
    assert steps.messages("main", "feature", ("not there",)) == ()
    assert steps.between("main", "feature") == (steps.resolve("feature"),)


def test_nothing_changed_is_no_file(root: Path) -> None:
    assert Steps(root).changed_files("main", "main") == tuple[Changed, ...]()
