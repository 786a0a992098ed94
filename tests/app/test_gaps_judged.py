"""What is said of tests made for survivors by those that run them: unreadable answers, and what tests leave behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from outpace.app.test_gaps import Found
from outpace.app.test_judging import Files, judge
from outpace.app.test_mutants import Suite
from outpace.model.unknown import Unknown
from outpace.testing.gaps.filling import Edit, Filling, Proposal
from outpace.testing.ports import Told

TEST = "test_a.py::test_one"
STRENGTHENED = Proposal(
    proposal="strengthened",
    test=TEST,
    relative=TEST,
    path="test_a.py",
    edit=Edit(start=0, end=0, put="assert one.two == 2\n"),
    line="assert one.two == 2",
    kills=(("a.py", "f:number:1"),),
)
JUDGED = {"judged": TEST, "left": [], "killed": [["a.py", "f:number:1"]]}
PASSED = {"collected": [TEST], "results": [[TEST, "passed", 0.01]]}


class Answering:
    """An inside whose answers are given by module, the n-th time that it is asked."""

    def __init__(self, rows: Callable[[str, int], list[bytes]]) -> None:
        self._rows = rows
        self._asked: dict[str, int] = {}

    def ask(self, module: str, request: Mapping[str, Any], **_: Any) -> Told:
        number = self._asked[module] = self._asked.get(module, 0) + 1
        return Told(rows=tuple(self._rows(module, number)))


def judged(rows: Callable[[str, int], list[bytes]]) -> Filling:
    suite = Suite(inside=Answering(rows), root="/nowhere", words=())
    files = Files(read=lambda _: b"one = 1\n", write=lambda _, __: None)
    return judge(suite, Found(), Filling(kept=(STRENGTHENED,)), files, seed=1, orders=1)


def test_each_order_is_reported_while_it_runs() -> None:
    said: list[str] = []
    suite = Suite(
        inside=Answering(lambda module, _: row(JUDGED if module == "gaps.judging" else PASSED)), root="/", words=()
    )
    files = Files(read=lambda _: b"one = 1\n", write=lambda _, __: None, report=said.append)
    judge(suite, Found(), Filling(kept=(STRENGTHENED,)), files, seed=1, orders=2)
    assert said == [f"all tests and the new ones run in order {number} of 2" for number in (1, 2)]


def row(told: Mapping[str, Any]) -> list[bytes]:
    return [msgspec.json.encode(told)]


def test_a_test_that_asserts_more_and_leaves_no_more_is_kept() -> None:
    def rows(module: str, number: int) -> list[bytes]:
        return row({**JUDGED, "left": ["a.CACHE"]} if module == "gaps.judging" else PASSED)

    filling = judged(rows)
    assert (filling.kept, filling.refused, filling.unknown) == ((STRENGTHENED,), (), None)


def test_a_test_that_asserts_more_and_leaves_more_is_refused() -> None:
    def rows(module: str, number: int) -> list[bytes]:
        return row({**JUDGED, "left": ["a.CACHE"] if number > 1 else []} if module == "gaps.judging" else PASSED)

    assert [each.why for each in judged(rows).refused] == ["it leaves a.CACHE changed"]


@pytest.mark.parametrize("broken", [("gaps.judging", 1), ("gaps.judging", 2), ("outcomes", 1), ("outcomes", 2)])
def test_a_row_that_cannot_be_read_makes_the_answer_unknown(broken: tuple[str, int]) -> None:
    def rows(module: str, number: int) -> list[bytes]:
        if (module, number) == broken:
            return [b'{"judged": 3, "collected": 4}']
        return row(JUDGED if module == "gaps.judging" else PASSED)

    filling = judged(rows)
    assert isinstance(filling.unknown, Unknown)
    assert filling.kept == ()
