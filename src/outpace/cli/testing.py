"""What every command of `outpace test` is asked: which application, and which Python has what its tests need."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.bootstrap.testing import Asked, TestPlace
    from outpace.testing.mutants.targets import Chosen


def arguments(parser: argparse.ArgumentParser) -> None:
    """Behind those of the command itself."""
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="a Python that has the project's dependencies and pytest (default: the project's .venv, else one is made "
        "from its lock)",
    )
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run the project's code unconfined where there is no sandbox; for a repository of your own only",
    )


def asked(args: argparse.Namespace) -> Asked:
    from outpace.bootstrap.testing import Asked

    return Asked(name=args.name, python=args.python, unsafe_no_sandbox=args.unsafe_no_sandbox)


def targets(here: TestPlace, named: Iterable[str], command: str) -> tuple[Chosen, ...]:
    """What of the application is meant; all of its product where nothing is named. Raises NotFound."""
    from outpace.app.test_mutants import targets

    return targets(
        here.repository.present(),
        named,
        below=here.application.path,
        read=lambda path: content_in(here.tree, path) or b"",
        command=command,
    )


def base_of(here: TestPlace, named: str) -> str:
    """Where what is here began to differ from a branch, a tag or a commit. Raises UsageError."""
    from outpace.model.errors import UsageError

    revision = here.repository.resolve(named)
    if revision is None:
        raise UsageError(f"there is no revision {named!r}", hint="name a branch, a tag or a commit: --since main")
    return here.repository.merge_base(revision, here.repository.head()) or revision


def changed_since(here: TestPlace, base: str) -> tuple[str, ...]:
    """Paths of the files here that differ from the base, edits that are not committed included."""
    committed = [path for _, path in here.repository.changed(base, here.repository.head())]
    edited = here.repository.dirty()
    folders = tuple(path for path in edited if path.endswith("/"))
    new = [path for path in here.repository.present() if folders and path.startswith(folders)]
    return tuple(sorted({*committed, *(path for path in edited if not path.endswith("/")), *new}))


def content_in(tree: Path, path: str) -> bytes | None:
    """Of a file in a copy; None where it is none, or lies elsewhere."""
    at = tree / path
    if at.is_symlink() or not at.is_file() or not at.resolve().is_relative_to(tree.resolve()):
        return None
    return at.read_bytes()
