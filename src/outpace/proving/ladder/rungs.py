"""The rungs in the order in which they are climbed, cheapest first, and what a change must have passed to be proved."""

from __future__ import annotations

from collections.abc import Iterable

from outpace.model.proof import Check, Conclusion, Passed, Proved, Skipped, Undecided
from outpace.proving.decide import first_against

SHAPE = "shape"
PARSES = "parses"
CAPABILITIES = "capabilities"
FINDING = "finding gone"
WITNESS = "witness dead"
TESTS = "base's tests"
VARIANTS = "variants dead"
BENIGN = "benign identical"
EXERCISED = "added code exercised"
SPLICED = "constants spliced"

EXPLAINED = {
    SHAPE: "stays within the paths, the lines and the kinds of file that the task allows",
    PARSES: "can be read by the project's own Python",
    CAPABILITIES: "gives no file a power over the world that it did not have",
    FINDING: "is no longer found by the analyzer that found it, and nothing new is",
    WITNESS: "has no effect on the change, and has it on base",
    TESTS: "the tests as they were on base are not newly red, and none of them no longer runs",
    VARIANTS: "other inputs with the same effect on base have none on the change; held out",
    BENIGN: "what worked gives the same answers",
    EXERCISED: "each added instruction ran in the trial",
    SPLICED: "inputs that hold the constants of the change have no effect",
}
ORDER = tuple(EXPLAINED)
TELLING = (WITNESS, BENIGN)
"""Without these, nothing was shown of what the change is for, or of what it must leave alone."""


def conclude(checks: Iterable[Check]) -> Conclusion:
    """The first failed one refutes; else the first that is undecided; and what tells must have applied."""
    known = tuple(checks)
    if against := first_against(known):
        return against
    passed = {check.name for check in known if isinstance(check.result, Passed)}
    for name in TELLING:
        if name not in passed:
            why = next(
                (each.result.because for each in known if each.name == name and isinstance(each.result, Skipped)), ""
            )
            return Undecided(f"{name}: {why or 'it was not tried'}", f"a task that gives one for {name}")
    return Proved()
