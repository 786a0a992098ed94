"""Whether everything that a change adds ran in its trial: what no input reaches may wait for one of its own."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code, is_test


class Missed(Struct, frozen=True, kw_only=True, order=True):
    """Something on this line never ran."""

    path: str
    line: int
    what: str = ""


def wanted(patch: Patch) -> dict[str, tuple[int, ...]]:
    """The added lines of each Python file that is no test."""
    return {file.path: tuple(sorted(file.added)) for file in code(patch) if file.added}


def taken(patch: Patch) -> dict[str, tuple[int, ...]]:
    """The removed lines of each Python file that is no test, by their numbers on base."""
    files = (file for file in patch.files if file.is_python and file.before is not None and not is_test(file.path))
    return {file.path: tuple(sorted(file.removed)) for file in files if file.removed}


def judge_taken(patch: Patch, missed: Sequence[Missed] | None) -> Result:
    """What goes has to have run on base: a guard that nothing reaches may be gone, and nothing would tell."""
    if not taken(patch):
        return Skipped("no code is taken away")
    if missed is None:
        return CheckUndecided("nothing tells which of the code that is taken away ran on base")
    if missed:
        first = min(missed)
        return Failed(f"it takes away code that no test and no case runs on base: {first.path}:{first.line}")
    return Passed("all that is taken away ran on base")


def judge(patch: Patch, missed: Sequence[Missed] | None) -> Result:
    """`missed` is None where nothing told of what ran."""
    lines = sum(len(each) for each in wanted(patch).values())
    if not lines:
        return Skipped("no code is added")
    if missed is None:
        return CheckUndecided("nothing tells which of the added code ran")
    if missed:
        first = min(missed)
        more = f" and {counted(len(missed) - 1, 'other line')}" if len(missed) > 1 else ""
        return Failed(f"added code that no test and no case runs: {first.path}:{first.line}{more}")
    return Passed(f"all of {counted(lines, 'added line')} ran")
