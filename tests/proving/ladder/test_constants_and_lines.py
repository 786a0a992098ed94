"""Constants that a change brings are put into inputs, and its added lines are to run; those of tests are neither."""

from __future__ import annotations

import pytest

from outpace.model.proof import CheckUndecided, Failed, Passed, Skipped
from outpace.proving.ladder import exercised
from outpace.proving.ladder.cases import Benign, Leaks, Returns, Witness
from outpace.proving.ladder.constants import MOST, brought, spliced, triggers
from outpace.proving.ladder.exercised import Missed
from outpace.proving.ladder.patch import Patch, PatchedFile

CODE = PatchedFile(path="shop/a.py", before=b'KEPT = "kept"\n', after=b'KEPT = "kept"\nNEW = "zzz"\n')
TEST = PatchedFile(path="tests/test_a.py", before=None, after=b'assert read("../of-a-test") == 4711\n')


def test_constants_of_tests_are_no_triggers() -> None:
    assert brought(Patch.of([CODE, TEST])) == ("zzz",)
    assert spliced(Patch.of([TEST]), [Witness(does="f('a')", exploited=Leaks("x"))], []) == ()


def test_a_constant_that_stands_there_once_more_is_brought_and_one_that_is_left_out_is_not() -> None:
    again = PatchedFile(path="a.py", before=b'A = "x"\nB = "y"\n', after=b'A = "x"\nC = "x"\n')
    assert brought(Patch.of([again])) == ("x",)


def test_one_and_true_are_two_constants_and_one_and_a_float_too() -> None:
    file = PatchedFile(path="a.py", before=b"", after=b"A = 1\nB = 1.0\nC = True\nD = b'1'\nE = '1'\n")
    assert [(type(value), value) for value in brought(Patch.of([file]))] == [
        (int, 1),
        (float, 1.0),
        (bytes, b"1"),
        (str, "1"),
    ]


def test_an_input_that_says_the_leak_itself_is_left_out_since_an_answer_may_repeat_it() -> None:
    """The canary as a constant of the change is in no input that did not hold it before."""
    change = Patch.of([PatchedFile(path="a.py", before=b"", after=b'A = "canary"\nB = "zzz"\n')])
    leaking = [Witness(does="f('a')", exploited=Leaks("canary"))]
    made = {case.does for case in spliced(change, leaking, [Benign(does="g('b')")])}
    assert {"f('zzz')", "g('zzz')"} <= made
    assert [does for does in made if "canary" in does] == []
    holding = [Witness(does="f('canary')", exploited=Leaks("canary"))]
    assert "f('canaryzzz')" in {case.does for case in spliced(change, holding, [])}
    another = [Witness(does="f('a')", exploited=Returns("1"))]
    assert "f('canary')" in {case.does for case in spliced(change, another, [])}


def test_there_are_no_more_inputs_than_can_be_run() -> None:
    many = "\n".join(f"A{number} = 'constant-{number}'" for number in range(200))
    change = Patch.of([PatchedFile(path="a.py", before=b"", after=many.encode())])
    made = spliced(change, [Witness(does="f('a')", exploited=Leaks("x"))], [])
    assert 0 < len(made) <= MOST
    assert [case.id for case in made] == [f"spliced-{number}" for number in range(len(made))]


def test_the_added_lines_of_code_are_to_run_and_not_those_of_tests_pages_and_files_that_are_gone() -> None:
    page = PatchedFile(path="a.md", before=b"", after=b"a\n")
    gone = PatchedFile(path="gone.py", before=b"a\n", after=None)
    less = PatchedFile(path="less.py", before=b"a\nb\n", after=b"a\n")
    assert exercised.wanted(Patch.of([CODE, TEST, page, gone, less])) == {"shop/a.py": (2,)}


def test_where_no_code_is_added_nothing_is_asked_and_nobody_s_word_is_no_pass() -> None:
    assert exercised.judge(Patch.of([TEST]), None) == Skipped("no code is added")
    assert exercised.judge(Patch.of([CODE, TEST]), None) == CheckUndecided("nothing tells which of the added code ran")
    assert exercised.judge(Patch.of([CODE]), [Missed(path="shop/a.py", line=2)]) == Failed(
        "added code that no test and no case runs: shop/a.py:2"
    )
    assert exercised.judge(Patch.of([CODE]), ()) == Passed("all of 1 added line ran")


def test_a_text_that_base_holds_is_a_trigger_where_an_added_line_asks_for_its_name() -> None:
    before = b"ENDS = ('.txt', '.csv')\nOTHER = 'z'\n\n\ndef f(n):\n    return n\n"
    after = before.replace(b"    return n", b"    return n.endswith(ENDS[-1])")
    patch = Patch.of([PatchedFile(path="a.py", before=before, after=after)])
    assert (brought(patch), triggers(patch)) == ((1,), (1, ".txt", ".csv"))


REFUSALS: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "a condition that compares, and its refusal": (
        b"if len(x) > 80 or '[' in x:\n    raise Refused(f'{x!r} is long')",
        (2, 3),
    ),
    "a condition that calls": (b"if log(x):\n    raise ValueError(x)", (3,)),
    "a condition that sets": (b"if x > 3 and (y := '.'):\n    raise ValueError(x)", (3,)),
    "a condition that goes through a list": (b"if [0 for y[:] in [[x]]]:\n    raise ValueError(x)", (3,)),
    "what is raised calls": (b"if x:\n    raise Refused(log(x))", ()),
    "what is raised was bound here": (b"Text = Path.read_text\nraise Refused(Text(x))", ()),
    "what is raised was given": (b"if x:\n    raise x(3)", ()),
    "an exception of a module": (b"if x:\n    raise errors.Refused('{}'.format(x)) from error", ()),
    "an exception of a module with a text": (b"if x:\n    raise errors.Refused('no', x)", (2, 3)),
    "something else before it": (b"if x:\n    y = x[1:]\n    raise KeyError", (4,)),
    "something else on its line": (b"y.append(x); raise KeyError", ()),
    "a return under a condition on its line": (b"if x: return y\nif x: raise KeyError", ()),
    "a handler around it": (b"try:\n    raise EOFError\nexcept EOFError:\n    raise KeyError", (5,)),
    "several lines": (b"if x:\n    raise ValueError(\n        'no'\n    )", (2, 3, 4, 5)),
}


@pytest.mark.parametrize(("body", "lines"), REFUSALS.values(), ids=REFUSALS.keys())
def test_lines_that_only_refuse_are_told_with_conditions_that_only_compare(body: bytes, lines: tuple[int, ...]) -> None:
    """What an input that is put together wrongly reaches is looked at for effects alone: the others have to run."""
    source = b"def f(x):\n" + b"".join(b"    " + line + b"\n" for line in body.splitlines())
    change = Patch.of([PatchedFile(path="a.py", before=b"", after=source)])
    left = [Missed(path="a.py", line=line) for line in range(1, 11)]
    assert exercised.refusals(change, left).get("a.py", ()) == lines
    assert exercised.refusals(change, left[:1]) == {}
