"""From checks to a conclusion, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from outpace.model.proof import (
    Check,
    CheckUndecided,
    Conclusion,
    Failed,
    Passed,
    Proved,
    Refuted,
    Skipped,
    Undecided,
)

# Of the code that a change brings, as the ladder of a task has them.
PARSES = "parses"
CAPABILITIES = "capabilities"
EXERCISED = "added code exercised"
LOCK_DIFF = "lock diff"
RE_MATCH = "re-match"
ENVIRONMENT = "environment"
IMPORTS = "imports"
SUITE = "suite"
PROBE = "probe"
NAMES = (PARSES, CAPABILITIES, LOCK_DIFF, RE_MATCH, ENVIRONMENT, IMPORTS, SUITE, PROBE, EXERCISED)
INDISPENSABLE = (RE_MATCH, ENVIRONMENT, SUITE)


def conclude(checks: Iterable[Check]) -> Conclusion:
    """The first failed check refutes; else the first that is undecided or should have been there is missing."""
    known = tuple(checks)
    if against := first_against(known):
        return against
    passed = {check.name for check in known if isinstance(check.result, Passed)}
    absent = [name for name in INDISPENSABLE if name not in passed]
    return Undecided(f"{absent[0]}: it was not checked") if absent else Proved()


def first_against(known: Sequence[Check]) -> Refuted | Undecided | None:
    """The first failed check, else the first that is undecided."""
    for check in known:
        match check.result:
            case Failed(evidence):
                return Refuted(f"{check.name}: {evidence}")
            case Passed() | CheckUndecided() | Skipped():
                continue
    for check in known:
        match check.result:
            case CheckUndecided(missing, would_settle):
                return Undecided(f"{check.name}: {missing}", would_settle)
            case Passed() | Failed() | Skipped():
                continue
    return None


def refuted_already(checks: Iterable[Check]) -> bool:
    """Whether dearer checks could still change the conclusion."""
    return any(isinstance(check.result, Failed) for check in checks)
