"""Whether everything that must still import does: entry points, packages that moved, and what is taken from these."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from outpace.model.application import Application
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.pipelines.serving import target_of
from outpace.proving.ports import Import, Loaded, NotLoaded
from outpace.proving.references import said

# Distributions ship these by mistake; nobody imports them from there.
NOWHERE: Mapping[str, str] = MappingProxyType({})
STRAY = frozenset({"test", "tests", "testing", "docs", "doc", "example", "examples", "scripts", "benchmarks"})


CALLED = re.compile(r"\s*\(.*\)\s*$", re.DOTALL)


def entry_points(application: Application) -> tuple[str, ...]:
    """What is declared or inferred, and what `run` serves; no module beside an object of it. Of a call
    (`shop:create()`), that its function is there.
    """
    declared = (CALLED.sub("", each) for each in application.imports)
    found = dict.fromkeys(each for each in (*declared, target_of(application.run)) if each)
    held = {each.partition(":")[0] for each in found if ":" in each}
    return tuple(each for each in found if each not in held)


def wanted(
    entry_points: tuple[str, ...], moved: tuple[str, ...], taken: Mapping[str, str] = NOWHERE
) -> tuple[str, ...]:
    """What is asked of both sides, entry points first; `taken` are `module:name` and where that stands."""
    plain = (module for module in moved if module not in STRAY)
    return tuple(dict.fromkeys((*entry_points, *plain, *taken)))


def judge(
    base: tuple[Import, ...] | Unknown,
    change: tuple[Import, ...] | Unknown,
    *,
    entry_points: tuple[str, ...],
    taken: Mapping[str, str] = NOWHERE,
) -> Result:
    """A module that did not import on base is not blamed; a new one that does not import is doubt."""
    match base, change:
        case Unknown(why, would_settle), _:
            return CheckUndecided(f"no result on base: {why}", would_settle)
        case _, Unknown(why, would_settle):
            return CheckUndecided(f"no result on the change: {why}", would_settle)
        case before, after:
            return _compared(before, after, entry_points, taken)


def with_absent(result: Result, absent: tuple[str, ...], tried: str = "") -> Result:
    """What was not installed was not run, whatever the rest says; `tried` is why it could not be installed too."""
    if not absent or isinstance(result, Failed | CheckUndecided):
        return result
    return CheckUndecided(
        f"not installed where the change is proved, so that nothing of it was run: {_listed(absent)}{tried}",
        'what brings it in `install` of outpace.toml, beside what the suite needs: "--group NAME", "-e .[EXTRA]" or'
        ' "-r FILE"; what is of another platform, there',
    )


def _compared(
    before: tuple[Import, ...], after: tuple[Import, ...], entry_points: tuple[str, ...], taken: Mapping[str, str]
) -> Result:
    if not after:
        return Skipped("no entry point is known and no package moved")
    loaded = {found.module for found in before if isinstance(found, Loaded)}
    known = {found.module for found in before}
    red = [found for found in after if isinstance(found, NotLoaded)]
    for found in red:
        if found.module in loaded:
            where = f"{taken[found.module]}: " if found.module in taken else ""
            return Failed(f"{where}{said(found.module)} fails on the change and not on base: {found.why}")
    for found in red:
        if found.module not in known or found.module in entry_points:
            return CheckUndecided(
                f"{said(found.module)} fails, and base is no witness: {found.why}",
                "make it import on base, or name in `imports` of outpace.toml what does",
            )
    before_red = f"; not on base either: {', '.join(_named(found.module) for found in red[:6])}" if red else ""
    well = [found.module for found in after if isinstance(found, Loaded)]
    names = tuple(module for module in well if module not in taken)
    count = len(well) - len(names)
    by_name = (
        f"; {count} name{'s' if count > 1 else ''} taken from what moved {'are' if count > 1 else 'is'} there"
        if count
        else ""
    )
    return Passed(f"{_listed(names)} import{by_name}{before_red}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _named(item: str) -> str:
    return said(item) if ":" in item else item
