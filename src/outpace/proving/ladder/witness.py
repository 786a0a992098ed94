"""Whether a witness, its variants or inputs with the change's own constants still have their effect."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import structs

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder import benign
from outpace.proving.ladder.benign import same
from outpace.proving.ladder.cases import RETURNED, Case, Returns, Seen, TakesLong, Trials, Witness
from outpace.proving.ladder.crossed import CROSSED
from outpace.proving.ladder.effects import shown
from outpace.proving.ladder.literals import PLAIN
from outpace.proving.ladder.parses import UNREADABLE
from outpace.proving.ladder.variants import says_itself

EQUAL = "equal"  # of a value that is told whole
NOTHING = "None"
MANY = 100  # of the same again in one process: that may take too long for reasons of its own
KINDS = {"None": NOTHING, "True": "bool", "False": "bool"}
ANOTHER = "a witness that shows its effect on base in every run"


def judge(  # noqa: PLR0911  one line an outcome
    witnesses: Sequence[Witness], cases: Sequence[Case], base: Trials, change: Trials
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


def retyped(cases: Sequence[Case], base: Trials, change: Trials) -> str:
    """An answer to a witness of another type than base gave, in words; None says that there is no answer."""
    for case in cases:
        was = next((type_of(row) for row in base.get(case.id, ())), "")
        now = next((type_of(row) for row in change.get(case.id, ())), "")
        if was and now and now not in (was, NOTHING):
            return f"its answer is of another type: {case.does} gave {was}, and gives {now}"
    return ""


def type_of(seen: Seen) -> str:
    """The name of the type of what was returned; empty where nothing was, or where it cannot be told."""
    found = next(((kind, text) for place, kind, text in seen.value if place == "{}"), None)
    if seen.state != RETURNED or found is None:
        return ""
    kind, text = found
    return _of_literal(text) if kind == EQUAL else KINDS.get(text, text)


def _of_literal(text: str) -> str:
    try:
        node = ast.parse(text, mode="eval").body
    except UNREADABLE:  # what stands there was written by the project
        return ""
    match node:
        case ast.Constant(value=value):
            return type(value).__name__
        case ast.UnaryOp(operand=ast.Constant(value=value)):
            return type(value).__name__
        case ast.List() | ast.Tuple() | ast.Dict() | ast.Set() as literal:
            return type(literal).__name__.lower()
        case ast.Call(func=made):
            return ast.unparse(made)
        case _:
            return ""


def effective(witnesses: Sequence[Witness], cases: Sequence[Case], base: Trials) -> tuple[Case, ...]:
    """The variants that have their witness's effect on base in every run: no others say anything."""
    found = ((case, effects(of_case(witnesses, case), base.get(case.id, ()))) for case in cases)
    return tuple(case for case, shown_ in found if shown_ and all(shown_))


def shows_any(witnesses: Sequence[Witness], cases: Sequence[Case], side: Trials) -> bool:
    """Whether any case shows the effect of any witness; not where it says itself what would be a leak."""
    return any(
        any(effects(each, side.get(case.id, ())))
        for case in cases
        for each in witnesses
        if not says_itself(each, case.does) and not says_itself(each, case.setup)
    )


def controls(cases: Sequence[Case]) -> tuple[Case, ...]:
    """One for each of what the cases hold to be harmless."""
    every = {(each.of, each.control): each for each in cases if each.control is not None}
    return tuple(
        Case(id=f"control-{number}", setup=setup, does=does, of=of, sort="control")
        for number, (of, (setup, does)) in enumerate(every)
    )


def telling(
    witnesses: Sequence[Witness], cases: Sequence[Case], controls: Sequence[Case], base: Trials, change: Trials
) -> tuple[Case, ...]:
    """Those that say something: not where a harmless word in that place has the effect on both sides too."""
    vain = {
        (each.of, (each.setup, each.does))
        for each in controls
        if all(any(effects(witnesses[each.of], side.get(each.id, ()))) for side in (base, change))
    }
    return tuple(case for case in cases if (case.of, case.control) not in vain)


