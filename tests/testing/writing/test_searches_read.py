"""What a search tells is believed only where its rows agree with each other."""

from __future__ import annotations

import msgspec
import pytest

from outpace.model.unknown import Unknown
from outpace.testing.generation import Covered
from outpace.testing.writing.found import Branch, FoundTest, NotKnown, Row, Search, Summary, search_of

TEST = FoundTest(target="f", program=(), asserts=(), kills=("f:number:1",), takes=(Branch(2, "x > 3", 1, 0),))
SUMMARY = Summary(
    executions=9, kept=3, mutants=3, covered=1, killed=1, survivors=("f:number:2",), outcomes=1, of_outcomes=2
)
COVERED = Covered(mutants=frozenset({"f:number:3"}), branches=frozenset({0, -2}))


def told(**other: object) -> Summary:
    return msgspec.structs.replace(SUMMARY, **other)


def test_rows_that_agree_are_a_search() -> None:
    assert search_of([TEST, SUMMARY], None, COVERED) == Search(tests=(TEST,), summary=SUMMARY)


@pytest.mark.parametrize(
    "rows",
    [
        [TEST],
        [TEST, SUMMARY, SUMMARY],
        [TEST, TEST, told(killed=2, mutants=4)],
        [SUMMARY],
        [TEST, told(killed=999, mutants=999)],
        [TEST, told(mutants=999)],
        [TEST, told(survivors=("f:number:1",))],
        [TEST, told(survivors=("f:number:2", "f:number:2"), mutants=4)],
        [TEST, told(outcomes=999, of_outcomes=999, covered=2, mutants=4)],
        [TEST, told(outcomes=2)],
        [TEST, told(outcomes=0)],
        [TEST, SUMMARY, NotKnown(why="it ended its process")],
    ],
)
def test_rows_that_contradict_each_other_are_not_believed(rows: list[Row]) -> None:
    assert isinstance(search_of(rows, None, COVERED), Unknown)


def test_what_is_told_of_a_search_that_was_ended_is_not_believed() -> None:
    why = "somebody else wrote to its answers: they go on behind their end"
    found = search_of([TEST, SUMMARY], Unknown(why), COVERED)
    assert isinstance(found, Unknown)
    assert found.why == why
