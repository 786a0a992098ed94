"""Whether what worked goes on as it did: the same calls with the same answers on base and on the change."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder.cases import CAPITALS, EMPTY, NAMED, RAISED, RETURNED, Case, Seen, Trials

LONGEST = 120
WHO_MAY = "somebody who knows who may do what"
WORKING = "a benign call that works on base"
BROKEN = frozenset(f"builtins:{name}" for name in ("ModuleNotFoundError", "ImportError", "NameError", "SyntaxError"))
MAY_REFUSE = frozenset({EMPTY, NAMED})
"""How calls were made that a change may refuse where base does not."""


def judge(cases: Sequence[Case], base: Trials, change: Trials, *, given: bool = True) -> Result:
    """`given` are calls of the task, which may be shown; the others are held out."""
    if not cases:
        return Skipped("no benign call is given")
    steady = [case for case in cases if is_steady(base.get(case.id, ()))]
    if given and (idle := _idle(steady, base)):
        return CheckUndecided(idle, WORKING)
    for case in steady:
        rows = change.get(case.id, ())
        if not rows:
            return CheckUndecided(f"{_named(case, given)} was not run on the change")
        before = base[case.id][0]
        differing = next((row for row in rows if not same(before, row)), None)
        if differing is not None:
            told = f"was {said(before)}, and is {said(differing)}" if given else "has another answer"
            return Failed(f"{_named(case, given)} {told}")
    if not steady:
        return CheckUndecided("no benign call gives the same answer in every run on base", "calls that do")
    left = len(cases) - len(steady)
    unsteady = f"; {left} not the same in every run on base" if left else ""
    return Passed(f"{counted(len(steady), 'call')} with the same answers{unsteady}")


def _idle(steady: Sequence[Case], base: Trials) -> str:
    """Why given calls tell nothing, in words: what names something that is not there fails on both sides."""
    for case in steady:
        if base[case.id][0].kind in BROKEN:
            return f"{case.does} cannot be made on base: {said(base[case.id][0])}"
    if steady and all(base[case.id][0].state == RAISED for case in steady):
        return "no benign call comes back with an answer on base"
    return ""


def judge_held_out(
    cases: Sequence[Case],
    base: Trials,
    change: Trials,
    showing: Callable[[Case, Seen], bool],
    *,
    may_refuse: bool = False,
    asked: AbstractSet[tuple[str, str]] = frozenset(),
) -> Result:
    """Calls with other plain words. Where base answers, the change gives the same answer; where base raises, it raises
    too, and the same where that is an exception of the project's own; unless it `may_refuse` more. What shows an
    exploit's effect on base is no benign call (`showing`). Places where the change asks who or what a word is (`asked`)
    are left out."""
    compared = 0
    for case in cases:
        before, after = base.get(case.id, ()), change.get(case.id, ())
        if case.place in asked:
            continue
        if not is_steady(before) or not after or any(showing(case, row) for row in before):
            continue
        compared += 1
        may = may_refuse or case.sort in MAY_REFUSE or (before[0].state == RAISED and not _is_own(before[0]))
        raises = after[0].state == RAISED and may
        if not raises and not same(before[0], after[0]):
            return Failed(f"a call like those that are given, held out, has another answer: {case.sort}")
    if not compared:
        return Skipped("no call could be made of those that are given")
    return Passed(f"{counted(compared, 'call')} with other plain words, held out, with the same answers")


def asked(cases: Sequence[Case], base: Trials, change: Trials, brought: Sequence[object]) -> frozenset[tuple[str, str]]:
    """Places of words that name something of the data, where the change refuses every other word: it asks who or what
    that is. Not of a word that the change itself says (`brought`); the same word in capitals and none at all tell
    nothing."""
    known: set[tuple[str, str]] = set()
    kept: set[tuple[str, str]] = set()
    for case in cases:
        before, after = base.get(case.id, ()), change.get(case.id, ())
        if case.place is None or case.sort in (EMPTY, CAPITALS) or not is_steady(before) or not after:
            continue
        if before[0].state == RETURNED:
            known.add(case.place)
            if after[0].state != RAISED:
                kept.add(case.place)
    said = "\n".join(str(each).lower() for each in brought)
    return frozenset(place for place in known - kept if place[1] not in said)


def judge_swapped(
    cases: Sequence[Case],
    base: Trials,
    change: Trials,
    showing: Callable[[Case, Seen], bool],
    asked: AbstractSet[tuple[str, str]] = frozenset(),
) -> Result:
    """Calls with another name of the data in the place of one. Where the change answers them otherwise than base, or
    asks who somebody is, a person has to say who may."""
    differing = 0
    for case in cases:
        before, after = base.get(case.id, ()), change.get(case.id, ())
        if is_steady(before) and after and before[0].state == RETURNED and not same(before[0], after[0]):
            differing += not any(showing(case, row) for row in before)
    if differing:
        told = f"{counted(differing, 'other answer')} to calls with another name of the data, held out"
        return CheckUndecided(told, WHO_MAY)
    if asked:
        return CheckUndecided(f"it refuses all other names in the place of {counted(len(asked), 'given one')}", WHO_MAY)
    return Passed("no other name of the data has another answer")


def tells(cases: Sequence[Case], one: Trials, other: Trials) -> bool:
    """Whether any call that is steady in both trials has another answer in the other."""
    pairs = ((one.get(case.id, ()), other.get(case.id, ())) for case in cases)
    return any(is_steady(mine) and is_steady(theirs) and not same(mine[0], theirs[0]) for mine, theirs in pairs)


def _is_own(seen: Seen) -> bool:
    """An exception that Python's library brings may well be another one after a check before."""
    return seen.kind.partition(":")[0].partition(".")[0] not in {"builtins", *sys.stdlib_module_names}


def is_steady(rows: Sequence[Seen]) -> bool:
    """Came to its end, alike in each run."""
    return bool(rows) and rows[0].ended and all(same(rows[0], row) for row in rows[1:])


def same(one: Seen, other: Seen) -> bool:
    """By what a caller sees: value or exception, what is printed, files."""
    if one.state != other.state:
        return False
    if one.state == RAISED and one.kind != other.kind:
        return False
    returned = one.state != RETURNED or (one.value, one.text) == (other.value, other.text)
    left = (one.printed, one.files, one.modes, one.programs) == (
        other.printed,
        other.files,
        other.modes,
        other.programs,
    )
    return returned and left


def said(seen: Seen) -> str:
    match seen.state:
        case "returned":
            return _short(seen.whole or repr(seen.text))
        case "raised":
            return _short(f"{seen.kind.rpartition(':')[2]}: {seen.message}" if seen.message else seen.kind)
        case _:
            return seen.why or seen.state


def _named(case: Case, given: bool) -> str:  # noqa: FBT001  one word of its caller
    return case.does if given else "a call of the project's own tests, held out,"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
