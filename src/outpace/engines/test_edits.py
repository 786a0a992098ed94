"""Edits of a project's tests: written all of them, or none."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from outpace.model.errors import BadInput
from outpace.testing.gaps.filling import FileEdit

HINT = "let the files be for the time of the run, or take the edits as a patch: --format patch"


def write_edits(root: Path, edits: Iterable[FileEdit]) -> None:
    """Raises BadInput, with every file as it was, where one is no longer what it was read as or cannot be written."""
    ready: list[tuple[FileEdit, Path, Path]] = []
    done: list[tuple[FileEdit, Path]] = []
    try:
        for edit in edits:
            ready.append((edit, *_prepared(root, edit)))  # noqa: PERF401  what is there is swept if the next one fails
        for edit, path, temporary in ready:
            temporary.replace(path)
            done.append((edit, path))
    except OSError as error:
        for edit, path in done:
            path.write_bytes(edit.before)
        raise BadInput(f"the edits cannot be written: {error.strerror or error}", hint=HINT) from error
    finally:
        for _, _, temporary in ready:
            temporary.unlink(missing_ok=True)


def _prepared(root: Path, edit: FileEdit) -> tuple[Path, Path]:
    """Where it goes, and the new content beside it under another name. A link that leads out of the tree is refused."""
    path = (root / edit.path).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file() or path.read_bytes() != edit.before:
        raise OSError(f"{edit.path} is not what it was when the tests were run")
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as temporary:
        temporary.write(edit.after)
    os.chmod(temporary.name, stat.S_IMODE(path.stat().st_mode))  # noqa: PTH101  its name is text
    return path, Path(temporary.name)
