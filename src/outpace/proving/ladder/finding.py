"""Whether the finding that a change is for is gone, and nothing new is found: what an analyzer tells of both sides."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.ecosystems.spelling import printable
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.words import counted
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import matches
from outpace.proving.tasks import Task

Level: TypeAlias = Literal["none", "note", "warning", "error"]
QUIET = frozenset({"none", "note"})
SHOWN = 5
GROWS = 64 << 10


class Finding(Struct, frozen=True, kw_only=True):
    """One result of an analyzer. Lines count from 1; 0 where none is told, and no path where it is of no file."""

    rule: str
    path: str = ""
    line: int = 0
    last: int = 0
    level: Level = "warning"
    message: str = ""
    fingerprints: frozenset[tuple[str, str]] = frozenset()
    suppressed: bool = False

    @property
    def told(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path or "no place"
        return printable(f"{self.rule} at {place}" + (f": {self.message}" if self.message else ""))


class Findings(Struct, frozen=True, kw_only=True):
    """All of one run. `failures` is what the analyzer says that it could not do."""

    tool: str
    found: tuple[Finding, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.found if not each.suppressed)


def targets(task: Task, base: Findings) -> tuple[Finding, ...]:
    """The findings that are to go: of the rule, in the file or on the line that the task names, else wherever it may
    edit."""
    path, line = place_of(task.finding)
    known = (each for each in base.shown if _is_of(task.rule, each))
    if not path:
        return tuple(each for each in known if matches(task.editable, each.path))
    return tuple(each for each in known if each.path == path and (not line or each.line <= line <= each.last))


def place_of(finding: str) -> tuple[str, int]:
    """Of `PATH` or `PATH:LINE`."""
    path, _, line = finding.rpartition(":")
    return (path, int(line)) if path and line.isdecimal() and len(line) < 10 else (finding, 0)


def missing(task: Task, base: Findings) -> CheckUndecided:
    """Where nothing that is to go is found on base, nothing can be seen to go."""
    there = [each for each in base.shown if _is_of(task.rule, each)]
    others = sorted({each.rule for each in base.shown if matches(task.editable, each.path)})
    told = "; ".join(each.told for each in there[:SHOWN]) or f"there are {', '.join(others[:SHOWN]) or 'none'}"
    return CheckUndecided(
        f"on base {base.tool} finds no {task.rule} in {task.finding or 'what may be edited'}; {told}",
        "`rule` and `finding` of the task as the analyzer tells them of base",
    )


def judge(task: Task, base: Findings, change: Findings, patch: Patch) -> Result:
    """Suppressions believed: `silenced` looks behind them."""
    wanted = targets(task, base)
    if not wanted:
        return missing(task, base)
    if unread := _unread(base, change, patch):
        return CheckUndecided(f"{change.tool} may not have looked at all of the change: {unread}")
    still, rest = _unpaired(task, wanted, base.shown, change.shown, patch)
    own = [each for each in rest if _is_of(task.rule, each)]
    new = [each for each in rest if each.level not in QUIET]
    if still:
        return Failed(f"still found: {still[0].told}{_and_more(still)}")
    if own:
        return Failed(f"found elsewhere now: {own[0].told}{_and_more(own)}")
    if new:
        return Failed(f"found anew: {new[0].told}{_and_more(new)}")
    gone = counted(len(wanted), "finding")
    return Passed(f"{gone} of {task.rule} on base, none of them on the change and nothing new, by {change.tool}")


def _unread(base: Findings, change: Findings, patch: Patch) -> str:
    """What of the change was perhaps left out, with why; empty where there is nothing."""
    failed = (each for each in change.failures if each not in base.failures)
    grown = (file.path for file in patch.files if len(file.after or b"") > len(file.before or b"") + GROWS)
    large = (f"{printable(path)} grows by more than {GROWS >> 10} KiB" for path in grown)
    return next(iter((*failed, *large)), "")


def _and_more(found: Sequence[Finding]) -> str:
    return f", and {len(found) - 1} more" if len(found) > 1 else ""


def is_hidden(change: Findings, bare: Findings) -> bool:
    """Whether more is found where nothing is suppressed; `bare` is of the change without a word that suppresses."""
    known = {(each.rule, each.path, each.line) for each in change.shown}
    return any((each.rule, each.path, each.line) not in known for each in bare.found)


def silenced(task: Task, wanted: Iterable[Finding], base: Findings, change: Findings, patch: Patch) -> Failed | None:
    """Of both sides without a word that suppresses, and what is suppressed otherwise counted: what was silent on base
    already may stay so."""
    spots = {(each.rule, each.path, each.line) for each in wanted}
    before = tuple(each for each in base.found if (each.rule, each.path, each.line) in spots)
    still, rest = _unpaired(task, before, base.found, change.found, patch)
    against = [*still, *(each for each in rest if _is_of(task.rule, each) or each.level not in QUIET)]
    if not against:
        return None
    return Failed(f"silenced, not gone: {against[0].told}{_and_more(against)}")


def _is_of(rule: str, each: Finding) -> bool:
    """A rule may have parts: `CA1000/1`."""
    return each.rule == rule or each.rule.startswith(f"{rule}/")


Key: TypeAlias = Callable[[Finding], Hashable | None]
"""What findings that are one have in common on both sides; None: nothing."""


def _unpaired(
    task: Task, wanted: Sequence[Finding], before: Sequence[Finding], after: Sequence[Finding], patch: Patch
) -> tuple[list[Finding], list[Finding]]:
    """What is still there of what is wanted to go, and what of the change has nothing on base that it could be.

    Findings of one rule in one file are the same where they lie on the same unchanged line or have the same
    fingerprint; then where their line reads the same, since lines move; then where their line was edited in the same
    place of the change. What is to go is taken for none of the last two, and its rule not for the last: a sink that was
    moved or worded in another way is found still."""
    was, now = _Side(patch, is_after=False), _Side(patch, is_after=True)
    old, new, going = list(before), list(after), frozenset(wanted)
    still: list[Finding] = []
    for mine, theirs in ((was.unchanged, now.unchanged), (_fingerprint, _fingerprint)):
        pairs, old, new = _paired(old, new, mine, theirs)
        still += [after for before, after in pairs if before in going]
    old = [each for each in old if each not in going]
    _, old, new = _paired(old, new, was.text, now.text)
    own = [each for each in new if _is_of(task.rule, each)]
    others = [each for each in new if not _is_of(task.rule, each)]
    _, _, others = _paired(old, others, was.hunk, now.hunk)
    return _sorted(still), _sorted((*own, *others))


def _sorted(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda each: (each.path, each.line, each.rule, each.message))


def _paired(
    before: Iterable[Finding], after: Iterable[Finding], was: Key, now: Key
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    """One to one, and what is left of both."""
    there: dict[Hashable, list[Finding]] = {}
    left: list[Finding] = []
    for each in before:
        key = was(each)
        if key is None:
            left.append(each)
        else:
            there.setdefault((each.rule, each.path, key), []).append(each)
    pairs: list[tuple[Finding, Finding]] = []
    rest: list[Finding] = []
    for each in after:
        key = now(each)
        same = there.get((each.rule, each.path, key)) if key is not None else None
        if same:
            pairs.append((same.pop(), each))
        else:
            rest.append(each)
    return pairs, [*left, *(each for found in there.values() for each in found)], rest


def _fingerprint(each: Finding) -> Hashable | None:
    return each.fingerprints or None


class _Side:
    """Of base or of the change: where a line is on the other side. Lines that both have, in their order, are the same;
    a file that is not edited has all of them."""

    def __init__(self, patch: Patch, *, is_after: bool) -> None:
        self._edited = {file.path: sorted(file.added if is_after else file.removed) for file in patch.files}
        self._lines = {
            file.path: ((file.after if is_after else file.before) or b"").splitlines() for file in patch.files
        }

    def _kept(self, each: Finding) -> tuple[bool, int]:
        """Whether the other side has its line too, and how many such lines come before."""
        edited = self._edited.get(each.path, [])
        at = bisect_left(edited, each.line)
        return each.line not in edited[at : at + 1], each.line - 1 - at

    def unchanged(self, each: Finding) -> Hashable | None:
        is_kept, at = self._kept(each)
        return at if is_kept and each.line else None

    def text(self, each: Finding) -> Hashable | None:
        """Of its line, however far it is indented; of what has no line, the message."""
        if not each.line:
            return each.message
        lines = self._lines.get(each.path, [])
        return b" ".join(lines[each.line - 1].split()) if each.line <= len(lines) else None

    def hunk(self, each: Finding) -> Hashable | None:
        is_kept, at = self._kept(each)
        return None if is_kept or not each.line else at
