"""A word that a witness says more than once is another one in all of its places."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.cases import Leaks, Oracle, Returns, Room, Witness
from outpace.proving.ladder.reworded import reworded
from outpace.proving.tasks import Task


def task(does: str, exploited: Oracle, setup: str = "", room: tuple[Room, ...] = ()) -> Task:
    witnesses = (Witness(does=does, exploited=exploited, setup=setup),)
    return Task(kind="code-fix", goal="-", editable=("a.py",), witnesses=witnesses, room=room)


def test_a_word_said_twice_is_another_one_in_both_places_with_its_letter_case_kept() -> None:
    (found,) = reworded(task("'x-evil' in seen('GET /\\r\\nX-Evil: 1')", Returns("True")))
    assert (found.does, found.exploited) == ("'x-pgtw' in seen('GET /\\r\\nX-Pgtw: 1')", Returns("True"))


def test_a_word_that_comes_back_and_is_set_up_is_changed_there_too() -> None:
    of = task("take('eve')", Returns("'eve'"), setup="known = ['eve']\ndef take(eve):\n    return eve")
    (found,) = reworded(of)
    assert (found.does, found.exploited) == ("take('pgp')", Returns("'pgp'"))
    assert found.setup == "known = ['pgp']\n\ndef take(eve):\n    return eve"


UNCHANGED = {
    "said once": task("take('evil')", Returns("True")),
    "another effect": task("take('evil', 'evil')", Leaks("canary")),
    "held by the room": task("take('evil', 'evil')", Returns("True"), room=(Room(path="a/evil.txt"),)),
}


@pytest.mark.parametrize("of", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_a_word_that_something_else_may_ask_for_stays(of: Task) -> None:
    assert list(reworded(of)) == []
