"""A change that takes characters out of its input makes one of two inputs that are two."""

from __future__ import annotations

import pytest

from outpace.model.proof import Failed, Passed, Result, Skipped
from outpace.proving.ladder.cases import RAISED, RETURNED, Benign, Case, Seen
from outpace.proving.ladder.marks import MARKED, MARKS, MOST, judge, marked

PLAIN, WITH = (
    Case(id="benign-0", setup="", does="find('may')"),
    Case(id="marked-0", setup="", does='find("ma\'y")', sort=MARKED),
)
FOUND, NOTHING = Seen(case="", state=RETURNED, text="1"), Seen(case="", state=RETURNED, text="0")
SAID = Seen(case="", state=RETURNED, text="1", printed="an odd quote")
BROKEN = Seen(case="", state=RAISED, kind="sqlite3:OperationalError")
REFUTED = Failed(f"it makes one of two inputs that are two, held out: with {MARKED} the answer is as without")
NONE = Skipped("no call tells a mark in a word on base")
JUDGED: dict[str, tuple[Seen, Seen, Seen, Seen, Result]] = {
    "taken out": (FOUND, BROKEN, FOUND, FOUND, REFUTED),
    "taken as data": (FOUND, BROKEN, FOUND, NOTHING, Passed("1 call with a mark in a word, told from those without")),
    "refused": (FOUND, NOTHING, FOUND, BROKEN, Passed("1 call with a mark in a word, told from those without")),
    "one on base too": (FOUND, FOUND, FOUND, FOUND, NONE),
    "told apart by what is printed": (FOUND, SAID, FOUND, FOUND, NONE),
    "no answer on base": (BROKEN, BROKEN, FOUND, FOUND, NONE),
}


@pytest.mark.parametrize(("base", "base_with", "change", "change_with", "result"), JUDGED.values(), ids=JUDGED.keys())
def test_what_base_tells_apart_the_change_tells_apart(
    base: Seen, base_with: Seen, change: Seen, change_with: Seen, result: Result
) -> None:
    before = {PLAIN.id: [base] * 3, WITH.id: [base_with] * 2}
    after = {PLAIN.id: [change] * 3, WITH.id: [change_with] * 2}
    assert judge([WITH], [PLAIN], before, after) == result


def test_each_word_gets_each_mark_before_its_last_letter() -> None:
    assert [(case.does, case.of) for case in marked([Benign(does="f(1)"), Benign(does="f('ab', '../c')")])] == [
        (f"f({'a' + mark + 'b'!r}, '../c')", 1) for mark in MARKS
    ]


def test_no_more_are_marked_than_can_be_run() -> None:
    assert 0 < len(marked([Benign(does=f"f('a{number}')") for number in range(90)])) <= MOST
