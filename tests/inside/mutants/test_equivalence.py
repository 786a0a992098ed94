"""A mutant that compiles to the same bytecode is proved to change nothing; no other is."""

from __future__ import annotations

import pytest

from outpace.inside.mutants.equivalence import is_equivalent
from outpace.inside.mutants.sites import mutants_of


@pytest.mark.parametrize(
    ("source", "equal"),
    [
        ("def f():\n    while 1:\n        g()\n", {"f:number:1"}),
        ("def f():\n    if True or g():\n        h()\n", set()),
        ("def f():\n    return 1 < 2\n    g(3)\n", {"f:number:3"}),
        ("def f():\n    return 0\n", set()),
        ("def f(a):\n    return a + 1\n", set()),
    ],
)
def test_the_same_bytecode_is_a_proof(source: str, equal: set[str]) -> None:
    assert {each.id for each in mutants_of(source) if is_equivalent(source, each)} == equal
