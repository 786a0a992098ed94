"""Whether everything that must still import does: the application's entry points and every package that moved."""

from __future__ import annotations

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.proving.ports import Import, Loaded, NotLoaded

# Distributions ship these by mistake; nobody imports them from there.
STRAY = frozenset({"test", "tests", "testing", "docs", "doc", "example", "examples", "scripts", "benchmarks"})


def wanted(entry_points: tuple[str, ...], moved: tuple[str, ...]) -> tuple[str, ...]:
    """What is asked of both sides, entry points first."""
    plain = (module for module in moved if module not in STRAY)
    return tuple(dict.fromkeys((*entry_points, *plain)))


def judge(
    base: tuple[Import, ...] | Unknown,
    change: tuple[Import, ...] | Unknown,
    *,
    entry_points: tuple[str, ...],
) -> Result:
    """A module that did not import on base is not blamed; a new one that does not import is doubt."""
    match base, change:
        case Unknown(why, would_settle), _:
            return CheckUndecided(f"no result on base: {why}", would_settle)
        case _, Unknown(why, would_settle):
            return CheckUndecided(f"no result on the change: {why}", would_settle)
        case before, after:
            return _compared(before, after, entry_points)


def _compared(before: tuple[Import, ...], after: tuple[Import, ...], entry_points: tuple[str, ...]) -> Result:
    if not after:
        return Skipped("no entry point is known and no package moved")
    loaded = {found.module for found in before if isinstance(found, Loaded)}
    known = {found.module for found in before}
    red = [found for found in after if isinstance(found, NotLoaded)]
    for found in red:
        if found.module in loaded:
            return Failed(f"import {found.module} fails on the change and not on base: {found.why}")
    for found in red:
        if found.module not in known or found.module in entry_points:
            return CheckUndecided(
                f"import {found.module} fails, and base is no witness: {found.why}", "make it import on base"
            )
    before_red = f"; not on base either: {', '.join(found.module for found in red)}" if red else ""
    names = [found.module for found in after if isinstance(found, Loaded)]
    return Passed(f"{', '.join(names[:6])}{f' and {len(names) - 6} more' if len(names) > 6 else ''} import{before_red}")
