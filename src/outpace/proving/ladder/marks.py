"""Whether a change takes characters out of what it is given: then two inputs are one to it that were two on base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outpace.model.proof import Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder.benign import is_steady
from outpace.proving.ladder.cases import RETURNED, Benign, Case, Seen, Trials, numbered, thinned
from outpace.proving.ladder.literals import replaced
from outpace.proving.ladder.neighbors import is_plain

MOST = 120
MARKS = ("'", '"', ";", "<", "&", "$", "(", "`")
MARKED = "a mark in a word"


def marked(calls: Sequence[Benign]) -> tuple[Case, ...]:
    """Each benign call with a mark within one of its words."""
    found: dict[tuple[str, str], Case] = {}
    for number, each in enumerate(calls):
        for does in replaced(each.does, _with_marks):
            found.setdefault((each.setup, does), Case(id="", setup=each.setup, does=does, of=number, sort=MARKED))
    return numbered("marked", thinned(found.values(), MOST))


def _with_marks(text: str) -> Iterator[str]:
    if is_plain(text) and len(text) > 1:
        for mark in MARKS:
            yield text[:-1] + mark + text[-1:]


def _answers(one: Seen, other: Seen) -> bool:
    """Alike in what comes back: what is printed beside it may speak of the input."""
    return (one.state, one.value, one.text) == (other.state, other.value, other.text)


def judge(cases: Sequence[Case], benign: Sequence[Case], base: Trials, change: Trials) -> Result:
    """`benign` are the calls without a mark, by the numbers that the cases are of."""
    compared = 0
    for case in cases:
        plain = benign[case.of].id
        before, after = (base.get(plain, ()), base.get(case.id, ())), (change.get(plain, ()), change.get(case.id, ()))
        if not all(map(is_steady, (*before, *after))) or any(
            rows[0].state != RETURNED for rows in (before[0], after[0])
        ):
            continue
        if _answers(before[0][0], before[1][0]):
            continue
        compared += 1
        if _answers(after[0][0], after[1][0]):
            return Failed(
                f"it makes one of two inputs that are two, held out: with {case.sort} the answer is as without"
            )
    if not compared:
        return Skipped("no call tells a mark in a word on base")
    return Passed(f"{counted(compared, 'call')} with a mark in a word, told from those without")
