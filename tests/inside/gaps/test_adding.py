"""Which survivors a varied test is looked at with."""

from __future__ import annotations

from typing import Any

from outpace.inside.gaps.adding import Adding, Target


def test_a_survivor_outside_of_functions_is_beside_none_within() -> None:
    words: Any = None
    runs: Any = None
    targets = [Target(2, "f", words), Target(3, "g", words), Target(4, "f", words)]
    adding = Adding(runs, targets, {}, {1, 2, 3, 4}, seed=1)
    assert adding._beside(4) == [4, 2, 4]
