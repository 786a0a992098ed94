"""A text that a change brings is put beside what other inputs are exploited with."""

from __future__ import annotations

from outpace.model.proof import Failed, Passed
from outpace.proving.ladder.cases import RETURNED, Case, Leaks, Runs, Seen, Witness
from outpace.proving.ladder.crossed import CROSSED, MOST, crossed
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.witness import judge_spliced

RUN = Witness(setup="S", does="run('; id')", exploited=Runs("id"))


def changed(after: str) -> Patch:
    return Patch.of([PatchedFile(path="a.py", before=b"", after=after.encode())])


def test_a_text_stands_before_and_behind_each_payload_in_each_place() -> None:
    found = crossed(changed("A = '.gz'\n"), [RUN], ("tail('x', '| id')",))
    joined = [each for payload in ("; id", "x", "| id") for each in (".gz" + payload, payload + ".gz")]
    assert [case.does for case in found] == [
        *(f"run({each!r})" for each in joined),
        *(f"tail({each!r}, '| id')" for each in joined),
        *(f"tail('x', {each!r})" for each in joined),
    ]
    assert {(case.setup, case.sort, case.of) for case in found} == {("S", CROSSED, 0)}


def test_a_word_is_tried_with_a_sign_of_the_change_too() -> None:
    found = crossed(changed("A = {'sql': 1}.get(x.partition(':')[0])\n"), [RUN], ())
    assert "run('sql:; id')" in [case.does for case in found]


def test_a_text_for_people_and_a_leak_that_says_itself_are_tried_nowhere() -> None:
    assert crossed(changed("A = 'no such place: %s'\n"), [RUN], ()) == ()
    leak = Witness(does="read('a')", exploited=Leaks("key"))
    assert {case.does for case in crossed(changed("A = 'key'\n"), [leak], ())} == set()


def test_no_more_is_crossed_than_can_be_run() -> None:
    texts = "".join(f"A{number} = 't{number}'\n" for number in range(200))
    assert 0 < len(crossed(changed(texts), [RUN], ())) <= 2 * MOST


def test_what_has_its_effect_on_base_too_is_no_trigger() -> None:
    case = Case(id="crossed-0", setup="", does="run('.gz; id')", sort=CROSSED)
    started = [Seen(case=case.id, state=RETURNED, programs=("id",))]
    assert judge_spliced([RUN], [case], {case.id: started}, {case.id: started}) == Passed(
        "1 input with the change's own constants, none exploited"
    )
    refuted = judge_spliced([RUN], [case], {case.id: [Seen(case=case.id, state=RETURNED)]}, {case.id: started})
    assert refuted == Failed(f"exploited where an input holds a constant that the change brings: {CROSSED}")