def judge_variants(
    witnesses: Sequence[Witness],
    effective: Sequence[Case],
    cases: Sequence[Case],
    change: Trials,
    base: Trials,
) -> Result:
    """`effective` of the `cases` had their effect on base. What was tried is held out: how it was made is said, it
    itself is not."""
    if not effective:
        return CheckUndecided("no variant of the witness has its effect on base", "a witness with more room for others")
    known = {case.id for case in effective}
    for case in cases:
        rows, of = change.get(case.id, ()), of_case(witnesses, case)
        is_another = isinstance(of.exploited, Returns) and case.id not in known  # and may have an answer of its own
        may_be = is_another and any(row.state == RETURNED for row in base.get(case.id, ()))
        if any(effects(of, rows)) and not may_be:
            return Failed(f"still exploited by a variant of the witness, held out: {case.sort}")
        if case.id in known and case.times < MANY and any(not row.ended for row in rows):
            return Failed(f"a variant of the witness does not come to its end, held out: {case.sort}")
    unrun = sum(not change.get(case.id) for case in cases)
    if unrun:
        return CheckUndecided(f"{counted(unrun, 'variant')} of the witness could not be run on the change")
    sorts = len({case.sort for case in cases})
    told = f"{counted(len(cases), 'variant')} of {counted(sorts, 'kind')}, held out, have no effect"
    return Passed(f"{told}; {len(effective)} of them had it on base")


def tells(witnesses: Sequence[Witness], cases: Sequence[Case], one: Trials, other: Trials) -> bool:
    """Whether any case tells two trials apart: by its effect or, but for what takes long, by its answer."""
    for case in cases:
        of = of_case(witnesses, case)
        if any(effects(of, one.get(case.id, ()))) != any(effects(of, other.get(case.id, ()))):
            return True
        if not isinstance(of.exploited, TakesLong) and benign.tells([case], one, other):
            return True
    return False


def judge_twins(pairs: Sequence[tuple[Case, Case]], base: Trials, change: Trials) -> str:
    """Whether an answer to a witness tells secrets apart, in words; empty where none does, or none is steady. Where
    base comes to another end with the other secret, the file that holds it may not be read with it."""
    for one, other in pairs:
        if _end(base.get(one.id, ())) != _end(base.get(other.id, ())):
            continue
        mine, theirs = change.get(one.id, ()), change.get(other.id, ())
        steady = all(rows and all(_alike(rows[0], row) for row in rows) for rows in (mine, theirs))
        if steady and all(row.ended for row in (*mine, *theirs)) and not _alike(mine[0], theirs[0]):
            return "its answer depends on what it must not tell: with another secret it is another"
    return ""


def _end(rows: Sequence[Seen]) -> tuple[str, str]:
    return (rows[0].state, rows[0].kind) if rows else ("", "")


def _alike(one: Seen, other: Seen) -> bool:
    """With what an exception says, too: a secret may be told in its words."""
    return same(one, other) and one.message == other.message


def of_case(witnesses: Sequence[Witness], case: Case) -> Witness:
    """The witness whose effect a case is judged by."""
    witness = witnesses[case.of]
    return witness if case.exploited is None else structs.replace(witness, exploited=case.exploited)


def judge_spliced(witnesses: Sequence[Witness], cases: Sequence[Case], base: Trials, change: Trials) -> Result:
    """`cases` are inputs with constants of the change in them; no effect of any witness may show. What is told by what
    comes back may come back rightly, and what is crossed with another input may be one by itself: there, base must have
    had another answer."""
    if not cases:
        return Skipped("the change brings no constant that an input could hold")
    for case in cases:
        rows = change.get(case.id, ())
        told = needs_base(witnesses, case) and any(effects(witnesses[case.of], base.get(case.id, ())))
        if not told and any(effects(witnesses[case.of], rows)):
            return Failed(f"exploited where an input holds a constant that the change brings: {case.sort}")
    unrun = sum(not change.get(case.id) for case in cases)
    if unrun:
        return CheckUndecided(f"{counted(unrun, 'input')} with the change's constants could not be run")
    return Passed(f"{counted(len(cases), 'input')} with the change's own constants, none exploited")


def needs_base(witnesses: Sequence[Witness], case: Case) -> bool:
    """Whether base has to tell of an input with a constant of the change, too. A benign call with another number may
    be one of somebody who may see what it asks for."""
    is_number = case.control is not None and PLAIN not in case.control[1] and case.sort[:1].isdecimal()
    return isinstance(witnesses[case.of].exploited, Returns) or case.sort == CROSSED or is_number


def effects(witness: Witness, rows: Sequence[Seen]) -> list[str]:
    return [shown(witness.exploited, row) for row in rows]
