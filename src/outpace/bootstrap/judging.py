"""Where proposals are judged: copies of a task's base with a change on them, and the project's Python over each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.bootstrap.testing import Asked, TestPlace

if TYPE_CHECKING:
    from outpace.app.climb_findings import Analysis
    from outpace.app.climb_runs import Tree
    from outpace.app.climb_upgrades import UpgradeGround
    from outpace.app.judge import Candidate
    from outpace.bootstrap import Workplace
    from outpace.model.proof import Proof
    from outpace.model.unknown import Unknown
    from outpace.proving.ladder.finding import Findings
    from outpace.proving.ladder.lent import Own
    from outpace.proving.ladder.patch import Patch
    from outpace.proving.tasks import Task
    from outpace.store.facts import Facts
    from outpace.stories.history import History


class JudgePlace(TestPlace):
    """Implements `app.judge.Place`."""

    @property
    def tier(self) -> str:
        from outpace.engines.confined_python import tier_of
        from outpace.sandbox.tiers import name

        return name(tier_of(unsafe_no_sandbox=self.asked.unsafe_no_sandbox))

    def at(self, revision: str, patch: Patch | None = None) -> Tree:
        from outpace.app.climb_runs import Tree
        from outpace.engines.proposed import laid_out

        root = self.tree_of(revision)
        self._bring_generated(root)
        if patch is not None:
            laid_out(patch, root)
        return Tree(root=root, inside=self.inside(root))

    def _bring_generated(self, tree: Path) -> None:
        """Modules that a build wrote beside tracked ones are on both sides."""
        from outpace.engines.workspace import generated

        for path in generated(self.repository.present(), self.repository.ignored()):
            source, target = self.root / path, tree / path
            if target.parent.is_dir() and source.is_file() and not source.is_symlink() and not target.exists():
                shutil.copy(source, target)

    def texts(self, revision: str) -> Mapping[str, str]:
        from outpace.engines.texts import texts

        return texts(self.tree_of(revision), self.repository.paths(revision))

    def files(self, tree: Tree) -> Mapping[str, str]:
        from outpace.engines.proposed import snapshot

        return snapshot(tree.root)

    def own(self, revision: str) -> Own:
        from outpace.proving.ladder.own import own_powers

        read = partial(self.repository.read, revision)
        return own_powers(self.repository.paths(revision), read, self._roots())

    def analysis(self, task: Task) -> Analysis | None:
        """By the analyzer that the task names; None where it names none."""
        from outpace.app.climb_findings import Analysis
        from outpace.engines.analyzer_command import AnalyzerCommand
        from outpace.engines.confined_python import ConfinedPython, tier_of
        from outpace.model.fact import digest_of
        from outpace.model.unknown import Unknown
        from outpace.proving.ladder.shape import matches

        name, waived = task.analyzer, self.asked.unsafe_no_sandbox
        if not name:
            return None
        declared = self.setup.configuration.analyzers.get(name)
        if declared is None:
            undeclared = Unknown("outpace.toml does not declare it", f"[analyzers.{name}] in outpace.toml")
            return Analysis(find=lambda _, __: undeclared, digest="")
        part = next((each for each in declared.parts if matches((*task.editable, *task.created), each)), None)
        if part is not None:
            theirs = Unknown(f"{part} is a part of it, and this task lets it be edited", "a task that does not")
            return Analysis(find=lambda _, __: theirs, digest="")

        def find(tree: Tree, instead: Mapping[str, bytes]) -> Findings | Unknown:
            python = ConfinedPython(tier=tier_of(unsafe_no_sandbox=waived), unsafe_allow_none=waived)
            command = AnalyzerCommand(name, declared, python, built=self.built, environ=self.environ)
            return command.find(tree.root, instead)

        return Analysis(find=find, digest=digest_of("analyzer", declared))

    @cached_property
    def workplace(self) -> Workplace:
        """The same application, with its facts and its exposures."""
        from outpace.bootstrap import Workplace

        here = Workplace(self.cwd, name=self.asked.name, report=self.report, environ=self.environ)
        self._opened.callback(here.close)
        return here

    @cached_property
    def facts(self) -> Facts:
        return self.workplace.facts

    @property
    def subject(self) -> str:
        return self.workplace.subject

    @cached_property
    def history(self) -> History:
        from outpace.stories.history import History

        return History(self.facts.of(self.subject))

    def upgrade(self, task: Task, candidate: Candidate, tested: Path) -> UpgradeGround:
        import msgspec

        from outpace.app.climb_upgrades import UpgradeGround
        from outpace.app.prove import prove
        from outpace.app.task_book import on_top_of
        from outpace.bootstrap.changing import proof_tools
        from outpace.bootstrap.proving import place_of

        here = self.workplace
        here.bring_advisories(offline=False)
        waived = self.asked.unsafe_no_sandbox
        tools = proof_tools(
            here.places, self.repository, here.world.rematch, report=self.report, unsafe_no_sandbox=waived
        )

        tools = msgspec.structs.replace(tools, granted=None)

        def proof() -> Proof:
            change = on_top_of(self.history, task, self.commit(task, candidate.patch))
            return prove(
                self.application, change.base, change.revision, purpose=change, tools=tools, probes=here.setup.probes
            )

        return UpgradeGround(
            application=self.application,
            proof=proof,
            environments=tools.environments,
            place=place_of(tools, unsafe_no_sandbox=waived),
            tested=tested,
            words=self.words,
            own=self.own(task.base),
            report=self.report,
        )

    def commit(self, task: Task, patch: Patch, message: str = "") -> str:
        """The change on top of its base; no branch points at it. Only plain files, as `shape` lets them pass."""
        from outpace.app.task_book import message_of

        changes = {file.path: file.after for file in patch.files if file.after is not None}
        return self.repository.commit(task.base, changes, message or message_of(task))

    # what is judged

    def from_diff(self, task: Task, diff: bytes, name: str = "the diff") -> Patch:
        """Raises BadInput, which says the name, where it does not apply."""
        from outpace.engines.proposed import between, put_onto

        base, change = self.tree_of(task.base), self.tree_of(task.base)
        put_onto(change, diff, name)
        return between(base, change, compiled=True)

    def from_revision(self, task: Task, revision: str) -> Patch:
        from outpace.engines.proposed import between

        return between(self.tree_of(task.base), self.tree_of(revision), compiled=True)

    def from_working_tree(self, task: Task) -> Patch:
        """What git tracks here and what it does not ignore, edits included; links as links, wherever they lead."""
        from outpace.engines.proposed import between
        from outpace.engines.workspace import left_out
        from outpace.proving.ladder.patch import Patch

        present = self.repository.present()
        known = {*present, *self.repository.paths(task.base)}
        odd = left_out(self.root, present).items()
        elsewhere = {path: place for path, place in odd if not self._is_submodule(task.base, path)}
        whole = between(self.tree_of(task.base), self.tree, elsewhere)
        return Patch(files=tuple(file for file in whole.files if file.path in known))

    def _is_submodule(self, base: str, path: str) -> bool:
        """Whether it is a submodule at base, whose files are no part of the change."""
        entry = self.repository.entry(base, path)
        return entry is not None and entry.kind == "commit"


@contextmanager
def judge_place(cwd: Path, asked: Asked, *, report: Callable[[str], None]) -> Generator[JudgePlace]:
    """What stands in the current directory's repository. Raises NotARepository, UsageError."""
    here = JudgePlace(cwd, asked, report=report)
    try:
        yield here
    finally:
        here.close()
