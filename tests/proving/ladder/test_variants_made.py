"""Other ways in are always tried, what may come back is spelled in no other way, and what takes its time is rare."""

from __future__ import annotations

import ast

import pytest

from outpace.proving.ladder.cases import Benign, Creates, Leaks, Returns, TakesLong, Witness
from outpace.proving.ladder.constants import MOST_WORDED, worded
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.variants import (
    MOST,
    MOST_THAT_TAKE_LONG,
    OTHER_TYPE,
    OTHER_WAY,
    SPELLINGS,
    replaced,
    says_itself,
    variants,
)

LEAKING = Witness(does="read('../secret.txt; or <b>')", exploited=Leaks("canary"))


def twice(text: str) -> list[str]:
    return [text * 2]


def test_every_other_way_in_is_kept_for_each_witness_however_many_spellings_there_are() -> None:
    others = Witness(does="show('../secret.txt')", exploited=Creates("x"))
    ways = tuple(f"way_{number}('../secret.txt')" for number in range(20))
    for seed in range(3):
        found = variants([LEAKING, others], ways, seed=seed)
        kept = [(case.of, case.does) for case in found if case.sort == OTHER_WAY]
        assert (kept, len(found)) == ([(of, way) for way in ways for of in (0, 1)], MOST)


def test_a_way_in_is_tried_once_for_each_effect_and_not_for_each_witness() -> None:
    alike = Witness(does="show('a')", exploited=Leaks("canary"))
    found = variants([LEAKING, alike, Witness(does="put('a')", exploited=Creates("x"))], ("way()",))
    assert [case.of for case in found if case.does == "way()"] == [0, 2]


def test_other_ways_in_are_spelled_anew_too() -> None:
    found = {case.does for seed in range(4) for case in variants([LEAKING], ("way('a')",), seed=seed)}
    assert {"way('A')", "way('a')"} <= found


def test_what_is_told_by_what_it_returns_is_tried_in_other_ways_and_spelled_as_its_equal_alone() -> None:
    told = Witness(setup="import auth", does="auth.may('eve')", exploited=Returns("True"))
    assert sorted((case.does, case.sort) for case in variants([told], ("auth.may('mallory')",))) == [
        ("auth.may('mallory')", OTHER_WAY),
        ("auth.may(type('Text', (str,), {})('eve'))", OTHER_TYPE),
        ("auth.may(type('Text', (str,), {})('mallory'))", OTHER_TYPE),
    ]


def test_of_what_takes_long_only_a_few_are_tried_and_of_the_rest_all_the_same() -> None:
    slow = Witness(does="match('aaaa!')", exploited=TakesLong(1.0))
    assert [case.of for case in variants([slow])] == [0] * MOST_THAT_TAKE_LONG
    both = [case.of for case in variants([slow, LEAKING])]
    assert both.count(0) == MOST_THAT_TAKE_LONG
    assert both.count(1) > MOST_THAT_TAKE_LONG


SAYS = {
    "the leak is put in": (Witness(does="f('a')", exploited=Leaks("canary")), "f('canary')", True),
    "it was there": (Witness(does="f('canary')", exploited=Leaks("canary")), "f('canary-x')", False),
    "it is not": (Witness(does="f('a')", exploited=Leaks("canary")), "f('CANARY')", False),
    "nothing leaks": (Witness(does="f('a')", exploited=Returns("1")), "f('1')", False),
}


@pytest.mark.parametrize(("witness", "does", "says"), SAYS.values(), ids=SAYS.keys())
def test_an_input_says_a_leak_itself_where_its_witness_did_not(witness: Witness, does: str, says: bool) -> None:
    assert says_itself(witness, does) is says


def test_another_way_in_that_says_the_leak_itself_is_not_tried() -> None:
    assert [each.does for each in variants([LEAKING], ("f('canary')",)) if "canary" in each.does] == []


def test_each_text_is_altered_alone_and_bytes_stay_bytes() -> None:
    made = list(replaced("f('a', b'b', 3, k='c')", lambda text: iter(twice(text))))
    assert made == ["f('aa', b'b', 3, k='c')", "f('a', b'bb', 3, k='c')", "f('a', b'b', 3, k='cc')"]
    assert list(replaced("f(b'b')", lambda _: iter(["\u65e5", "x"]))) == ["f(b'x')"]


def test_the_text_that_a_method_is_called_of_is_not_altered() -> None:
    made = list(replaced("'<p>{}</p>'.format(show('a'))", lambda text: iter(twice(text))))
    assert made == ["'<p>{}</p>'.format(show('aa'))"]
    found = {case.does for case in variants([Witness(does="'-'.join(f('x y'))", exploited=Leaks("c"))])}
    assert {does[:10] for does in found} == {"'-'.join(f"}


def test_whatever_is_made_can_be_read_as_python() -> None:
    """Half a surrogate pair, a nul and a quotation mark are texts like others."""
    found = {spelled for spelling in SPELLINGS.values() for spelled in replaced(LEAKING.does, spelling)}
    assert len(found) > 200
    assert {type(ast.parse(does, mode="eval").body) for does in found} == {ast.Call}


def change(*texts: str) -> Patch:
    lines = "\n".join(f"A{number} = {text!r}" for number, text in enumerate(texts))
    return Patch.of([PatchedFile(path="a.py", before=b"", after=lines.encode())])


def test_plain_constants_of_a_change_are_put_into_the_plain_texts_of_benign_calls() -> None:
    benign = (Benign(does="f('a/b', 'c')"), Benign(setup="import g", does="g('d', 1)"))
    found = worded(change("zz", "../x", "<b>"), benign)
    assert [(case.id, case.setup, case.does, case.of, case.sort) for case in found] == [
        ("worded-0", "", "f('a/b', 'zz')", 0, "'zz'"),
        ("worded-1", "", "f('a/b', 'zzc')", 0, "'zz'"),
        ("worded-2", "", "f('a/b', 'czz')", 0, "'zz'"),
        ("worded-3", "import g", "g('zz', 1)", 1, "'zz'"),
        ("worded-4", "import g", "g('zzd', 1)", 1, "'zz'"),
        ("worded-5", "import g", "g('dzz', 1)", 1, "'zz'"),
    ]


def test_numbers_and_bytes_are_no_words_and_no_more_is_made_than_can_be_run() -> None:
    numbers = Patch.of([PatchedFile(path="a.py", before=b"", after=b"A = 5\nB = b'word'\n")])
    assert worded(numbers, [Benign(does="f('a')")]) == ()
    many = worded(change(*(f"w{number}" for number in range(100))), [Benign(does="f('a')")])
    assert 0 < len(many) <= MOST_WORDED


def test_a_text_that_nothing_evaluates_is_put_into_no_expression() -> None:
    sort = "another form of expression"
    texts = {"f('https://host.os/a')": 0, "f('{0.__class__}')": 1, "f('import os')": 1}
    assert {does: min(1, sum(case.sort == sort for case in variants([Witness(does=does, exploited=Leaks("key"))])))
            for does in texts} == texts  # fmt: skip
