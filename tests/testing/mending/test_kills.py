"""An edited test is trusted only if it notices what it noticed, and something of what changed."""

from __future__ import annotations

from outpace.testing.mending.kills import Kills, kills, objection, unchanged
from outpace.testing.mutants.trial import Kill, Killed, Mutant, Survived, Trial, Tried


def tried(function: str, number: int, *tests: str) -> Tried:
    mutant = Mutant(f"{function}:x:{number}", function, 1, 0, 1, 1, "x", "1", "2")
    kills_ = tuple(Kill(test, "assertion") for test in tests)
    return Tried(
        path="a.py",
        mutant=mutant,
        verdict=Killed(kills=kills_, executions=1) if tests else Survived(executions=1, diff=""),
    )


SAME = frozenset({("f", "digest")})
TRIAL = Trial(tried=(tried("f", 0, "a", "b"), tried("f", 1, "b"), tried("g", 0, "a"), tried("g", 1)))
F0, F1, G0 = (("f", "f:x:0", "1", "2"), ("f", "f:x:1", "1", "2"), ("g", "g:x:0", "1", "2"))


def test_each_test_has_its_own_kills() -> None:
    assert kills(TRIAL, "a", SAME) == Kills(same=frozenset({F0}), changed=frozenset({G0}))
    assert kills(TRIAL, "b", SAME) == Kills(same=frozenset({F0, F1}), changed=frozenset())


def test_a_kill_that_is_lost_is_an_objection() -> None:
    before = Kills(same=frozenset({F0, F1}))
    after = Kills(same=frozenset({F0}), changed=frozenset({G0}))
    assert objection(before, after, only_imports=False) == (
        "1 mutants of unchanged code that it killed live now, first f:x:1: 1 to 2"
    )


def test_a_test_that_notices_nothing_of_the_change_is_not_trusted() -> None:
    before = after = Kills(same=frozenset({F0}))
    assert objection(before, after, only_imports=False) == "it kills no mutant of the changed code"
    assert objection(before, after, only_imports=True) == ""


def test_a_test_that_kills_nothing_at_all_is_not_trusted_however_small_its_edit() -> None:
    assert objection(Kills(), Kills(), only_imports=True) == "it kills no mutant of the changed code"


def test_a_test_that_kills_all_that_it_killed_and_some_of_the_change_is_trusted() -> None:
    before, after = Kills(same=frozenset({F0})), Kills(same=frozenset({F0, F1}), changed=frozenset({G0}))
    assert objection(before, after, only_imports=False) == ""


def test_a_function_is_unchanged_wherever_it_lies_but_not_if_it_has_two_bodies() -> None:
    body, other = "def f():\n    return 1\n", "def f():\n    return 2\n"
    assert {name for name, _ in unchanged({"a.py": body}, {"b/c.py": body})} == {"f"}
    assert unchanged({"a.py": body}, {"a.py": other}) == frozenset()
    assert unchanged({"a.py": body, "b.py": other}, {"a.py": body}) == frozenset()
