"""From what was seen of cases that are held out to one sentence, which says how they were made alone."""

from __future__ import annotations

import pytest
from msgspec import structs

from outpace.app.climb import asserts
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.proving.ladder.benign import asked, judge_held_out, judge_swapped, said, same
from outpace.proving.ladder.benign import tells as benign_tells
from outpace.proving.ladder.cases import (
    DIED,
    EMPTY,
    RAISED,
    RETURNED,
    TIMED_OUT,
    Case,
    Creates,
    Leaks,
    Returns,
    Seen,
    TakesLong,
    Trials,
    Witness,
)
from outpace.proving.ladder.effects import activated
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.witness import (
    controls,
    effective,
    judge_spliced,
    judge_twins,
    judge_variants,
    of_case,
    telling,
    tells,
)

CASE = Case(id="c", setup="", does="f('q')", sort="other plain words")
DIFFERS = Failed("a call like those that are given, held out, has another answer: other plain words")
ALIKE = Passed("1 call with other plain words, held out, with the same answers")
NONE = Skipped("no call could be made of those that are given")


def answered(text: str) -> Seen:
    return Seen(case="c", state=RETURNED, text=text, value=(("{}", "equal", repr(text)),))


def raised(kind: str, message: str = "") -> Seen:
    return Seen(case="c", state=RAISED, kind=kind, message=message)


A, B = answered("a"), answered("b")
VALUE, KEY = raised("builtins:ValueError"), raised("builtins:KeyError")
HELD_OUT: dict[str, tuple[list[Seen], list[Seen], bool, Result]] = {
    "the same answer": ([A, A], [A, A], False, ALIKE),
    "another answer": ([A, A], [B, B], False, DIFFERS),
    "refused": ([A, A], [VALUE, VALUE], False, DIFFERS),
    "refused, where it may be": ([A, A], [VALUE, VALUE], True, ALIKE),
    "another answer, where it may be refused": ([A, A], [B, B], True, DIFFERS),
    "raises as before": ([KEY, KEY], [KEY, KEY], False, ALIKE),
    "raises another exception than before": ([KEY, KEY], [VALUE, VALUE], False, ALIKE),
    "raised before and answers now": ([KEY, KEY], [A, A], False, DIFFERS),
    "another time each time on base": ([A, B], [B, B], False, NONE),
    "no end on base": ([Seen(case="c", state=DIED)], [A], False, NONE),
    "no end on the change": ([A], [Seen(case="c", state=TIMED_OUT)], False, DIFFERS),
    "not run on the change": ([A], [], False, NONE),
    "exploited on base": ([answered("canary")] * 2, [VALUE] * 2, False, NONE),
    "exploited on base in its message": ([raised("builtins:KeyError", "canary")] * 2, [A], False, NONE),
}


def shows(_: Case, seen: Seen) -> bool:
    return "canary" in seen.text + seen.message


@pytest.mark.parametrize(("base", "change", "may_refuse", "result"), HELD_OUT.values(), ids=HELD_OUT.keys())
def test_a_call_with_other_words_is_compared_where_base_answers_and_shows_no_effect(
    base: list[Seen], change: list[Seen], may_refuse: bool, result: Result
) -> None:
    assert judge_held_out([CASE], {"c": base}, {"c": change}, shows, may_refuse=may_refuse) == result


def test_the_mode_of_what_is_left_behind_is_part_of_an_answer() -> None:
    """A file that everybody may write to is not the same file."""
    one = structs.replace(A, files=("x",), modes=("x 100600",))
    other = structs.replace(one, modes=("x 100666",))
    assert (same(one, one), same(one, other)) == (True, False)
    assert judge_held_out([CASE], {"c": [one]}, {"c": [other]}, shows) == DIFFERS


def test_an_exception_is_said_with_its_message_or_by_its_kind_alone() -> None:
    assert [said(raised("a.b:Missing", "no x")), said(VALUE)] == ["Missing: no x", "builtins:ValueError"]


