"""Files of a directory and of a revision: nothing outside is read, nothing blocks."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from outpace.engines.git import Repository
from outpace.engines.tree import RevisionTree, WorkingTree, nearest, root_for
from outpace.model.errors import BadInput
from tests.needs import needs


def lay(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_locks_are_found_and_environments_and_caches_passed_over(tmp_path: Path) -> None:
    skipped = (".git/uv.lock", "node_modules/x/uv.lock", "venv/pyvenv.cfg", "venv/uv.lock", ".tox/uv.lock")
    lay(tmp_path, dict.fromkeys(("uv.lock", "a/b/requirements.txt", "notes.txt", *skipped), "x"))
    assert WorkingTree(tmp_path).paths() == ("a/b/requirements.txt", "uv.lock")


def test_a_link_inside_is_followed_and_one_that_leads_out_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    lay(root, {"real/requirements.txt": "a==1\n", "d/x": ""})
    (tmp_path / "secret.txt").write_text("s3cret")
    (root / "requirements.txt").symlink_to("real/requirements.txt")
    (root / "uv.lock").symlink_to(tmp_path / "secret.txt")
    (root / "poetry.lock").symlink_to("nowhere")
    (root / "pdm.lock").symlink_to("pdm.lock")
    (root / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    tree = WorkingTree(root)
    assert tree.look_up("requirements.txt") == b"a==1\n"
    assert tree.look_up("absent") is None
    assert tree.look_up("d") is None
    for path in ("uv.lock", "poetry.lock", "pdm.lock", "elsewhere/secret.txt", "../secret.txt"):
        with pytest.raises(BadInput):
            tree.look_up(path)
    assert tree.look_up("nul\0") is None


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "uv.lock")
    with pytest.raises(BadInput, match="no regular file"):
        WorkingTree(tmp_path).look_up("uv.lock")


def test_a_file_that_is_too_large_is_refused_with_its_size(tmp_path: Path) -> None:
    with (tmp_path / "uv.lock").open("wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(BadInput, match="67,108,865"):
        WorkingTree(tmp_path).look_up("uv.lock")


def test_a_name_that_is_not_text_is_spelled_and_still_read(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"b\xff")
    folder.mkdir()
    (folder / "uv.lock").write_bytes(b"x")
    tree = WorkingTree(tmp_path)
    assert tree.paths() == ("b\\xff/uv.lock",)
    assert tree.look_up("b\\xff/uv.lock") == b"x"


def test_reading_of_one_file_begins_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"here/a/requirements.txt": "", "there/uv.lock": "", "here/notes.md": ""})
    monkeypatch.chdir(tmp_path / "here")
    assert root_for(Path("a/requirements.txt")) == (tmp_path / "here", "a/requirements.txt")
    assert root_for(tmp_path / "there" / "uv.lock") == (tmp_path / "there", "uv.lock")
    for path in ("absent.txt", "notes.md"):
        with pytest.raises(BadInput):
            root_for(Path(path))


def test_a_revision_is_read_whatever_lies_in_the_directory(tmp_path: Path) -> None:
    git = needs("git")
    lay(tmp_path, {"app/requirements.txt": "a==1\n", "app/venv-notes": "", "uv.lock": "top"})
    (tmp_path / "app/uv.lock").symlink_to("../uv.lock")
    (tmp_path / "app/pdm.lock").symlink_to("/etc/hostname")
    who = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "x"]):
        subprocess.run([git, *words], cwd=tmp_path, check=True)
    repository = Repository(tmp_path)
    tree = RevisionTree(repository, repository.head(), "app")
    (tmp_path / "app/requirements.txt").write_text("a==2\n")
    assert tree.paths() == ("pdm.lock", "requirements.txt", "uv.lock")
    assert tree.look_up("requirements.txt") == b"a==1\n"
    assert tree.look_up("uv.lock") == b"top"
    assert tree.look_up("absent") is None
    with pytest.raises(BadInput):
        tree.look_up("pdm.lock")


def test_the_nearest_directory_with_a_lock_is_meant_before_one_with_a_project_alone(tmp_path: Path) -> None:
    lay(tmp_path, {".git/HEAD": "x", "uv.lock": "x", "packages/one/pyproject.toml": "x", "packages/one/src/a.py": ""})
    assert nearest(tmp_path / "packages/one/src")[0] == tmp_path
    (tmp_path / "uv.lock").unlink()
    place, tree = nearest(tmp_path / "packages/one/src")
    assert (place, tree.paths()) == (tmp_path / "packages/one", ("pyproject.toml",))
