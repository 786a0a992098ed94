"""The copy that uv works in: only the files of a revision that it needs, never the working tree."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

NEEDED = frozenset({"pyproject.toml", "uv.toml", ".python-version", "setup.py", "setup.cfg", "PKG-INFO"})
ARCHIVES = (".whl",)


class Copy:
    """Settings, project files and wheels of a revision, laid out under `place` as they lie in the repository."""

    def __init__(
        self, place: Path, *, paths: tuple[str, ...], look_up: Callable[[str], bytes | None], also: tuple[str, ...] = ()
    ) -> None:
        self.place = place
        wanted = (path for path in paths if path in also or _is_needed(path))
        self.texts = {path: content for path in wanted if (content := look_up(path)) is not None}

    def lay_out(self, edits: Mapping[str, bytes]) -> None:
        """The files as they are in the revision, but for the edits."""
        for path, content in {**self.texts, **edits}.items():
            file = self.place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def directory(self, path: str) -> Path:
        """Where a file lies, made if nothing else of it is here."""
        found = self.place / posixpath.dirname(path)
        found.mkdir(parents=True, exist_ok=True)
        return found

    def projects(self) -> dict[str, bytes]:
        return {path: text for path, text in self.texts.items() if posixpath.basename(path) == "pyproject.toml"}

    def near(self, path: str, name: str) -> str | None:
        """The nearest file of this name beside `path` or above it."""
        folder: str = posixpath.dirname(path)
        while True:
            found = posixpath.join(folder, name)
            if found in self.texts:
                return found
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def settings_for(self, path: str) -> str | None:
        """The file whose uv settings count there: in one folder uv.toml hides pyproject.toml's."""
        toml, project = self.near(path, "uv.toml"), self.near(path, "pyproject.toml")
        if toml is None or project is None:
            return toml or project
        return toml if len(posixpath.dirname(toml)) >= len(posixpath.dirname(project)) else project


def _is_needed(path: str) -> bool:
    return posixpath.basename(path) in NEEDED or path.endswith(ARCHIVES)


def document(text: bytes) -> dict[str, object]:
    """Empty where it is no TOML."""
    try:
        return tomllib.loads(text.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return {}


def table(of: Mapping[str, object], name: str) -> dict[str, object]:
    found = of.get(name)
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
