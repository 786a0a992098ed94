"""Gaps in tests of changed functions, those that are worth closing first ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.inside.units import lines_of
from outpace.model.unknown import Unknown
from outpace.testing.mutants.score import SURPRISING
from outpace.testing.mutants.trial import Survived, Trial, Tried, Unreached, Unstable

Outcome: TypeAlias = Literal["true", "false"]


class Changed(Struct, frozen=True, kw_only=True):
    """A file of the application: its functions that are new or other than they were, the lines that are, and how many
    commits touched the file."""

    path: str
    functions: tuple[str, ...]
    lines: frozenset[int] = frozenset()
    churn: int = 0


class Branch(Struct, frozen=True, array_like=True):
    """One outcome of a condition. Of a loop, true: there is an item; false: it comes to its end."""

    path: str
    function: str
    line: int
    condition: str
    outcome: Outcome


class Untaken(Struct, frozen=True, kw_only=True):
    """No test takes it."""

    branch: Branch
    on_changed_line: bool = False


class Survivor(Struct, frozen=True, kw_only=True):
    """No test notices it."""

    tried: Tried
    on_changed_line: bool = False


Gap: TypeAlias = Untaken | Survivor


class Branches(Struct, frozen=True, kw_only=True):
    """What one run of the suite took, of all outcomes of the conditions of the functions that changed."""

    taken: tuple[Branch, ...] = ()
    untaken: tuple[Branch, ...] = ()
    unknown: Unknown | None = None


def changed_lines(before: str, after: str) -> frozenset[int]:
    """Lines of `after` that are new or other; where lines went, the one behind them."""
    old, new = before.splitlines(), after.splitlines()
    found: set[int] = set()
    for word, _, _, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if word != "equal":
            found.update(range(first + 1, max(last, first + 1) + 1))
    return frozenset(found)


def gaps_in(
    changed: Iterable[Changed], trial: Trial, branches: Branches, sources: Mapping[str, str]
) -> tuple[Gap, ...]:
    """On changed lines first, then where changes are frequent, then in long functions; mutants that surprise most ahead
    of those that surprise less."""
    files = {each.path: each for each in changed}
    sizes = {path: lines_of(source) for path, source in sources.items()}
    found = [*_survivors(trial, files), *_untaken(branches, files)]

    def rank(gap: Gap) -> tuple[bool, int, int, int, str, int]:
        path, function, line = place_of(gap)
        first, last = sizes.get(path, {}).get(function, (line, line))
        churn = files[path].churn if path in files else 0
        return not gap.on_changed_line, _surprise(gap), -churn, first - last, path, line

    return tuple(sorted(found, key=rank))


def place_of(gap: Gap) -> tuple[str, str, int]:
    """File, function and line."""
    match gap:
        case Untaken(branch=branch):
            return branch.path, branch.function, branch.line
        case Survivor(tried=tried):
            return tried.path, tried.mutant.function, tried.mutant.line


def _survivors(trial: Trial, files: Mapping[str, Changed]) -> Iterator[Survivor]:
    for tried in trial.tried:
        if isinstance(tried.verdict, Survived | Unreached | Unstable):
            mutant = tried.mutant
            lines = files[tried.path].lines if tried.path in files else frozenset[int]()
            on_line = not lines.isdisjoint(range(mutant.line, mutant.end_line + 1))
            yield Survivor(tried=tried, on_changed_line=on_line)


def _untaken(branches: Branches, files: Mapping[str, Changed]) -> Iterator[Untaken]:
    for branch in branches.untaken:
        yield Untaken(branch=branch, on_changed_line=branch.path in files and branch.line in files[branch.path].lines)


def _surprise(gap: Gap) -> int:
    """What a test runs through and does not notice surprises more than what none runs."""
    match gap:
        case Untaken():
            return 5
        case Survivor(tried=tried):
            return SURPRISING.get(tried.mutant.operator, 3) if isinstance(tried.verdict, Survived) else 6
