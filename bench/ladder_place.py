"""Where the exam of the ladder is sat: trees of the corpus, and this Python over them, all in the sandbox."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from outpace import sandbox
from outpace.app.climb_runs import Tree
from outpace.app.climb_upgrades import UpgradeGround
from outpace.app.judge import Candidate
from outpace.engines.confined_python import ConfinedPython, Limits
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.engines.proposed import laid_out, snapshot
from outpace.engines.texts import texts
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.own import own_powers
from outpace.proving.ladder.patch import Patch
from outpace.proving.ports import Built
from outpace.proving.tasks import Task
from outpace.sandbox.tiers import name

WORDS = ("-q", "-p", "no:cacheprovider")
ENV = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
SECONDS = 120.0
NOISE = shutil.ignore_patterns("__pycache__", ".pytest_cache")


class ExamPlace:
    """Implements `app.judge.Place` for one base of the corpus; `revision` means nothing here."""

    words = WORDS

    def __init__(self, base: Path, room: Path, built: Built) -> None:
        self.base, self.room, self.built = base, room, built
        self.python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=False)

    @property
    def tier(self) -> str:
        return name(sandbox.strongest())

    @property
    def report(self) -> Callable[[str], None]:
        return lambda _: None

    def copy(self) -> Path:
        root = Path(tempfile.mkdtemp(dir=self.room)) / "tree"
        shutil.copytree(self.base, root, symlinks=True, ignore=NOISE)
        return root

    def at(self, revision: str, patch: Patch | None = None) -> Tree:
        del revision
        root = self.copy()
        if patch is not None:
            laid_out(patch, root)
        return Tree(root=root, inside=InsidePython(self.python, built=self.built, tree=root, cwd=root, env=ENV))

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(snapshot(self.base)))

    def texts(self, revision: str) -> Mapping[str, str]:
        del revision
        return texts(self.base, self.paths())

    def files(self, tree: Tree) -> Mapping[str, str]:
        return snapshot(tree.root)

    def own(self, revision: str) -> Own:
        del revision
        known = set(self.paths())
        return own_powers(known, lambda path: (self.base / path).read_bytes() if path in known else None)

    def upgrade(self, task: Task, candidate: Candidate, tested: Path) -> UpgradeGround:
        raise NotImplementedError("the corpus has no upgrades")

    def green(self, tree: Path) -> bool:
        """What the usual gate asks: whether the change's own suite exits with 0."""
        confined = self.python.run(
            self.built,
            ("python", "-m", "pytest", *WORDS),
            tree=tree,
            cwd=tree,
            limits=Limits(seconds=SECONDS),
            network=sandbox.Loopback(),
            env=ENV,
        )
        return confined.done.returncode == 0 and not confined.done.timed_out


@contextmanager
def exam_place(base: Path) -> Generator[ExamPlace]:
    with tempfile.TemporaryDirectory(prefix="ladder-") as room:
        yield ExamPlace(base, Path(room), described(Path(sys.executable), (".",)))
