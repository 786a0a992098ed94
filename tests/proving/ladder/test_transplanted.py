"""What exploits one call is put into each place of the others."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.cases import Activates, Benign, Creates, Oracle, Returns, TakesLong, Witness
from outpace.proving.ladder.transplanted import TRANSPLANTED, transplanted
from outpace.proving.tasks import Task

OTHER = Benign(setup="from a import Author\nann = Author('Ann', url='/ann')", does="portrait(ann, 'small')")


def task_of(effect: Oracle, exploit: str = "write('../b')", benign: Benign = OTHER) -> Task:
    return Task(
        kind="code-fix",
        goal="nothing is created",
        editable=("a.py",),
        witnesses=(Witness(setup="from a import write", does=exploit, exploited=effect),),
        siblings=("move('../c')",),
        benign=(benign,),
    )


def test_each_text_of_a_call_and_of_what_sets_it_up_takes_what_exploits_another() -> None:
    found = transplanted(task_of(Creates("b")))
    ways = {(case.setup.splitlines()[-1], case.does) for case in found}
    assert ("ann = Author('Ann', url='/ann')", "portrait(ann, '../b')") in ways
    assert ("ann = Author('Ann', url='/ann')", "portrait(ann, 'small../c')") in ways
    assert ("ann = Author('../b', url='/ann')", "portrait(ann, 'small')") in ways
    assert ("ann = Author('Ann', url='../c')", "portrait(ann, 'small')") in ways
    assert {case.control for case in found} == {(OTHER.setup, OTHER.does)}
    assert {case.sort for case in found} == {TRANSPLANTED}


def test_markup_that_leaves_an_attribute_is_put_there_too() -> None:
    assert "portrait(ann, '\" onfocus=\"alert(1)')" in {case.does for case in transplanted(task_of(Activates()))}


@pytest.mark.parametrize("effect", [Returns("1"), TakesLong(1.0)], ids=["an answer", "time"])
def test_what_is_told_by_an_answer_or_by_time_is_no_other_inputs(effect: Oracle) -> None:
    assert transplanted(task_of(effect)) == ()


def test_a_plain_word_exploits_nothing() -> None:
    assert not any("'plain'" in case.does for case in transplanted(task_of(Creates("b"), "write('plain')")))


def test_a_call_that_decodes_its_own_answer_is_left_out() -> None:
    decoding = Benign(setup="import html\nfrom a import portrait", does="html.unescape(portrait('ann'))")
    assert transplanted(task_of(Creates("b"), benign=decoding)) == ()


def test_a_text_that_is_put_together_in_a_setup_stays_as_it_is() -> None:
    joined = Benign(setup="x = f\"{str('a')}\"", does="portrait(x, 'small')")
    assert {case.setup for case in transplanted(task_of(Creates("b"), benign=joined))} == {joined.setup}
