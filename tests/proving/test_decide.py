"""The conclusion over checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.model.proof import Check, CheckUndecided, Failed, Passed, Proved, Refuted, Result, Skipped, Undecided
from outpace.proving.decide import INDISPENSABLE, NAMES, conclude

PASSED: dict[str, Result] = dict.fromkeys(NAMES, Passed())


def checks(results: Mapping[str, Result]) -> tuple[Check, ...]:
    return tuple(Check(name=name, result=result) for name, result in results.items())


def test_a_change_whose_every_check_passed_is_proved() -> None:
    assert conclude(checks(PASSED)) == Proved()


@pytest.mark.parametrize("name", NAMES)
def test_one_failed_check_refutes_and_is_named(name: str) -> None:
    assert conclude(checks(PASSED | {name: Failed("so it is")})) == Refuted(f"{name}: so it is")


@pytest.mark.parametrize("name", NAMES)
def test_one_undecided_check_leaves_the_change_undecided_with_what_would_settle_it(name: str) -> None:
    results = PASSED | {name: CheckUndecided("an answer", "a question")}
    assert conclude(checks(results)) == Undecided(f"{name}: an answer", "a question")


def test_a_failure_outweighs_what_is_undecided_before_it() -> None:
    results = PASSED | {"lock diff": CheckUndecided("a purpose"), "suite": Failed("test_a is red")}
    assert conclude(checks(results)) == Refuted("suite: test_a is red")


@pytest.mark.parametrize("name", INDISPENSABLE)
@pytest.mark.parametrize("because", ["skipped", "absent"])
def test_nothing_is_proved_without_an_indispensable_check(name: str, because: str) -> None:
    results: dict[str, Result] = {**PASSED, name: Skipped("nobody asked")}
    if because == "absent":
        del results[name]
    assert conclude(checks(results)) == Undecided(f"{name}: it was not checked")


def test_no_checks_prove_nothing() -> None:
    assert isinstance(conclude(()), Undecided)


RESULTS = st.sampled_from([Passed(), Failed("x"), CheckUndecided("y"), Skipped("z")])


@given(st.dictionaries(st.sampled_from(NAMES), RESULTS))
def test_proved_means_that_nothing_failed_and_nothing_is_open(results: dict[str, Result]) -> None:
    proved = isinstance(conclude(checks(results)), Proved)
    sound = all(isinstance(result, Passed | Skipped) for result in results.values())
    whole = all(isinstance(results.get(name), Passed) for name in INDISPENSABLE)
    assert proved == (sound and whole)


ROOT = Path(__file__).parents[2] / "src" / "outpace"
JUDGES = (*sorted((ROOT / "proving").glob("*.py")), ROOT / "app" / "prove.py")
# "suite: a suite: no test was found" is no sentence, nor is "lock diff: what the change is for".
STUTTERS = re.compile(rf"((an?|the) )?({'|'.join(NAMES)})s?\b|(whether|how|why|what) |an? ", re.IGNORECASE)


def undecided_texts() -> Iterator[str]:
    """How each text of a check begins that leaves it undecided."""
    for path in JUDGES:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="CheckUndecided"), args=[ast.Constant(value=str(text)), *_]):
                    yield text
                case ast.Call(func=ast.Name(id="CheckUndecided"), args=[ast.JoinedStr(values=[first, *_]), *_]):
                    yield str(first.value) if isinstance(first, ast.Constant) else "NAME"
                case _:
                    continue


def test_what_is_undecided_reads_well_behind_the_name_of_its_check() -> None:
    texts = tuple(undecided_texts())
    assert len(texts) > 15
    assert [text for text in texts if STUTTERS.match(text)] == []
