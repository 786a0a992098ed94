"""Outcomes of conditions, told by one run."""

from __future__ import annotations

import builtins

import pytest

from outpace.inside.gaps.branches import ENTERED, TAKEN, Branch, Taken, probed

SOURCE = '''
def pick(items, least):
    """What is above."""
    for item in items:
        if item > least:
            break
    while least:
        least -= 1
    return [each for each in items if each] if items else least


class Shop:
    def open(self, hour):
        return "yes" if 9 <= hour else "no"
'''


def test_each_condition_of_the_functions_asked_for_is_a_branch_and_of_no_other() -> None:
    assert probed(SOURCE, frozenset({"pick"})).branches == (
        Branch("pick", 4, "for ... in items"),
        Branch("pick", 5, "item > least"),
        Branch("pick", 7, "least"),
        Branch("pick", 9, "items"),
        Branch("pick", 9, "each"),
    )
    assert probed(SOURCE, frozenset({"Shop.open"}), first=5).branches == (Branch("Shop.open", 14, "9 <= hour"),)


@pytest.mark.parametrize(
    ("items", "least", "answer", "outcomes"),
    [
        ([], 0, 0, {0, 4, 6}),
        ([2], 1, [2], {1, 3, 5, 4, 7, 9}),
        ([0], 0, [], {1, 2, 0, 4, 7, 8}),
    ],
)
def test_a_run_tells_the_outcomes_that_it_took(
    items: list[int], least: int, answer: object, outcomes: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = Taken()
    monkeypatch.setattr(builtins, TAKEN, trace.taken, raising=False)
    monkeypatch.setattr(builtins, ENTERED, trace.entered, raising=False)
    held: dict[str, object] = {}
    exec(compile(probed(SOURCE, None).tree, "shop.py", "exec"), held)
    pick = held["pick"]
    assert callable(pick)
    assert pick(items, least) == answer
    assert trace.outcomes == outcomes
