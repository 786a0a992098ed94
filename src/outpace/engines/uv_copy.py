"""The copy that uv works in: only the files of a revision that it needs, never the working tree."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

from outpace.model.toml import document

NEEDED = frozenset({"pyproject.toml", "uv.toml", ".python-version"})
ARCHIVES = (".whl",)
NO_BACKEND = "outpace_forbids_builds"
STAND_IN = "0+outpace"


class Copy:
    """Settings, project files and wheels of a revision, laid out under `place` as they lie in the repository."""

    def __init__(
        self, place: Path, *, paths: tuple[str, ...], look_up: Callable[[str], bytes | None], also: tuple[str, ...] = ()
    ) -> None:
        self.place = place
        wanted = (path for path in paths if path in also or _is_needed(path))
        self.texts = {path: content for path in wanted if (content := look_up(path)) is not None}

    def lay_out(self, edits: Mapping[str, bytes]) -> None:
        """The files as they are in the revision, but for the edits and for what could run code."""
        for path, content in {**self.texts, **edits}.items():
            file = self.place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(inert(content) if file.name == "pyproject.toml" else content)

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


@lru_cache(maxsize=256)
def inert(project: bytes) -> bytes:
    """A pyproject.toml whose build backend cannot be started, since uv builds editable projects even with --no-build.

    A version that only the backend knows gets a stand-in, which `without_stand_in` takes out of the lock again.
    """
    try:
        whole = document(project.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return b""
    declared = table(whole, "project").get("dynamic")
    dynamic = cast("list[str]", declared) if isinstance(declared, list) else []
    if "build-system" not in whole and "version" not in dynamic:
        return project
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        edited = tomlkit.parse(project.decode())
    except TOMLKitError:
        return b""
    if "build-system" in whole:
        edited["build-system"] = {"requires": [], "build-backend": NO_BACKEND}
    if "version" in dynamic:
        own = cast("dict[str, object]", edited["project"])
        own["dynamic"] = [name for name in dynamic if name != "version"]
        own["version"] = STAND_IN
    return tomlkit.dumps(edited).encode()


def without_stand_in(lock: bytes) -> bytes:
    return lock.replace(f'version = "{STAND_IN}"\n'.encode(), b"")


def _is_needed(path: str) -> bool:
    return posixpath.basename(path) in NEEDED or path.endswith(ARCHIVES)


def table(of: Mapping[str, object], name: str) -> dict[str, object]:
    found = of.get(name)
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
