"""Where the commands of `outpace test` stand: the project, a copy of its files, and its own Python in the sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from outpace.bootstrap import Places, places
from outpace.model.errors import EngineError
from outpace.model.unknown import Unknown

if TYPE_CHECKING:
    from outpace.app.applications import Setup
    from outpace.engines.cache import Cache
    from outpace.engines.git import Repository
    from outpace.engines.inside_python import InsidePython
    from outpace.engines.own_formatter import OwnFormatter
    from outpace.engines.verdicts import Verdicts
    from outpace.proving.ports import Built


class Asked(Struct, frozen=True, kw_only=True):
    """What the options of every command of `outpace test` say."""

    name: str | None = None
    python: Path | None = None
    unsafe_no_sandbox: bool = False


class TestPlace:
    """One application of the repository that a command stands in, with everything made on first use."""

    __test__ = False

    def __init__(
        self, cwd: Path, asked: Asked, *, report: Callable[[str], None], environ: Mapping[str, str] = os.environ
    ) -> None:
        from outpace.app.applications import setup_here
        from outpace.engines.checkout import Checkout
        from outpace.engines.git import Repository

        self.report = report
        self.environ = environ
        self.asked = asked
        self.cwd = cwd.resolve()
        self.repository: Repository = Repository(cwd, environ)
        self.root = self.repository.root
        self.setup: Setup = setup_here(Checkout(self.repository), name=asked.name)
        self.application = self.setup.application
        self.places: Places = places(environ)
        self._opened = ExitStack()

    @cached_property
    def tree(self) -> Path:
        """The files as they lie here, edits included, in a copy that may be written to."""
        from outpace.engines.workspace import workspace

        return self._opened.enter_context(workspace(self.repository))

    def another_tree(self) -> Path:
        """The same files in one more copy, for what may leave its copy changed."""
        from outpace.engines.workspace import workspace

        return self._opened.enter_context(workspace(self.repository))

    def tree_of(self, revision: str) -> Path:
        """The files of a revision, in a copy of its own."""
        return self._opened.enter_context(self.repository.worktree(revision))

    @cached_property
    def cache(self) -> Cache:
        from outpace.engines.cache import Cache

        return Cache(self.places.cache / "testing")

    @cached_property
    def verdicts(self) -> Verdicts:
        """On the application's mutants, from earlier runs."""
        from outpace.engines.verdicts import Verdicts
        from outpace.model.fact import digest_of

        roots = sorted(self.repository.root_commits(self.repository.head()))
        name = digest_of("mutants", roots, self.application.path, self.application.name)
        return Verdicts(self.places.cache / "testing" / "mutants" / f"{name}.jsonl")

    def keep_strength(self, judged: int, killed: int, unreached: int, sampled_of: int) -> None:
        """Told of a revision alone: with edits, or in a shallow clone, it is of nothing that `assess` could name."""
        from outpace.app.baselines import Baselines
        from outpace.assessment.suite_strength import SuiteStrength
        from outpace.model.times import now
        from outpace.store.facts import Facts

        if self.repository.shallow() or self.repository.dirty():
            return
        head = self.repository.head()
        told = SuiteStrength(
            commit=head, at=now(), judged=judged, killed=killed, unreached=unreached, sampled_of=sampled_of
        )
        with Facts(self.places.state / "facts.sqlite") as facts:
            Baselines(facts, self.repository.root_commits(head)).keep_strength(told)

    @cached_property
    def built(self) -> Built:
        """`--python`, else the project's own environment, else one made from its lock. Raises NotFound, EngineError."""
        from outpace.engines.own_python import described, found

        named = self.asked.python or found(self.root, self.environ)
        if named is not None:
            return described(named.absolute(), self._roots())
        built = self._made()
        if isinstance(built, Unknown):
            raise EngineError(
                f"no environment could be made for the tests: {built.why}",
                hint="name a Python that has the project's dependencies and pytest: --python .venv/bin/python",
            )
        return built

    @property
    def has_pytest(self) -> bool:
        """Whether the environment can run tests that are written for pytest."""
        return self.has("pytest")

    def has(self, distribution: str) -> bool:
        """Whether the environment has it installed."""
        from outpace.engines.dependents import distributions

        return any(name == distribution for name, _ in distributions(Path(self.built.path)))

    def inside(self, tree: Path | None = None) -> InsidePython:
        """The project's Python over the copy, or over another tree. Raises Unconfined where there is no sandbox."""
        from outpace.engines.confined_python import ConfinedPython, tier_of
        from outpace.engines.inside_python import InsidePython

        waived = self.asked.unsafe_no_sandbox
        where = tree or self.tree
        application = self.application
        return InsidePython(
            ConfinedPython(tier=tier_of(unsafe_no_sandbox=waived), unsafe_allow_none=waived),
            built=self.built,
            tree=where,
            cwd=where / (application.test_path or application.path),
            env=application.test_env,
            report=self.report,
        )

    @property
    def own_folders(self) -> tuple[str, ...]:
        """Folders for temporary files that everybody shares elsewhere, and that each call of `inside` has to itself."""
        from outpace import sandbox

        return sandbox.own_folders(sandbox.strongest())

    def formatter(self, name: str) -> OwnFormatter:
        """The project's own, over the copy."""
        from outpace.engines.confined_python import ConfinedPython, tier_of
        from outpace.engines.own_formatter import OwnFormatter

        waived = self.asked.unsafe_no_sandbox
        python = ConfinedPython(tier=tier_of(unsafe_no_sandbox=waived), unsafe_allow_none=waived)
        return OwnFormatter(python, built=self.built, tree=self.tree, name=name)

    @property
    def words(self) -> tuple[str, ...]:
        """What the project hands to pytest, without the program's name; nothing where it runs something else."""
        test = self.application.test
        for start in (("pytest",), ("python", "-m", "pytest")):
            if test[: len(start)] == start:
                return test[len(start) :]
        return ()

    def _roots(self) -> tuple[str, ...]:
        """Where modules lie: the application's directory, and `src` where a source layout has it."""
        path = self.application.path
        source = Path(path) / "src"
        has_source = (self.root / source).is_dir() and not (self.root / source / "__init__.py").exists()
        return tuple(str(place) for place in ((source, Path(path)) if has_source else (Path(path),)))

    def _made(self) -> Built | Unknown:
        import msgspec

        from outpace.engines.confined_build import ConfinedBuild
        from outpace.engines.confined_python import tier_of
        from outpace.engines.python_environment import PythonEnvironments

        waived = self.asked.unsafe_no_sandbox
        builds = ConfinedBuild(tier=tier_of(unsafe_no_sandbox=waived), environ=self.environ, unsafe_allow_none=waived)
        made = PythonEnvironments(
            self.places.cache / "environments", environ=self.environ, builds=builds, report=self.report
        )
        by_pytest = msgspec.structs.replace(self.application, test=("pytest",))
        built = made.build(self.tree, by_pytest)
        if isinstance(built, Unknown):
            return built
        roots = tuple(dict.fromkeys((*built.roots, *self._roots())))
        return msgspec.structs.replace(built, roots=roots)

    def close(self) -> None:
        self._opened.close()


@contextmanager
def test_place(cwd: Path, asked: Asked, *, report: Callable[[str], None]) -> Generator[TestPlace]:
    """What stands in the current directory's repository. Raises NotARepository, UsageError."""
    here = TestPlace(cwd, asked, report=report)
    try:
        yield here
    finally:
        here.close()
