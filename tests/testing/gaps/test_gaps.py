"""Which gaps are worth closing first."""

from __future__ import annotations

from outpace.testing.gaps.gaps import Branch, Branches, Changed, Survivor, Untaken, changed_lines, gaps_in, place_of
from outpace.testing.mutants.trial import Killed, Mutant, Survived, Trial, Tried, Unreached

SOURCE = "def f(a):\n    if a > 1:\n        return 2\n    return 1\n\n\ndef g():\n    return 0\n"


def tried(path: str, function: str, line: int, operator: str, verdict: Survived | Unreached | Killed) -> Tried:
    mutant = Mutant(f"{function}:{operator}:1", function, line, 4, line, 9, operator, "a", "b")
    return Tried(path=path, mutant=mutant, verdict=verdict)


def test_changed_lines_are_those_that_are_new_or_stand_behind_what_went() -> None:
    assert changed_lines("a\nb\nc\n", "a\nx\ny\nc\n") == {2, 3}
    assert changed_lines("a\nb\nc\n", "a\nc\n") == {2}
    assert changed_lines("", "a\n") == {1}
    assert changed_lines("a\n", "a\n") == frozenset()


def test_gaps_on_changed_lines_come_first_then_those_that_surprise_then_where_changes_are_frequent() -> None:
    survived, unreached = Survived(executions=2, diff=""), Unreached(diff="")
    trial = Trial(
        tried=(
            tried("a.py", "f", 2, "comparison", Killed(kills=(), executions=1)),
            tried("a.py", "f", 4, "constant", survived),
            tried("a.py", "g", 8, "return", unreached),
            tried("b.py", "f", 4, "constant", survived),
            tried("b.py", "f", 2, "comparison", survived),
        )
    )
    branch = Branch("a.py", "f", 2, "a > 1", "false")
    changed = (
        Changed(path="a.py", functions=("f", "g"), lines=frozenset({8}), churn=2),
        Changed(path="b.py", functions=("f",), lines=frozenset({2}), churn=9),
    )
    found = gaps_in(changed, trial, Branches(untaken=(branch,)), {"a.py": SOURCE, "b.py": SOURCE})
    assert [(*place_of(each), type(each), each.on_changed_line) for each in found] == [
        ("b.py", "f", 2, Survivor, True),
        ("a.py", "g", 8, Survivor, True),
        ("b.py", "f", 4, Survivor, False),
        ("a.py", "f", 4, Survivor, False),
        ("a.py", "f", 2, Untaken, False),
    ]
