"""How `outpace test gaps` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from outpace.app.test_gaps import Found
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable
from outpace.formats.test_mutants import hunk, said_of
from outpace.model.words import counted
from outpace.testing.gaps.filling import FileEdit, Filling, MutantName, patch
from outpace.testing.gaps.gaps import Gap, Survivor, Untaken, place_of
from outpace.testing.mutants.trial import Survived, Tried, Unreached, Unstable

SHOWN = 5
DIFF_SHOWN = 40


class Told(Struct, frozen=True, kw_only=True):
    """What was found and made, and whether the edits have been written."""

    found: Found
    filling: Filling
    edits: tuple[FileEdit, ...] = ()
    written: bool = False


class GapV1(Struct, frozen=True, kw_only=True):
    """`branch`: no test takes this outcome of the condition. `mutant`: no test notices it; `executions` are runs of
    tests that reach it, 0 where none does."""

    kind: Literal["branch", "mutant"]
    file: str
    function: str
    line: int
    on_changed_line: bool
    condition: str = ""
    outcome: str = ""
    mutant: str = ""
    executions: int = 0
    why: str = ""
    diff: str = ""


class KillV1(Struct, frozen=True, kw_only=True):
    file: str
    mutant: str


class MadeV1(Struct, frozen=True, kw_only=True):
    """`strengthened`: one more assertion in a test that was there; `new`: a test beside `relative`. It is red on each
    of `kills`."""

    kind: Literal["strengthened", "new"]
    test: str
    relative: str
    file: str
    assertion: str
    kills: tuple[KillV1, ...]


class NotKeptV1(Struct, frozen=True, kw_only=True):
    test: str
    assertion: str
    why: str


class LeftV1(Struct, frozen=True, kw_only=True):
    """Not killed in `executions` runs of tests, which does not say that it cannot be."""

    mutants: tuple[KillV1, ...]
    executions: int


class FunctionsV1(Struct, frozen=True, kw_only=True):
    file: str
    functions: tuple[str, ...]


class TestGapsV1(Struct, frozen=True, kw_only=True):
    """`gaps` are those before anything was made, worth closing first ahead; `patch` is what `git apply` takes."""

    looked_at: tuple[FunctionsV1, ...]
    outcomes: int
    mutants: int
    gaps: tuple[GapV1, ...]
    made: tuple[MadeV1, ...]
    not_kept: tuple[NotKeptV1, ...]
    left: LeftV1
    patch: str
    written: bool


def answer(told: Told) -> bytes:
    found, filling = told.found, told.filling
    branches = found.branches
    result = TestGapsV1(
        looked_at=tuple(FunctionsV1(file=each.path, functions=each.functions) for each in found.changed),
        outcomes=len(branches.taken) + len(branches.untaken),
        mutants=len(found.trial.tried),
        gaps=tuple(_gap(each) for each in found.gaps),
        made=tuple(
            MadeV1(
                kind=each.proposal,
                test=each.test,
                relative=each.relative,
                file=each.path,
                assertion=each.line,
                kills=_kills(each.kills),
            )
            for each in filling.kept
        ),
        not_kept=tuple(
            NotKeptV1(test=each.proposal.test, assertion=each.proposal.line, why=each.why) for each in filling.refused
        ),
        left=LeftV1(mutants=_kills(filling.left), executions=filling.executions),
        patch=patch(told.edits).decode("utf-8", "replace"),
        written=told.written and bool(told.edits),
    )
    return encoded("test gaps", result, unknown=tuple(_unknown(told)))


def _kills(names: Iterable[MutantName]) -> tuple[KillV1, ...]:
    return tuple(KillV1(file=path, mutant=name) for path, name in names)


def _unknown(told: Told) -> Iterator[UnknownItem]:
    found = told.found
    for what, unknown in (
        ("the mutants", found.trial.doubt),
        ("the branches", found.branches.unknown),
        ("the tests that were made", told.filling.unknown),
    ):
        if unknown is not None:
            yield UnknownItem(what=what, why=unknown.why, would_settle=unknown.would_settle)
    for path, why in (*found.trial.unreadable, *found.trial.broken):
        yield UnknownItem(what=path, why=why)


def _gap(gap: Gap) -> GapV1:
    path, function, line = place_of(gap)
    match gap:
        case Untaken(branch=branch):
            return GapV1(
                kind="branch",
                file=path,
                function=function,
                line=line,
                on_changed_line=gap.on_changed_line,
                condition=branch.condition,
                outcome=branch.outcome,
            )
        case Survivor(tried=tried):
            executions, diff = _survived(tried)
            return GapV1(
                kind="mutant",
                file=path,
                function=function,
                line=line,
                on_changed_line=gap.on_changed_line,
                mutant=tried.mutant.id,
                executions=executions,
                why=said_of(tried),
                diff=diff,
            )


def _survived(tried: Tried) -> tuple[int, str]:
    match tried.verdict:
        case Survived(executions=executions, diff=diff):
            return executions, diff
        case Unreached(diff=diff) | Unstable(diff=diff):
            return 0, diff
        case _:
            return 0, ""


def headline(told: Told) -> str:
    """The answer, in one line."""
    found = told.found
    if not found.changed:
        return "no gaps: no function changed"
    if found.trial.doubt is not None:
        return f"unknown: {found.trial.doubt.why}"
    functions = sum(len(each.functions) for each in found.changed)
    where = counted(functions, "function") if functions else counted(len(found.changed), "file")
    branches = sum(isinstance(each, Untaken) for each in found.gaps)
    survivors = len(found.gaps) - branches
    outcomes = len(found.branches.taken) + len(found.branches.untaken)
    if not found.gaps and found.branches.unknown is None:
        return f"no gaps in {where}: all of {outcomes} outcomes taken, all mutants of {len(found.trial.tried)} noticed"
    taken = f"{branches} of {outcomes} outcomes not taken" if found.branches.unknown is None else "outcomes unknown"
    return (
        f"{counted(len(found.gaps), 'gap')} in {where}: {taken}, {survivors} of {len(found.trial.tried)} mutants "
        "not noticed"
    )


def text(told: Told) -> str:
    found = told.found
    lines = [printable(headline(told))]
    for item in _unknown(told):
        lines.append(f"  unknown: {printable(item.what)}: {printable(item.why)}")
        lines += [f"    would settle it: {printable(item.would_settle)}"] if item.would_settle else []
    for gap in found.gaps[:SHOWN]:
        lines += ["", *_shown(gap)]
    if len(found.gaps) > SHOWN:
        lines += ["", f"and {len(found.gaps) - SHOWN:,} more: --format json holds all of them"]
    made = list(_made(told))
    lines += ["", *made] if made else []
    return "\n".join(lines) + "\n"


def _shown(gap: Gap) -> Iterator[str]:
    path, function, line = place_of(gap)
    changed = ", on a changed line" if gap.on_changed_line else ""
    match gap:
        case Untaken(branch=branch):
            yield f"{printable(path)}:{line}  {printable(function)}  no test takes it{changed}"
            yield f"    {printable(branch.condition)}: {branch.outcome}"
        case Survivor(tried=tried):
            yield f"{printable(path)}:{line}  {printable(tried.mutant.id)}  {said_of(tried)}{changed}"
            yield from hunk(tried)


def _made(told: Told) -> Iterator[str]:
    filling = told.filling
    survivors = sum(isinstance(each, Survivor) for each in told.found.gaps)
    if not survivors or not filling.executions:
        return
    killed = survivors - len(filling.left)
    made = f" by {counted(len(filling.kept), 'edit')} of tests" if filling.kept else ""
    yield f"{killed} of {survivors} survivors killed{made}:"
    for each in filling.kept:
        names = ", ".join(name for _, name in each.kills)
        what = "one more assertion" if each.proposal == "strengthened" else "new"
        yield f"  {printable(each.test)}  {what}, kills {printable(names)}"
    for each in filling.refused[:SHOWN]:
        yield f"  not kept: {printable(each.proposal.test)}: {printable(each.why)}"
    if filling.left:
        yield f"  {len(filling.left)} left, not killed in {filling.executions:,} executions of tests"
    lines = patch(told.edits).decode("utf-8", "replace").splitlines()
    if lines and told.written:
        yield f"written: {', '.join(printable(each.path) for each in told.edits)}"
    elif lines:
        yield ""
        yield from (printable(line.expandtabs()) for line in lines[:DIFF_SHOWN])
        if len(lines) > DIFF_SHOWN:
            yield f"and {len(lines) - DIFF_SHOWN:,} more lines: --format patch | git apply takes all of them"
