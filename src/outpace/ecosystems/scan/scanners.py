"""Which scanner reads which file, told by its name."""

from __future__ import annotations

import posixpath

from outpace.ecosystems.kinds import is_conda_environment, is_conda_lock, is_requirements
from outpace.ecosystems.scan.pins import Scanned, Unscannable

NAMED = frozenset(
    {
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "Pipfile.lock",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "Cargo.lock",
        "go.mod",
        "Gemfile.lock",
    }
)


def kind_of(path: str) -> str | None:
    """The format that the name promises; None where it is no lock."""
    name = posixpath.basename(path)
    if name in NAMED:
        return name
    if name.endswith(".py.lock"):
        return "uv.lock"
    if name == "gems.locked":
        return "Gemfile.lock"
    if name.startswith("pylock.") and name.endswith(".toml"):
        return "pylock.toml"
    if is_conda_lock(path):
        return "conda-lock.yml"
    if is_conda_environment(path):
        return "environment.yml"
    return "requirements" if is_requirements(path) else None


def scan(path: str, data: bytes) -> Scanned | Unscannable:
    """Never raises, in time linear to the size."""
    return Unscannable(f"{kind_of(path) or 'a file of this name'} cannot be read yet, and {len(data)} bytes are left")
