"""The rungs in the order in which they are climbed, cheapest first, and what a change must have passed to be proved."""

from __future__ import annotations

from collections.abc import Iterable

from outpace.model.proof import Check, Conclusion, Passed, Proved, Skipped, Undecided
from outpace.proving.decide import CAPABILITIES, EXERCISED, PARSES, first_against

SHAPE = "shape"
FINDING = "finding gone"
WITNESS = "witness dead"
TESTS = "base's tests"
VARIANTS = "variants dead"
BENIGN = "benign identical"
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
    EXERCISED: "each added instruction ran in the trial, and what is taken away ran on base",
    SPLICED: "inputs that hold the constants of the change have no effect",
}
# Of tests as proposals, and of tests that are mended.
GREEN_AGAIN = "green again and again"
LEAVES_NOTHING = "leaves nothing behind"
NO_COPY = "brings no copy"
KILLS = "notices what was missed"
REWRITTEN = "survives a rewrite"
STRENGTH = "notices what it noticed"

TEST_EXPLAINED = {
    SHAPE: EXPLAINED[SHAPE],
    PARSES: EXPLAINED[PARSES],
    CAPABILITIES: "does to the world no more than tests do: no network, no programs, no look into the runner",
    NO_COPY: "does not compare the code with a copy of itself",
    GREEN_AGAIN: "each new test runs and is green, alone and together, under several hash seeds, zones and locales",
    LEAVES_NOTHING: "no file of the project is another afterwards",
    KILLS: "a mutant of the named code that lives with the tests of base is killed",
    REWRITTEN: "is green on the same code written in another way",
}
MEND_EXPLAINED = {
    SHAPE: EXPLAINED[SHAPE],
    PARSES: EXPLAINED[PARSES],
    CAPABILITIES: TEST_EXPLAINED[CAPABILITIES],
    GREEN_AGAIN: "the tests that were red are green, alone and together, under several hash seeds, zones and locales",
    TESTS: "no other test is newly red, and none no longer runs",
    LEAVES_NOTHING: TEST_EXPLAINED[LEAVES_NOTHING],
    STRENGTH: "mutants of unchanged code that a test killed are killed still, and some of the changed code are",
}
UPGRADE_EXPLAINED = {
    SHAPE: EXPLAINED[SHAPE],
    PARSES: EXPLAINED[PARSES],
    CAPABILITIES: EXPLAINED[CAPABILITIES],
    "lock diff": "the packages that moved are those of the upgrade",
    "re-match": "the advisory no longer matches, and none does that did not",
    "environment": "both locks can be built",
    "imports": "what could be imported still can",
    "suite": "tests that were green before the upgrade are green with it",
    "probe": "the declared probe is held",
    EXERCISED: EXPLAINED[EXERCISED],
}

ORDER = tuple(EXPLAINED)
TELLING = (WITNESS, BENIGN)
"""Without these, nothing was shown of what the change is for, or of what it must leave alone."""
TEST_TELLING = (GREEN_AGAIN, KILLS, REWRITTEN)
MEND_TELLING = (GREEN_AGAIN, TESTS, STRENGTH)
UPGRADE_TELLING = ("re-match", "environment", "suite")


def conclude(checks: Iterable[Check], telling: tuple[str, ...] = TELLING) -> Conclusion:
    """The first failed one refutes; else the first that is undecided; and what tells must have applied."""
    known = tuple(checks)
    if against := first_against(known):
        return against
    passed = {check.name for check in known if isinstance(check.result, Passed)}
    for name in telling:
        if name not in passed:
            why = next(
                (each.result.because for each in known if each.name == name and isinstance(each.result, Skipped)), ""
            )
            return Undecided(f"{name}: {why or 'it was not tried'}", f"a task that gives one for {name}")
    return Proved()
