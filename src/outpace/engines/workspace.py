"""A copy of the files that a developer sees: what git tracks and what it does not ignore, edits included.

Of what is ignored, modules that lie among tracked ones come along: a version that a build wrote, compiled code.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from outpace.engines.git import Repository
from outpace.engines.scratch import scratch
from outpace.model.errors import BadInput

MOST_BYTES = 2 << 30
MODULES = (".py", ".pyi", ".so", ".pyd")


@contextmanager
def workspace(repository: Repository) -> Generator[Path]:
    """A directory outside the repository; links that lead out of the tree are left out. Raises BadInput."""
    with scratch("workspace") as place:
        tree = place / "files"
        tree.mkdir()
        copied = 0
        present = repository.present()
        behind = _links_to_folders(repository.root, present)
        for path in (*present, *generated(present, repository.ignored())):
            if not behind.isdisjoint(PurePosixPath(path).parents):
                continue  # to git it is gone, and the link may lead anywhere
            copied += _copied(repository.root, path, tree)
            if copied > MOST_BYTES:
                raise BadInput(
                    f"the files of {repository.root} are larger than {MOST_BYTES >> 30} GiB",
                    hint="name in .gitignore what is no part of the project",
                )
        yield tree


def left_out(root: Path, present: Iterable[str]) -> dict[str, Path]:
    """Of these paths, links and repositories within this one, by where they lie: a copy has them not, or as something
    else."""
    paths = tuple(present)
    behind = _links_to_folders(root, paths)
    places = {path: root / path for path in paths if behind.isdisjoint(PurePosixPath(path).parents)}
    return {path: place for path, place in places.items() if place.is_symlink() or os.path.lexists(place / ".git")}


def _links_to_folders(root: Path, paths: Iterable[str]) -> frozenset[PurePosixPath]:
    folders = {folder for path in paths for folder in PurePosixPath(path).parents} - {PurePosixPath()}
    return frozenset(folder for folder in folders if (root / folder).is_symlink())


def generated(present: Iterable[str], ignored: Iterable[str]) -> tuple[str, ...]:
    """Ignored modules in a folder that has others that are not ignored."""
    folders = {PurePosixPath(path).parent for path in present if path.endswith(".py")}
    return tuple(path for path in ignored if path.endswith(MODULES) and PurePosixPath(path).parent in folders)


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
