"""Whether a witness, its variants or inputs with the change's own constants still have their effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder.cases import Case, Seen, Witness
from outpace.proving.ladder.effects import shown

ANOTHER = "a witness that shows its effect on base in every run"
Runs = Mapping[str, Sequence[Seen]]
"""Case -> what was seen of it, a row for each run."""


def judge(  # noqa: PLR0911  one line an outcome
    witnesses: Sequence[Witness], cases: Sequence[Case], base: Runs, change: Runs
) -> Result:
    """Each case is of the witness at the same place; all that is said here may be shown."""
    if not witnesses:
        return Skipped("no witness is given")
    for case in cases:
        witness = witnesses[case.of]
        on_base = effects(witness, base.get(case.id, ()))
        if not on_base or not all(on_base):
            return CheckUndecided(f"base does not show the effect each time: {case.does}", ANOTHER)
    doubts: list[str] = []
    for case in cases:
        rows = change.get(case.id, ())
        found = effects(witnesses[case.of], rows)
        if not found:
            doubts.append(f"{case.does} was not run on the change")
        elif all(found):
            return Failed(f"still exploited: with {case.does}, {found[0]}")
        elif any(found):
            return Failed(f"still exploited in {sum(map(bool, found))} of {len(found)} runs: {case.does}")
        elif stuck := next((row for row in rows if not row.ended), None):
            return Failed(f"{case.does} does not come to its end: {stuck.why or stuck.state}")
    if doubts:
        return CheckUndecided(doubts[0])
    return Passed(f"{counted(len(cases), 'witness', 'witnesses')}, each with its effect on base and none on the change")


def effective(witnesses: Sequence[Witness], cases: Sequence[Case], base: Runs) -> tuple[Case, ...]:
    """The variants that have their witness's effect on base in every run: no others say anything."""
    return tuple(case for case in cases if (found := effects(witnesses[case.of], base.get(case.id, ()))) and all(found))


def judge_variants(witnesses: Sequence[Witness], cases: Sequence[Case], change: Runs) -> Result:
    """`cases` had their effect on base. What was tried is held out: how it was made is said, it itself is not."""
    if not cases:
        return CheckUndecided("no variant of the witness has its effect on base", "a witness with more room for others")
    for case in cases:
        rows = change.get(case.id, ())
        if any(effects(witnesses[case.of], rows)):
            return Failed(f"still exploited by a variant of the witness, held out: {case.sort}")
        if any(not row.ended for row in rows):
            return Failed(f"a variant of the witness does not come to its end, held out: {case.sort}")
    unrun = sum(not change.get(case.id) for case in cases)
    if unrun:
        return CheckUndecided(f"{counted(unrun, 'variant')} of the witness could not be run on the change")
    sorts = len({case.sort for case in cases})
    return Passed(f"{counted(len(cases), 'variant')} of {counted(sorts, 'kind')}, held out, have no effect")


def judge_spliced(witnesses: Sequence[Witness], cases: Sequence[Case], change: Runs) -> Result:
    """`cases` are inputs with constants of the change in them; no effect of any witness may show."""
    if not cases:
        return Skipped("the change brings no constant that an input could hold")
    for case in cases:
        rows = change.get(case.id, ())
        if any(effects(witnesses[case.of], rows)):
            return Failed(f"exploited where an input holds a constant that the change brings: {case.sort}")
    unrun = sum(not change.get(case.id) for case in cases)
    if unrun:
        return CheckUndecided(f"{counted(unrun, 'input')} with the change's constants could not be run")
    return Passed(f"{counted(len(cases), 'input')} with the change's own constants, none exploited")


def effects(witness: Witness, rows: Sequence[Seen]) -> list[str]:
    return [shown(witness.exploited, row) for row in rows]
