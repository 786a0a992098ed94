"""A copy of the files that a developer sees: what git tracks and what it does not ignore, edits included."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from outpace.engines.git import Repository
from outpace.engines.scratch import scratch
from outpace.model.errors import BadInput

MOST_BYTES = 2 << 30


@contextmanager
def workspace(repository: Repository) -> Generator[Path]:
    """A directory outside the repository; links that lead out of the tree are left out. Raises BadInput."""
    with scratch("workspace") as place:
        tree = place / "files"
        tree.mkdir()
        copied = 0
        for path in repository.present():
            copied += _copied(repository.root, path, tree)
            if copied > MOST_BYTES:
                raise BadInput(
                    f"the files of {repository.root} are larger than {MOST_BYTES >> 30} GiB",
                    hint="name in .gitignore what is no part of the project",
                )
        yield tree


def _copied(root: Path, path: str, tree: Path) -> int:
    """How many bytes it took; what vanished meanwhile is not there."""
    source, target = root / path, tree / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            _linked(source, target, root)
            return 0
        if source.is_dir():  # a submodule
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(".git"))
            return 0
        if not source.is_file():
            return 0
        shutil.copy(source, target)
        return target.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _linked(source: Path, target: Path, root: Path) -> None:
    led = source.readlink()
    inside = not led.is_absolute() and Path(os.path.normpath(source.parent / led)).is_relative_to(root)
    if inside:
        target.symlink_to(led)
