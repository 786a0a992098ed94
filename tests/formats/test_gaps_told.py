"""How gaps are shown, and the edits that close them."""

from __future__ import annotations

import msgspec

from outpace.app.test_gaps import Found
from outpace.formats.test_gaps import Told, answer, text
from outpace.model.unknown import Unknown
from outpace.testing.gaps.filling import Edit, FileEdit, Filling, Proposal, Refused
from outpace.testing.gaps.gaps import Branch, Branches, Changed, Survivor, Untaken
from outpace.testing.mutants.trial import Mutant, Survived, Trial, Tried

MUTANT = Mutant("f:comparison:1", "f", 2, 4, 2, 9, "comparison", "a > 1", "a >= 1")
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n def f(a):\n-    if a > 1:\n+    if a >= 1:\n         return 2\n"
TRIED = Tried(path="a.py", mutant=MUTANT, verdict=Survived(executions=3, diff=DIFF))
BRANCH = Branch("a.py", "f", 2, "a > 1", "false")
FOUND = Found(
    changed=(Changed(path="a.py", functions=("f",)),),
    gaps=(Survivor(tried=TRIED, on_changed_line=True), Untaken(branch=BRANCH)),
    trial=Trial(tried=(TRIED,)),
    branches=Branches(taken=(), untaken=(BRANCH,)),
)
MADE = Proposal(
    proposal="strengthened",
    test="test_a.py::test_f",
    relative="test_a.py::test_f",
    path="test_a.py",
    edit=Edit(0, 0, "    assert f(1) == 1\n"),
    line="assert f(1) == 1",
    kills=(("a.py", "f:comparison:1"),),
)
EDITS = (FileEdit(path="test_a.py", before=b"a\n", after=b"a\n    assert f(1) == 1\n"),)
GAPS = """\
2 gaps in 1 function: 1 of 1 outcomes not taken, 1 of 1 mutants not noticed

a.py:2  f:comparison:1  not killed in 3 runs of tests, on a changed line
     def f(a):
    -    if a > 1:
    +    if a >= 1:
             return 2

a.py:2  f  no test takes it
    a > 1: false
"""


def test_gaps_come_first_then_the_edits_that_close_them() -> None:
    told = Told(found=FOUND, filling=Filling(kept=(MADE,), executions=7), edits=EDITS)
    assert text(told) == (
        f"{GAPS}\n1 of 1 survivors killed by 1 edit of tests:\n"
        "  test_a.py::test_f  one more assertion, kills f:comparison:1\n\n"
        "--- a/test_a.py\n+++ b/test_a.py\n@@ -1 +1,2 @@\n a\n+    assert f(1) == 1\n"
    )
    assert "written: test_a.py\n" in text(msgspec.structs.replace(told, written=True))


def test_what_was_not_kept_is_said_with_its_reason_and_what_is_left_with_its_runs() -> None:
    refused = Refused(proposal=MADE, why="it sleeps")
    filling = Filling(refused=(refused,), left=MADE.kills, executions=1200)
    assert text(Told(found=FOUND, filling=filling)) == (
        f"{GAPS}\n0 of 1 survivors killed:\n  not kept: test_a.py::test_f: it sleeps\n"
        "  1 left, not killed in 1,200 executions of tests\n"
    )
    assert text(Told(found=FOUND, filling=Filling(left=MADE.kills))) == GAPS


def test_nothing_changed_and_what_is_unknown_are_told_apart() -> None:
    assert text(Told(found=Found(), filling=Filling())) == "no gaps: no function changed\n"
    doubt = Unknown("no test was collected", "a suite that pytest collects: outpace test run")
    found = Found(changed=FOUND.changed, trial=Trial(doubt=doubt))
    assert text(Told(found=found, filling=Filling())) == (
        "unknown: no test was collected\n  unknown: the mutants: no test was collected\n"
        "    would settle it: a suite that pytest collects: outpace test run\n"
    )
    document = msgspec.json.decode(answer(Told(found=found, filling=Filling())))
    assert document["unknown"] == [
        {
            "what": "the mutants",
            "why": "no test was collected",
            "would_settle": "a suite that pytest collects: outpace test run",
        }
    ]
