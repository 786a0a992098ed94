"""Inputs that are put together wrongly are there in many kinds, so that what refuses them runs."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.cases import Benign, Creates, TakesLong, Witness
from outpace.proving.ladder.malformed import MALFORMED, MOST, malformed
from outpace.proving.tasks import Task


def task_of(does: str, *, exploit: str = "read('x')", takes_long: bool = False) -> Task:
    effect = TakesLong(1.0) if takes_long else Creates("owned.txt")
    return Task(
        kind="code-fix",
        goal="nothing is created",
        editable=("a.py",),
        witnesses=(Witness(does=exploit, exploited=effect),),
        benign=(Benign(does=does),),
    )


KINDS = {
    "a mark less": ("fill('{a.b}')", "fill('{a.b')"),
    "a mark more": ("fill('{a.b}')", "fill('{{a.b}')"),
    "another dot": ("find('demo.git')", "find('demo..git')"),
    "an end too early": ("fill('{a.b}')", "fill('{a.')"),
    "followed further": ("fill('{a.b}')", "fill('{a.b.real}')"),
    "nested": ("fill('{a:b}')", "fill('{a:b:{a:b}}')"),
    "nested twice": ("fill('{a}')", "fill('{a:{a:{a}}}')"),
    "a number in the place of a word": ("fill('{a[name]}')", "fill('{a[0]}')"),
    "a sign before a word": ("work('a + b')", "work('a + ~b')"),
    "another number": ("at('host:80')", "at('host:99999')"),
    "something of another kind": ("read('a', 3)", "read(None, 3)"),
    "a large number": ("read('a', 3)", "read('a', 1000000)"),
    "no list": ("export([1, 2])", "export([])"),
    "a long list": ("export([1, 2])", "export([*range(12000)])"),
}


@pytest.mark.parametrize(("does", "other"), KINDS.values(), ids=KINDS.keys())
def test_a_call_is_put_together_wrongly(does: str, other: str) -> None:
    assert other in {case.does for case in malformed(task_of(does))}


def test_a_long_text_is_longer_than_a_limit_on_what_is_sane() -> None:
    assert max(len(case.does) for case in malformed(task_of("read('a')"))) > 10_000


def test_exploits_are_put_together_wrongly_too_but_for_those_that_take_long() -> None:
    given = task_of("read('a')", exploit="write('b')")
    assert "write('b?')" in {case.does for case in malformed(given)}
    slow = task_of("read('a')", exploit="write('b')", takes_long=True)
    assert not any(case.does.startswith("write") for case in malformed(slow))


def test_they_are_bounded_and_none_is_what_was_given() -> None:
    does = f"read({', '.join(repr(f'word{number}(a.b): c') for number in range(40))})"
    found = malformed(task_of(does))
    assert len(found) <= MOST
    assert {case.sort for case in found} == {MALFORMED}
    assert does not in {case.does for case in found}


def test_a_call_that_holds_thousands_of_texts_is_made_in_no_time() -> None:
    does = f"read({[f'word{number}' for number in range(2000)]!r}, {list(range(2000))!r})"
    assert 0 < len(malformed(task_of(does))) <= MOST
