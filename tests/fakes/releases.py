"""An application in a git repository, and what builds releases of it, in a temporary folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from outpace.engines.confined_build import ConfinedBuild
from outpace.engines.git import Repository
from outpace.engines.python_by_install import production_recipe_for
from outpace.engines.python_environment import PythonEnvironments
from outpace.engines.release_build import ReleaseBuild
from outpace.engines.release_store import ReleaseStore, Stored
from outpace.formats.cyclonedx import bill
from outpace.model.application import Application
from outpace.model.edge import Build, Edge
from outpace.sandbox import NoSandbox, Tier, strongest
from tests.fakes.here import written
from tests.needs import missing

AT = "2026-01-02T03:04:05Z"
WHO = {f"GIT_{role}_{key}": "a@example.invalid" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
WHEN = {"GIT_AUTHOR_DATE": AT, "GIT_COMMITTER_DATE": AT}
PLAIN = Build(environment="none")


def tier() -> Tier:
    found = strongest()
    if isinstance(found, NoSandbox):
        missing("no tier of the sandbox can be formed")
    return found


def application(build: Build = PLAIN, path: str = ".", locks: tuple[str, ...] = ()) -> Application:
    run = ("./serve", "{port}") if build.environment == "none" else ("python", "-m", "shop", "{port}")
    return Application(name="shop", path=path, locks=locks, run=run, delivery="edge", edge=Edge(build=build))


def git(root: Path, *words: str) -> str:
    environ = {**os.environ, **WHO, **WHEN, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *words], cwd=root, env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def repository(root: Path, files: Mapping[str, str]) -> Path:
    """With one commit, whose id follows from the files alone."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    return committed(root, files)


def committed(root: Path, files: Mapping[str, str]) -> Path:
    written(root, files)
    for name, content in files.items():
        if content.startswith("#!"):
            (root / name).chmod(0o755)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Change")
    return root


class Workshop(Struct, frozen=True, kw_only=True):
    """One repository, and one store that its releases go to."""

    root: Path
    place: Path
    environ: Mapping[str, str]
    report: Callable[[str], None] = lambda _event: None

    @property
    def store(self) -> ReleaseStore:
        return ReleaseStore(self.place / "edge")

    def build(self, made: Application, revision: str = "HEAD", *, anew: bool = False) -> Stored:
        known = Repository(self.root, self.environ)
        environments = PythonEnvironments(
            self.place / "environments",
            environ=self.environ,
            builds=ConfinedBuild(tier=tier(), environ=self.environ),
            recipes=production_recipe_for,
        )
        builder = ReleaseBuild(self.store, known, environments, bill=bill, tier=tier(), report=self.report)
        found = known.resolve(revision)
        assert found is not None
        return builder.build(made, found, anew=anew)


def workshop(root: Path, place: Path, environ: Mapping[str, str] = os.environ) -> Workshop:
    return Workshop(root=root, place=place, environ=environ)