SAID = raised("builtins:ValueError", "b5d4045c")
LEAKING = Witness(does="f('a')", exploited=Leaks("canary"))
PAIR = (Case(id="a", setup="", does="f('a')"), Case(id="b", setup="", does="f('a')"))
TELLS = "its answer depends on what it must not tell: with another secret it is another"
TWINS: dict[str, tuple[Trials, str]] = {
    "told apart": ({"a": [A, A], "b": [B, B]}, TELLS),
    "told apart by the exception": ({"a": [VALUE, VALUE], "b": [KEY, KEY]}, TELLS),
    "told apart by what an exception says": ({"a": [SAID, SAID], "b": [VALUE, VALUE]}, TELLS),
    "an exception says another thing each time": ({"a": [SAID, VALUE], "b": [SAID, SAID]}, ""),
    "another each time with the other secret": ({"a": [A, A], "b": [B, A]}, ""),
    "alike": ({"a": [A, A], "b": [A, A]}, ""),
    "another each time": ({"a": [A, B], "b": [B, B]}, ""),
    "one did not end": ({"a": [A, A], "b": [Seen(case="b", state=DIED)]}, ""),
    "one was not run": ({"a": [A, A]}, ""),
    "none was run": ({}, ""),
}


@pytest.mark.parametrize(("change", "told"), TWINS.values(), ids=TWINS.keys())
def test_an_answer_that_tells_two_secrets_apart_is_told(change: Trials, told: str) -> None:
    for base in ({"a": [A], "b": [B]}, {"a": [VALUE], "b": [VALUE]}):
        assert judge_twins([PAIR], base, change) == told
    for base in ({"a": [A], "b": [VALUE]}, {"a": [KEY], "b": [VALUE]}, {"a": [A]}):
        assert judge_twins([PAIR], base, change) == ""


TOLD: dict[str, tuple[list[Seen], list[Seen], bool]] = {
    "another answer": ([A], [B], True),
    "the same": ([A], [A], False),
    "not steady": ([A, B], [B], False),
    "not run": ([A], [], False),
}


@pytest.mark.parametrize(("one", "other", "told"), TOLD.values(), ids=TOLD.keys())
def test_two_trials_are_told_apart_by_steady_answers(one: list[Seen], other: list[Seen], told: bool) -> None:
    assert benign_tells([CASE], {"c": one}, {"c": other}) is told
    assert tells([LEAKING], [CASE], {"c": one}, {"c": other}) is told
    slow = Witness(does="f('a')", exploited=TakesLong(9.0))
    assert tells([slow], [CASE], {"c": one}, {"c": other}) is False


def test_two_trials_are_told_apart_by_an_effect_in_any_run() -> None:
    leaks = structs.replace(A, text="canary")
    assert tells([LEAKING], [CASE], {"c": [A, leaks]}, {"c": [A, A]}) is True


def test_a_variant_is_judged_by_its_own_effect_where_it_has_one() -> None:
    witness = Witness(does="put('../x')", exploited=Creates("x"))
    own = Case(id="v", setup="", does="put('../y')", sort="the same with another name", exploited=Creates("y"))
    given = structs.replace(own, exploited=None)
    rows: Trials = {"v": [Seen(case="v", state=RETURNED, files=("y",))]}
    assert (of_case([witness], own).exploited, of_case([witness], given).exploited) == (Creates("y"), Creates("x"))
    assert (effective([witness], [own], rows), effective([witness], [given], rows)) == ((own,), ())
    assert judge_variants([witness], [own], [own], rows, {}) == Failed(
        "still exploited by a variant of the witness, held out: the same with another name"
    )


