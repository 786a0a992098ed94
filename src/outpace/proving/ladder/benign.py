"""Whether what worked goes on as it did: the same calls with the same answers on base and on the change."""

from __future__ import annotations

from collections.abc import Sequence

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder.cases import RAISED, RETURNED, Case, Seen
from outpace.proving.ladder.witness import Runs

LONGEST = 120


def judge(cases: Sequence[Case], base: Runs, change: Runs, *, given: bool = True) -> Result:
    """`given` are calls of the task, which may be shown; the others are held out."""
    if not cases:
        return Skipped("no benign call is given")
    steady = [case for case in cases if is_steady(base.get(case.id, ()))]
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
    return returned and one.printed == other.printed and one.files == other.files and one.programs == other.programs


def said(seen: Seen) -> str:
    match seen.state:
        case "returned":
            return _short(next((text for place, _, text in seen.value if place == "{}"), "") or repr(seen.text))
        case "raised":
            return _short(f"{seen.kind.rpartition(':')[2]}: {seen.message}" if seen.message else seen.kind)
        case _:
            return seen.why or seen.state


def _named(case: Case, given: bool) -> str:  # noqa: FBT001  one word of its caller
    return case.does if given else "a call of the project's own tests, held out,"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
