"""The rung that asks an analyzer: whether the finding is gone, nothing new is found, and nothing is silenced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from outpace.app.climb_runs import Tree
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.proving.ladder import finding
from outpace.proving.ladder.finding import Findings
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.unheeded import unheeded
from outpace.proving.tasks import Task

Find: TypeAlias = Callable[[Tree, Mapping[str, bytes]], Findings | Unknown]
"""What the task's analyzer finds in a tree in which some files, by their paths, hold something else."""


class Analysis(Struct, frozen=True, kw_only=True):
    """`digest` is of how the analyzer is declared: declared in another way, it may answer otherwise."""

    find: Find
    digest: str


class _NotTold(Exception):
    """What the analyzer could not tell."""

    def __init__(self, result: CheckUndecided) -> None:
        super().__init__(result.missing)
        self.result = result


def judged(
    task: Task, patch: Patch, base: Tree, change: Tree, find: Find | None, report: Callable[[str], None]
) -> Result:
    if not task.rule:
        return Skipped("no finding is named")
    if not task.analyzer:
        return Skipped("no analyzer is declared")
    if find is None:
        return CheckUndecided(f"the analyzer {task.analyzer} is not to be had here", "outpace prove --task")
    report(f"asking {task.analyzer} what it finds on base and on the change")
    try:
        return _Asking(task, patch, base, change, find).judged()
    except _NotTold as error:
        return error.result


class _Asking:
    """Two runs where that settles it, else three; a fourth where the change without its comments shows more."""

    def __init__(self, task: Task, patch: Patch, base: Tree, change: Tree, find: Find) -> None:
        self.task, self.patch, self.base, self.change, self.find = task, patch, base, change, find

    def judged(self) -> Result:
        base = self._found(self.base, "base")
        if not finding.targets(self.task, base):
            return finding.missing(self.task, base)
        change = self._found(self.change, "the change")
        found = finding.judge(self.task, base, change, self.patch)
        return (self._silenced(base, change) or found) if isinstance(found, Passed) else found

    def _silenced(self, base: Findings, change: Findings) -> Failed | None:
        mute = unheeded(self.patch)
        after = {file.path: file.after for file in mute.files if file.after is not None}
        bare = self._found(self.change, "the change without its comments", after)
        if not finding.is_hidden(change, bare):
            return None
        before = {file.path: file.before for file in mute.files if file.before is not None}
        without = self._found(self.base, "base without its comments", before)
        return finding.silenced(self.task, finding.targets(self.task, base), without, bare, mute)

    def _found(self, tree: Tree, side: str, instead: Mapping[str, bytes] | None = None) -> Findings:
        found = self.find(tree, instead or {})
        if isinstance(found, Unknown):
            raise _NotTold(CheckUndecided(f"{self.task.analyzer} on {side}: {found.why}", found.would_settle))
        return found
