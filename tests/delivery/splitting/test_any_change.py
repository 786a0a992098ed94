"""Of any edit of a small tree: the pieces apply one after another, fit together between, and end in the head tree."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.delivery.splitting.propose import proposed
from outpace.delivery.splitting.sound import Sound
from tests.fakes.two_trees import changed, trees

PATHS = ("shop/a.py", "shop/b.py", "shop/c.py", "tests/test_a.py", "page.html", "README.md", "requirements.txt")
NAMES = ("one", "two", "three", "four")
BODIES = ("return 1", "return one(1)", "return two()", "x = three\n    return x", "return {'page.html': 2}")

imports = st.builds(
    lambda module, names: f"from shop.{module} import {', '.join(names)}\n",
    st.sampled_from("abc"),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
)
functions = st.builds(
    lambda name, argument, body: f"\n\ndef {name}({argument}):\n    {body}\n",
    st.sampled_from(NAMES),
    st.sampled_from(("", "x", "x=1", "x, y=2")),
    st.sampled_from(BODIES),
)
members = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)
classes = st.builds(
    lambda name, found: f"\n\nclass {name.title()}:\n" + "\n".join(f"    def {each}(self): pass\n" for each in found),
    st.sampled_from(NAMES),
    members,
)
odd = st.sampled_from(
    ("X = 1; Y = 2\n", "# a comment\n", "if X:\n    X = 2\n", "\n\n\n", "'a\\nb'\n", "X: int\n", "F = True\n")
)
modules = st.builds(
    lambda taken, made: "".join((*taken, *made)),
    st.lists(imports, max_size=2),
    st.lists(functions | classes | odd, max_size=5),
)
broken = st.sampled_from(("def (:\n", "x = 1", "x = 1\r\ny = 2\r\n", "\ufeffx = 1\n", "x = '\f'\n", ""))
texts = st.one_of(modules, modules, modules, broken)
files = st.dictionaries(st.sampled_from(PATHS), texts, max_size=6)


@given(before=files, after=files, at_most=st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_the_pieces_of_any_change_end_in_the_head_tree(
    before: Mapping[str, str], after: Mapping[str, str], at_most: int
) -> None:
    pieces = proposed(changed(before, after), at_most=at_most).pieces
    found = trees(before, after, pieces)
    assert (found[-1] if found else before) == after
    assert len(pieces) <= at_most


@given(before=files, after=files)
@settings(max_examples=300, deadline=None)
def test_no_tree_between_has_a_complaint_that_neither_end_has(
    before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    differs = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    sides = changed(before, after)
    complaints = Sound().complaints

    def of(tree: Mapping[str, str]) -> frozenset[str]:
        return complaints({path: text for path, text in tree.items() if path in differs})

    excused = of(before) | of(after)
    between = trees(before, after, proposed(sides).pieces)
    assert [sorted(of(tree) - excused) for tree in between] == [[] for _ in between]


@given(before=files, after=files)
@settings(max_examples=100, deadline=None)
def test_each_piece_changes_something_and_the_same_change_gives_the_same_pieces(
    before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    first, second = proposed(changed(before, after)), proposed(tuple(reversed(changed(before, after))))
    assert first == second
    sequence = [before, *trees(before, after, first.pieces)]
    assert all(one != other for one, other in pairwise(sequence))


SAYS = """
from tests.fakes.two_trees import changed
from outpace.delivery.splitting.propose import proposed

def members(end):
    return "".join(f"    def name_{letter}(self):\\n        return {end}\\n\\n" for letter in "abcdefgh")

near = f"class Early:\\n{members(1)}\\nx = 1\\n"
far = f"x = 1\\n\\n\\nclass Late:\\n    kind = 1\\n\\n{members(2)}"
print(proposed(changed({"m.py": near}, {"m.py": far})))
"""


def test_the_same_change_is_told_in_the_same_words_by_every_process() -> None:
    """Steps are commits, and what they say is part of their ids."""
    told: set[str] = set()
    for seed in range(5):
        environ = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(Path(__file__).parents[3])}
        done = subprocess.run([sys.executable, "-c", SAYS], env=environ, capture_output=True, text=True, check=True)
        told.add(done.stdout)
    assert len(told) == 1
    assert "moves within its class" in min(told)
