"""A small uv project in a git repository, locked against a loopback index; nothing outside of a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.here import written
from tests.needs import needs

PYPROJECT = """[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = [{dependencies}]
[tool.uv]
package = false
[[tool.uv.index]]
url = "{index}"
default = true
"""


@dataclass(frozen=True, kw_only=True)
class Project:
    """`root` is the repository; `index` the URL of a package index."""

    root: Path
    index: str
    cache: Path  # uv's

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root.parent),
            "UV_CACHE_DIR": str(self.cache),
            "UV_PYTHON": sys.executable,
        }

    def write(self, files: Mapping[str, str], dependencies: str = "") -> None:
        """Dependencies as they stand in the list: '"a==1", "b"'."""
        written(self.root, files)
        if dependencies:
            project = PYPROJECT.format(dependencies=dependencies, index=self.index)
            written(self.root, {"pyproject.toml": project})

    def lock(self, *words: str) -> None:
        self._run(needs("uv"), "lock", "--quiet", *words)

    def export(self) -> str:
        return self._run(needs("uv"), "export", "--frozen", "--quiet", "--no-header")

    def commit(self, message: str, branch: str = "main") -> str:
        if not (self.root / ".git").exists():
            self._run("git", "init", "--quiet", "--initial-branch=main")
        if branch != "main":
            self._run("git", "switch", "--quiet", "-c", branch)
        self._run("git", "add", "--all")
        author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        self._run("git", *author, "commit", "--quiet", "--allow-empty", "-m", message)
        return self._run("git", "rev-parse", "HEAD").strip()

    def switch(self, branch: str) -> None:
        self._run("git", "switch", "--quiet", branch)

    def _run(self, *words: str) -> str:
        done = subprocess.run(words, cwd=self.root, env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def project(parent: Path, index: str, cache: Path | None = None) -> Project:
    root = parent / "repository"
    root.mkdir()
    return Project(root=root, index=index, cache=cache or parent / "uv-cache")
