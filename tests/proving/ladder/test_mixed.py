"""Words of a benign call in one another: what base says no to, a change says no to as well."""

from __future__ import annotations

import pytest

from outpace.model.proof import Failed, Passed, Skipped
from outpace.proving.ladder.cases import RAISED, RETURNED, Benign, Case, Seen
from outpace.proving.ladder.mixed import ESCAPED, MIXED, judge, mixed
from outpace.proving.ladder.patch import Patch, PatchedFile

CALL = Benign(setup="from a import is_safe", does="is_safe('http://example.com/a', host='shop.test')")


def patch_of(after: bytes) -> Patch:
    return Patch.of([PatchedFile(path="a.py", before=b"", after=after)])


DECODING, OTHER_CODE = patch_of(b"x = unquote(y)\n"), patch_of(b"x = y\n")


def test_a_word_of_the_call_is_put_around_and_beside_other_words_of_it() -> None:
    found = {case.does: case.sort for case in mixed([CALL], DECODING)}
    for host in ("xshop.test", "shop.testx", "shop.test.x", "shop.test@example.com", "example.com@shop.test"):
        assert found[f"is_safe('http://{host}/a', host='shop.test')"] == MIXED
    escaped = "is_safe('http://%65xample.com/a', host='shop.test')"
    assert found[escaped] == ESCAPED
    assert escaped not in {case.does for case in mixed([CALL], OTHER_CODE)}


def test_a_plain_text_is_not_escaped_here_since_that_is_a_plain_word_already() -> None:
    assert mixed([Benign(does="find('shop')")], DECODING) == ()


NO = Seen(case="c", state=RETURNED, value=(("{}", "is", "False"),))
YES = Seen(case="c", state=RETURNED, value=(("{}", "is", "True"),))
LIST = Seen(case="c", state=RETURNED, value=(("{}", "equal", "['a']"),))
OTHER = Seen(case="c", state=RETURNED, value=(("{}", "equal", "[]"),))
SAID = Seen(case="c", state=RETURNED, text="to /%61?b")
DECODED, LEFT_OUT = Seen(case="c", state=RETURNED, text="to /a?b"), Seen(case="c", state=RETURNED, text="to")
REFUSED = Seen(case="c", state=RAISED, kind="builtins:ValueError")
ANSWERS = {
    "no becomes yes": (MIXED, NO, YES, Failed),
    "a refusal becomes an answer": (MIXED, REFUSED, LIST, Failed),
    "an answer becomes a refusal": (MIXED, LIST, REFUSED, Passed),
    "yes becomes no": (MIXED, YES, NO, Passed),
    "another answer": (MIXED, LIST, OTHER, Passed),
    "another answer to what is escaped": (ESCAPED, LIST, OTHER, Passed),
    "what was escaped in the answer is no longer": (ESCAPED, SAID, DECODED, Failed),
    "what is escaped is left out": (ESCAPED, SAID, LEFT_OUT, Passed),
    "a refusal of what is escaped": (ESCAPED, LIST, REFUSED, Passed),
}


@pytest.mark.parametrize(("sort", "before", "after", "result"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_base_refuses_a_change_refuses_too(sort: str, before: Seen, after: Seen, result: type) -> None:
    case = Case(id="c", setup="", does="f()", sort=sort)
    found = judge([case], {"c": [before, before]}, {"c": [after]}, lambda _, __: False)
    assert isinstance(found, result)


def test_what_shows_an_exploit_on_base_is_no_call_to_compare() -> None:
    case = Case(id="c", setup="", does="f()", sort=MIXED)
    assert isinstance(judge([case], {"c": [NO, NO]}, {"c": [YES]}, lambda _, __: True), Skipped)