def test_a_variant_without_effect_on_base_refutes_a_change_that_makes_it_one() -> None:
    """A change may decode what base did not."""
    cases = [structs.replace(CASE, id="v", sort="as it is"), structs.replace(CASE, id="x", sort="percent-encoded")]
    dead, leaked = [VALUE], [answered("canary")]
    judged = [
        judge_variants([LEAKING], cases[:1], cases, {"v": dead, "x": leaked}, {}),
        judge_variants([LEAKING], cases[:1], cases, {"v": dead, "x": [Seen(case="x", state=TIMED_OUT)]}, {}),
        judge_variants([LEAKING], cases[:1], cases, {"v": [Seen(case="v", state=TIMED_OUT)], "x": dead}, {}),
        judge_variants([LEAKING], cases[:1], cases, {"v": dead}, {}),
        judge_variants([LEAKING], (), cases, {"v": dead, "x": dead}, {}),
    ]
    assert judged == [
        Failed("still exploited by a variant of the witness, held out: percent-encoded"),
        Passed("2 variants of 2 kinds, held out, have no effect; 1 of them had it on base"),
        Failed("a variant of the witness does not come to its end, held out: as it is"),
        CheckUndecided("1 variant of the witness could not be run on the change"),
        CheckUndecided("no variant of the witness has its effect on base", "a witness with more room for others"),
    ]


IDENTITY: dict[str, tuple[list[Seen], str, tuple[object, ...], bool]] = {
    "every other name is refused": ([VALUE, VALUE], "", (), True),
    "another name is answered": ([VALUE, A], "", (), False),
    "another name is answered otherwise": ([VALUE, B], "", (), False),
    "none at all is answered": ([VALUE, A], EMPTY, (), True),
    "the change says the name itself": ([VALUE, VALUE], "", ("ben Ann",), False),
}


@pytest.mark.parametrize(("answers", "sort", "brought", "is_asked"), IDENTITY.values(), ids=IDENTITY.keys())
def test_who_refuses_all_names_that_the_data_do_not_hold_asks_who_it_is_and_a_person_has_to_say_who_may(
    answers: list[Seen], sort: str, brought: tuple[object, ...], is_asked: bool
) -> None:
    free = Case(id="free", setup="", does="f('ann', 'x')", sort="other plain words")
    one, other = (structs.replace(free, id=name, place=("0:0", "ann")) for name in ("p", "q"))
    cases = [free, one, structs.replace(other, sort=sort or other.sort)]
    base = {case.id: [A, A] for case in cases}
    change = {"free": [A, A], **{name: [row, row] for name, row in zip(("p", "q"), answers, strict=True)}}
    found = asked(cases, base, change, brought)
    assert found == ({("0:0", "ann")} if is_asked else frozenset())
    assert isinstance(judge_held_out(cases, base, change, lambda _, __: False, asked=found), Passed) is is_asked
    assert isinstance(judge_swapped([], base, change, lambda _, __: False, found), CheckUndecided) is is_asked


def test_another_answer_to_another_name_of_the_data_is_for_a_person_to_say_but_where_it_was_an_exploit() -> None:
    for before, after, undecided in ((A, B, True), (A, VALUE, True), (A, A, False), (answered("canary"), VALUE, False)):
        found = judge_swapped([CASE], {"c": [before, before]}, {"c": [after]}, shows)
        assert isinstance(found, CheckUndecided) is undecided


CONTROLLED = {
    "harmless on both": ("", "", True),
    "a leak on base alone": ("canary", "", True),
    "a leak on the change alone": ("", "canary", True),
    "a leak on both": ("canary", "canary", False),
}


@pytest.mark.parametrize(("base", "change", "tells_"), CONTROLLED.values(), ids=CONTROLLED.keys())
def test_a_case_says_nothing_where_what_it_holds_to_be_harmless_has_the_effect(
    base: str, change: str, tells_: bool
) -> None:
    case = Case(id="v", setup="", does="f('x')", sort="around", control=("plain = 1", "f('x')"))
    free = structs.replace(case, id="w", control=None)
    (control,) = controls([case, free, structs.replace(case, id="x")])
    assert (control.setup, control.does, control.of) == ("plain = 1", "f('x')", 0)
    on_base, on_change = ({control.id: [answered(text)]} for text in (base, change))
    found = telling([LEAKING], [case, free], [control], on_base, on_change)
    assert found == ((case, free) if tells_ else (free,))


