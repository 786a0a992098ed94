"""Proving without processes: revisions in a table, environments without packages, suites that say what a file says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from outpace.model.application import Application
from outpace.model.fact import digest_of
from outpace.model.probe import Request, Response
from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built, Environment, Exchange, Import, Loaded, NotLoaded, Rehearsed
from tests.fakes.here import written


class MemoryTrees:
    """Implements `proving.ports.Trees`: a line of commits, each (files, message); branches by name."""

    def __init__(self, commits: Sequence[tuple[Mapping[str, str], str]], branches: Mapping[str, int]) -> None:
        self._commits = commits
        self._branches = branches

    def name(self, number: int) -> str:
        return hashlib.sha1(f"{number}".encode(), usedforsecurity=False).hexdigest()

    def _files(self, revision: str) -> Mapping[str, str]:
        return self._commits[self._number(revision)][0]

    def _number(self, revision: str) -> int:
        return next(number for number in range(len(self._commits)) if self.name(number) == revision)

    def resolve(self, name: str) -> str | None:
        known = {self.name(number) for number in range(len(self._commits))}
        return self.name(self._branches[name]) if name in self._branches else name if name in known else None

    def head(self) -> str:
        return self.name(len(self._commits) - 1)

    def branch(self) -> str | None:
        return next((name for name, number in self._branches.items() if self.name(number) == self.head()), None)

    def merge_base(self, one: str, other: str) -> str | None:
        return self.name(min(self._number(one), self._number(other)))

    def parents(self, revision: str) -> tuple[str, ...]:
        number = self._number(revision)
        return (self.name(number - 1),) if number else ()

    def tree(self, revision: str) -> str:
        return digest_of(sorted(self._files(revision).items()))

    def paths(self, revision: str) -> tuple[str, ...]:
        return tuple(sorted(self._files(revision)))

    def read(self, revision: str, path: str) -> bytes | None:
        content = self._files(revision).get(path)
        return None if content is None else content.encode()

    def changed(self, base: str, revision: str) -> tuple[tuple[str, str], ...]:
        before, after = self._files(base), self._files(revision)
        differ = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        return tuple(("A" if path not in before else "D" if path not in after else "M", path) for path in differ)

    def message(self, revision: str) -> str:
        return self._commits[self._number(revision)][1]

    @contextmanager
    def worktree(self, revision: str) -> Generator[Path]:
        with TemporaryDirectory() as place:
            yield written(Path(place), self._files(revision))


class MemoryResults:
    """Implements `proving.ports.Results`."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, digest: str) -> bytes | None:
        return self._kept.get(digest)

    def put(self, digest: str, content: bytes) -> None:
        self._kept[digest] = content


class EmptyEnvironments:
    """Implements `proving.ports.Environments`: one for each content of uv.lock."""

    def __init__(self) -> None:
        self._locks: dict[str, str] = {}

    def build(self, tree: Path, application: Application, also: tuple[str, ...] = ()) -> Environment:
        lock = tree / "uv.lock"
        if not lock.is_file():
            return Unknown("no lock was found", "`locks` in outpace.toml: uv.lock, pylock.toml or requirements files")
        digest = digest_of(lock.read_text())
        self._locks[digest] = lock.read_text()
        return Built(path="/nowhere", digest=digest, python="3.11.0")

    def modules(self, built: Built, package: str) -> tuple[str, ...] | Unknown:
        return (package.replace("-", "_"),)

    def dependents(self, built: Built, packages: frozenset[str]) -> tuple[str, ...]:
        return ()

    def version(self, built: Built, package: str) -> str | None:
        found = re.search(rf'name = "{re.escape(package)}"\nversion = "(.*)"', self._locks[built.digest])
        return None if found is None else found[1]


class WrittenImports:
    """Implements `proving.ports.Imports`: what the file `broken` names does not import."""

    def load(
        self, built: Built, tree: Path, application: Application, modules: tuple[str, ...]
    ) -> tuple[Import, ...] | Unknown:
        broken = (tree / "broken").read_text().split() if (tree / "broken").is_file() else []
        return tuple(
            NotLoaded(module=module, why="broken") if module in broken else Loaded(module=module) for module in modules
        )


class WrittenSuites:
    """Implements `proving.ports.Suites`: `suite` holds lines `passed NAME`, `failed NAME`, `skipped NAME`."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, built: Built, tree: Path, application: Application, only: tuple[str, ...] = ()) -> TestRun:
        self.runs += 1
        rows = [line.split() for line in (tree / "suite").read_text().splitlines()]
        kinds = {
            kind: tuple(name for found, name in rows if found == kind and (not only or name in only))
            for kind in ("passed", "failed", "skipped")
        }
        if kinds["failed"]:
            failures = tuple(FailedTest(name=name, message="failed", node=name) for name in kinds["failed"])
            return Red(failures=failures, passed=kinds["passed"], skipped=kinds["skipped"])
        if not kinds["passed"]:
            return Unknown("no test ran", "a suite that runs")
        return Green(passed=kinds["passed"], skipped=kinds["skipped"])


class WrittenRehearsals:
    """Implements `proving.ports.Rehearsals`: `served PATH` holds the answer's body; what is not there is a 404."""

    def run(self, built: Built, tree: Path, application: Application, exploit: Request, benign: Request) -> Rehearsed:
        if not application.run:
            return Unknown("nothing starts it", "`run` in outpace.toml")
        first, second = (self._answer(tree, asked.path) for asked in (exploit, benign))
        return Exchange(before=second, exploit=first, after=second)

    def _answer(self, tree: Path, path: str) -> Response:
        served = tree / f"served {path.replace('/', ' ')}"
        return Response(status=200, body=served.read_bytes()) if served.is_file() else Response(status=404)
