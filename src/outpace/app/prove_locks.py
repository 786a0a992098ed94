"""What a proof reads of the locks on both sides beside their pins, and of the project files that speak for them."""

from __future__ import annotations

from pathlib import PurePosixPath

from outpace.model.application import Application
from outpace.model.inventory import Unread
from outpace.proving.artifacts import tampered
from outpace.proving.ports import Trees


def tampered_locks(trees: Trees, base: str, revision: str, locks: tuple[str, ...]) -> str | None:
    """What is wrong with the archives that a uv.lock names."""
    paths = (path for path in locks if PurePosixPath(path).name == "uv.lock")
    found = (tampered(trees.read(base, path), trees.read(revision, path)) for path in paths)
    return next((wrong for wrong in found if wrong is not None), None)


def is_same_line(trees: Trees, base: str, revision: str, unread: Unread) -> bool:
    """Whether that line of the revision's file stands in base's file too. One that goes on below is not looked at."""
    if unread.line is None:
        return False
    lines = (trees.read(revision, unread.file) or b"").splitlines()
    line = lines[unread.line - 1].strip() if unread.line <= len(lines) else b""
    others = {each.strip() for each in (trees.read(base, unread.file) or b"").splitlines()}
    return bool(line) and not line.endswith(b"\\") and line in others


def projects(application: Application) -> tuple[str, ...]:
    """Every pyproject.toml that speaks for the application: its own, and that of the repository's root."""
    own = "pyproject.toml" if application.path in (".", "") else f"{application.path.rstrip('/')}/pyproject.toml"
    return tuple(dict.fromkeys((own, "pyproject.toml")))
