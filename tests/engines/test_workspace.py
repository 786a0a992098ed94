"""A copy of what a developer sees: edits and new files, of what is ignored generated modules alone, no way out."""

from __future__ import annotations

from pathlib import Path

from outpace.engines.git import Repository
from outpace.engines.workspace import workspace
from tests.fakes.histories import git


def test_a_workspace_holds_edits_new_files_and_generated_modules_and_nothing_else_that_is_ignored(
    tmp_path: Path,
) -> None:
    root = tmp_path / "project"
    (root / "package").mkdir(parents=True)
    git(root, "init", "-q")
    (root / ".gitignore").write_text("*.log\n_version.py\n*.so\nbuild/\n")
    (root / "package" / "edited.py").write_text("OLD = 1\n")
    (root / "gone.py").write_text("")
    (root / "inward").symlink_to("package")
    (root / "outward").symlink_to("../secret")
    git(root, "add", "-A")
    (root / "package" / "edited.py").write_text("NEW = 1\n")
    (root / "gone.py").unlink()
    (root / "fresh.py").write_text("")
    (root / "noise.log").write_text("")
    (root / "build").mkdir()
    for name in ("package/_version.py", "package/_fast.cpython-311.so", "package/noise.log", "build/made.py"):
        (root / name).write_text("")
    with workspace(Repository(root / "package")) as tree:
        files = {str(path.relative_to(tree)) for path in tree.rglob("*") if not path.is_dir() or path.is_symlink()}
        generated = {"package/_version.py", "package/_fast.cpython-311.so"}
        assert files == {".gitignore", "package/edited.py", "fresh.py", "inward", *generated}
        assert (tree / "package" / "edited.py").read_text() == "NEW = 1\n"
    assert not tree.exists()
