"""Migrations of Django that lie in an environment's packages: read as texts, and nothing is imported."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from outpace.model.errors import DamagedData

MOST_FOLDERS, MOST_FILES = 200_000, 20_000
LARGEST, MOST_BYTES = 1 << 20, 64 << 20
FOLDER = "migrations"
TOOL = "django/db/migrations"  # has none, and is what runs them
PASSED_OVER = frozenset({"__pycache__", "node_modules", "static", "test", "tests"})
UNREAD = "\0"  # no Python
_MIGRATION = re.compile(rb"\bMigration\b")


def package_migrations(environment: Path | None) -> dict[str, str]:
    """By path, from the environment on; nothing where there is no Django. What is too large to be read is there, and
    reads as nothing. Raises DamagedData where there is more than can be looked at."""
    sites = () if environment is None else tuple(environment.glob("lib/python*/site-packages"))
    found: dict[str, str] = {}
    left = MOST_BYTES
    for site in sites:
        if not (site / "django").is_dir():
            continue
        for path in _files(site):
            content = _read(path, min(left, LARGEST))
            left -= len(content or b"")
            if content is None or _MIGRATION.search(content):
                text = UNREAD if content is None else content.decode("utf-8", "replace")
                found[f"site-packages/{path.relative_to(site).as_posix()}"] = text
    return found


def _files(site: Path) -> Iterator[Path]:
    """Those that Django itself would look at. Links are not followed."""
    files = 0
    for folders, (folder, inner, names) in enumerate(os.walk(site)):
        here = Path(folder)
        inner[:] = sorted(name for name in inner if name not in PASSED_OVER and here / name != site / TOOL)
        for name in sorted(names) if here.name == FOLDER else ():
            path = here / name
            if name.endswith(".py") and name[0] not in "_~" and path.is_file() and not path.is_symlink():
                files += 1
                yield path
        if folders > MOST_FOLDERS or files > MOST_FILES:
            raise DamagedData(
                f"{site} has more folders or migrations than can be looked at",
                hint="build it without the package that brings them",
            )


def _read(path: Path, most: int) -> bytes | None:
    """None where it is larger, or cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError:
        return None
    return content if len(content) <= most else None
