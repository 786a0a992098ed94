"""What proving needs of the world, and the records that go back and forth."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeAlias

from msgspec import Struct

from outpace.model.application import Application
from outpace.model.probe import Answer, Request
from outpace.model.test_run import TestRun
from outpace.model.unknown import Unknown


class Built(Struct, frozen=True, tag=True, kw_only=True):
    """A finished environment. `digest` is of everything that it was made from."""

    path: str
    digest: str
    python: str  # its version
    readable: tuple[str, ...] = ()  # what must be readable beside it: the interpreter that it stands on
    roots: tuple[str, ...] = ()  # relative to the tree: where the project's own modules lie
    caveats: tuple[str, ...] = ()
    cached: bool = False


Environment: TypeAlias = Built | Unknown


class Environments(Protocol):
    """Fresh environments from a lock, one per content."""

    def build(self, tree: Path, application: Application, also: tuple[str, ...] = ()) -> Environment:
        """`also` is what is installed beyond what is usual, in the words of the application's `install`."""
        ...

    def version(self, built: Built, package: str) -> str | None:
        """Of the installed package; None where it is not installed."""
        ...

    def modules(self, built: Built, package: str) -> tuple[str, ...] | Unknown:
        """The topmost modules that the installed package brings; Unknown where it is not installed."""
        ...

    def dependents(self, built: Built, packages: frozenset[str]) -> tuple[str, ...]:
        """The installed packages that ask for one of these, then those that ask for them; nearest first."""
        ...


class Loaded(Struct, frozen=True, tag=True, kw_only=True):
    module: str


class NotLoaded(Struct, frozen=True, tag=True, kw_only=True):
    module: str
    why: str


Import: TypeAlias = Loaded | NotLoaded


class Imports(Protocol):
    def load(
        self, built: Built, tree: Path, application: Application, modules: tuple[str, ...]
    ) -> tuple[Import, ...] | Unknown:
        """Each module is imported in a process of its own, in the sandbox; the answers in the order asked."""
        ...


class Suites(Protocol):
    def run(self, built: Built, tree: Path, application: Application, only: tuple[str, ...] = ()) -> TestRun:
        """Runs the application's suite in the sandbox; `only` names nodes. The tree is written to and thrown away."""
        ...


class Exchange(Struct, frozen=True, tag=True, kw_only=True):
    """One rehearsal: the benign twin, the exploit, and the twin again."""

    before: Answer
    exploit: Answer
    after: Answer


Rehearsed: TypeAlias = Exchange | Unknown


class Rehearsals(Protocol):
    def run(self, built: Built, tree: Path, application: Application, exploit: Request, benign: Request) -> Rehearsed:
        """Starts the application and talks to it in one sandbox call."""
        ...


class Trees(Protocol):
    """Revisions of a repository. `outpace.engines.git.Repository` is one."""

    def resolve(self, name: str) -> str | None: ...
    def head(self) -> str: ...
    def branch(self) -> str | None: ...
    def merge_base(self, one: str, other: str) -> str | None: ...
    def parents(self, revision: str) -> tuple[str, ...]: ...
    def tree(self, revision: str) -> str: ...
    def paths(self, revision: str) -> tuple[str, ...]: ...
    def read(self, revision: str, path: str) -> bytes | None: ...
    def changed(self, base: str, revision: str) -> tuple[tuple[str, str], ...]: ...
    def message(self, revision: str) -> str: ...
    def worktree(self, revision: str) -> AbstractContextManager[Path]: ...


class Results(Protocol):
    """Bytes by digest. Whatever is kept here may vanish at any time."""

    def get(self, digest: str) -> bytes | None: ...
    def put(self, digest: str, content: bytes) -> None: ...