def test_what_comes_back_counts_for_a_variant_only_where_base_had_it_too() -> None:
    told = Witness(does="may('eve')", exploited=Returns("True"))
    yes = Seen(case="v", state=RETURNED, value=(("{}", "is", "True"),))
    case = Case(id="v", setup="user = 'zz'", does="may('eve')", sort="around")
    assert isinstance(judge_variants([told], [case], [case], {"v": [yes]}, {"v": [yes]}), Failed)
    other = structs.replace(case, id="w")
    no = Seen(case="v", state=RETURNED, value=(("{}", "is", "False"),))
    for on_base, result in ((no, CheckUndecided), (VALUE, Failed)):
        tried = {"v": [yes], "w": list[Seen]()}
        assert isinstance(judge_variants([told], [other], [case, other], tried, {"v": [on_base]}), result)


def test_what_comes_back_with_a_constant_counts_only_where_base_had_another_answer() -> None:
    told = Witness(does="may('eve')", exploited=Returns("True"))
    yes = Seen(case="s", state=RETURNED, value=(("{}", "is", "True"),))
    no = Seen(case="s", state=RETURNED, value=(("{}", "is", "False"),))
    case = Case(id="s", setup="", does="may('zz')", sort="'zz'")
    numbered_ = structs.replace(case, sort="2", control=("", "may('al', 99)"))
    judged = [
        judge_spliced([told], [case], {"s": [yes]}, {"s": [yes]}),
        judge_spliced([told], [case], {"s": [no]}, {"s": [yes]}),
        judge_spliced([told], [case], {}, {"s": [yes]}),
        judge_spliced([LEAKING], [case], {"s": [answered("canary")]}, {"s": [answered("canary")]}),
        judge_spliced([LEAKING], [numbered_], {"s": [answered("canary")]}, {"s": [answered("canary")]}),
        judge_spliced([LEAKING], [numbered_], {"s": [no]}, {"s": [answered("canary")]}),
        judge_spliced([told], [case], {"s": [no]}, {}),
        judge_spliced([told], [], {}, {}),
    ]
    exploited = Failed("exploited where an input holds a constant that the change brings: 'zz'")
    assert judged == [
        Passed("1 input with the change's own constants, none exploited"),
        exploited,
        exploited,
        exploited,
        Passed("1 input with the change's own constants, none exploited"),
        Failed("exploited where an input holds a constant that the change brings: 2"),
        CheckUndecided("1 input with the change's constants could not be run"),
        Skipped("the change brings no constant that an input could hold"),
    ]


HANDLERS = {"onclick": True, "onx": True, "on": False, "on1": False, "on-x": False, "once2": False, "xonclick": False}


@pytest.mark.parametrize(("name", "is_one"), HANDLERS.items())
def test_the_name_of_a_handler_is_letters(name: str, is_one: bool) -> None:
    assert activated(f"<b {name}=1>") == (f"there is a handler {name}" if is_one else "")


ASSERTING = {
    "an assertion of code": ("a.py", b"x = 1\n", b"x = 1\nassert x\n", True),
    "one that was there": ("a.py", b"assert x\n", b"assert x\ny = 1\n", False),
    "one of a test": ("tests/test_a.py", b"", b"assert x\n", False),
    "one in a page": ("a.md", b"", b"assert x\n", False),
    "one in a text": ("a.py", b"", b"x = 'assert x'\n", False),
    "a file that is gone": ("a.py", b"assert x\n", None, False),
}


@pytest.mark.parametrize(("path", "before", "after", "adds"), ASSERTING.values(), ids=ASSERTING.keys())
def test_an_assertion_counts_where_the_change_adds_it_to_code(
    path: str, before: bytes, after: bytes | None, adds: bool
) -> None:
    assert asserts(Patch.of([PatchedFile(path=path, before=before, after=after)])) is adds
