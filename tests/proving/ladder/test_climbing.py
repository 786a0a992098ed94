"""From what was seen of base and change to a result of each rung, and from these to a conclusion."""

from __future__ import annotations

import pytest

from outpace.model.proof import Check, CheckUndecided, Failed, Passed, Proved, Refuted, Result, Skipped, Undecided
from outpace.proving.ladder import benign, exercised, rungs, witness
from outpace.proving.ladder.cases import DIED, RAISED, RETURNED, Benign, Case, Leaks, Seen, Witness
from outpace.proving.ladder.constants import brought, spliced
from outpace.proving.ladder.exercised import Missed
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.variants import variants

WITNESS = Witness(does="read('../secret.txt')", exploited=Leaks("canary"))
CASE = Case(id="w", setup="", does=WITNESS.does)


def returned(text: str, *, runs: int = 3) -> dict[str, list[Seen]]:
    return {"w": [Seen(case="w", state=RETURNED, text=text, value=(("{}", "equal", repr(text)),))] * runs}


def raised(kind: str = "builtins:ValueError") -> dict[str, list[Seen]]:
    return {"w": [Seen(case="w", state=RAISED, kind=kind, message="no")] * 3}


def test_a_witness_has_its_effect_on_base_and_none_on_the_change() -> None:
    judged = [
        witness.judge([WITNESS], [CASE], returned("canary"), raised()),
        witness.judge([WITNESS], [CASE], returned("canary"), returned("the canary")),
        witness.judge([WITNESS], [CASE], raised(), raised()),
        witness.judge([WITNESS], [CASE], returned("canary"), {"w": [Seen(case="w", state=DIED, why="exit status 0")]}),
        witness.judge([WITNESS], [CASE], returned("canary"), {}),
        witness.judge([], [], {}, {}),
    ]
    assert judged == [
        Passed("1 witness, each with its effect on base and none on the change"),
        Failed("still exploited: with read('../secret.txt'), 'canary' comes back"),
        CheckUndecided(
            "base does not show the effect each time: read('../secret.txt')",
            "a witness that shows its effect on base in every run",
        ),
        Failed("read('../secret.txt') does not come to its end: exit status 0"),
        CheckUndecided("read('../secret.txt') was not run on the change"),
        Skipped("no witness is given"),
    ]


def test_what_is_held_out_is_not_said() -> None:
    case = Case(id="w", setup="", does="read('x/../../secret.txt')", sort="another path to the same place")
    told = witness.judge_variants([WITNESS], [case], [case], returned("canary"), {})
    assert told == Failed("still exploited by a variant of the witness, held out: another path to the same place")
    assert benign.judge([case], returned("a"), returned("b"), given=False) == Failed(
        "a call of the project's own tests, held out, has another answer"
    )


def test_only_variants_that_have_the_effect_on_base_are_tried() -> None:
    cases = [CASE, Case(id="x", setup="", does="read('nowhere')")]
    assert witness.effective([WITNESS], cases, returned("canary")) == (CASE,)


def test_the_same_call_gives_the_same_answer() -> None:
    judged = [
        benign.judge([CASE], returned("a"), returned("a")),
        benign.judge([CASE], returned("a"), returned("b")),
        benign.judge([CASE], returned("a"), raised("builtins:KeyError")),
        benign.judge([CASE], {"w": [*returned("a")["w"], *returned("b")["w"]]}, returned("a")),
        benign.judge([], {}, {}),
    ]
    assert judged == [
        Passed("1 call with the same answers"),
        Failed("read('../secret.txt') was 'a', and is 'b'"),
        Failed("read('../secret.txt') was 'a', and is KeyError: no"),
        CheckUndecided("no benign call gives the same answer in every run on base", "calls that do"),
        Skipped("no benign call is given"),
    ]


def test_added_code_that_never_ran_is_told_by_its_place() -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=b"a\n", after=b"a\nb\nc\n")])
    judged = [
        exercised.judge(patch, ()),
        exercised.judge(patch, [Missed(path="a.py", line=3), Missed(path="a.py", line=2)]),
        exercised.judge(patch, None),
    ]
    assert judged == [
        Passed("all of 2 added lines ran"),
        Failed("added code that no test and no case runs: a.py:2 and 1 other line"),
        CheckUndecided("nothing tells which of the added code ran"),
    ]


def test_one_seed_draws_the_same_variants_and_each_kind_has_its_share() -> None:
    drawn = variants([WITNESS], ("read_all(['../secret.txt'])",), seed=3)
    assert drawn == variants([WITNESS], ("read_all(['../secret.txt'])",), seed=3)
    assert drawn != variants([WITNESS], ("read_all(['../secret.txt'])",), seed=4)
    assert {"another path to the same place", "percent-encoded", "another way in"} <= {case.sort for case in drawn}
    assert WITNESS.does not in {case.does for case in drawn}


def test_constants_that_a_change_brings_are_put_into_every_input() -> None:
    after = b'def f(x):\n    """Of x."""\n    return x.replace("~" + "~", "") if x != "open" and len(x) < 7 else x\n'
    patch = Patch.of([PatchedFile(path="a.py", before=b'def f(x):\n    return "open"\n', after=after)])
    assert set(brought(patch)) == {"~~", "~", 7}
    made = {case.does for case in spliced(patch, [WITNESS], [Benign(does="read('a')")])}
    assert {"read('.~~./secret.txt')", "read('~~')", "read('a~~')", "read('aaaaaaa')"} <= made


def checks(**results: Result) -> list[Check]:
    names = {"shape": rungs.SHAPE, "witness": rungs.WITNESS, "benign": rungs.BENIGN, "variants": rungs.VARIANTS}
    return [Check(name=names[name], result=result) for name, result in results.items()]


CONCLUDED = (
    (checks(shape=Passed(), witness=Passed(), benign=Passed()), Proved()),
    (checks(shape=Failed("no"), witness=CheckUndecided("x")), Refuted("shape: no")),
    (checks(witness=CheckUndecided("x", "y"), benign=Failed("no")), Refuted("benign identical: no")),
    (checks(witness=Passed(), benign=Passed(), variants=CheckUndecided("x", "y")), Undecided("variants dead: x", "y")),
    (
        checks(shape=Passed(), witness=Passed(), benign=Skipped("no benign call is given")),
        Undecided("benign identical: no benign call is given", "a task that gives one for benign identical"),
    ),
    (checks(shape=Passed()), Undecided("witness dead: it was not tried", "a task that gives one for witness dead")),
)


@pytest.mark.parametrize(("known", "conclusion"), CONCLUDED)
def test_proved_needs_every_rung_that_applies_and_both_that_tell(known: list[Check], conclusion: object) -> None:
    assert rungs.conclude(known) == conclusion


def test_benign_calls_that_do_not_work_on_base_tell_nothing() -> None:
    broken = raised("builtins:ModuleNotFoundError")
    found = benign.judge([CASE], broken, broken)
    assert isinstance(found, CheckUndecided)
    assert "cannot be made on base" in found.missing
    refused = raised("builtins:ValueError")
    assert isinstance(benign.judge([CASE], refused, refused), CheckUndecided)
    answering = Case(id="other", setup="", does="f()", sort="")
    other = {"other": returned("a")["w"]}
    assert isinstance(benign.judge([CASE, answering], {**refused, **other}, {**refused, **other}), Passed)
