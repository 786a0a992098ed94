"""Files are laid out for a variant, and put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.inside.variants import with_files


def tree(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_variant_is_there_while_it_works_and_gone_afterwards(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old")
    (tmp_path / "b.py").write_text("kept")
    seen: list[dict[str, str]] = []
    with_files(tmp_path, {"a.py": "new", "b.py": None, "c/d.py": "added"}, lambda: seen.append(tree(tmp_path)))
    assert seen == [{"a.py": "new", "c/d.py": "added"}]
    assert tree(tmp_path) == {"a.py": "old", "b.py": "kept"}


def test_a_variant_whose_work_fails_is_gone_too(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old")

    def work() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        with_files(tmp_path, {"a.py": "new"}, work)
    assert tree(tmp_path) == {"a.py": "old"}
