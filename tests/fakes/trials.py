"""Mutants that were tried, one of each kind."""

from __future__ import annotations

from outpace.testing.mutants.trial import (
    AtImport,
    Equivalent,
    Kill,
    Killed,
    LeftOut,
    Mutant,
    Survived,
    Trial,
    Tried,
    Unreached,
    Unstable,
    Verdict,
)

DIFF = """\
--- a/src/a.py
+++ b/src/a.py
@@ -7,7 +7,7 @@
     one
     two

-    if a < b:
+    if a <= b:
         three
     four
     five
"""


def tried(name: str, verdict: Verdict, *, path: str = "src/a.py", line: int = 10) -> Tried:
    mutant = Mutant(f"{name}:comparison:1", name, line, 4, line, 9, "comparison", "a < b", "a <= b")
    return Tried(path=path, mutant=mutant, verdict=verdict)


TRIAL = Trial(
    tried=(
        tried("f", Survived(executions=12, diff=DIFF)),
        tried("g", Killed(kills=(Kill(test="t.py::test_g", how="assertion"),), executions=1)),
        tried("h", Killed(kills=(Kill(test="t.py::test_h", how="timeout"),), executions=1)),
        tried("unrun", Unreached(diff=DIFF), path="src/b.py"),
        tried("wild", Unstable(kills=(), why="a second run did not end like the first", diff=DIFF)),
        tried("same", Equivalent()),
        tried("", AtImport()),
    ),
    files=("src/a.py", "src/b.py"),
    arid=(("logging", 3),),
    tests=20,
    left_out=(LeftOut(test="t.py::test_red", state="red"),),
    controls=4,
)


def named(name: str) -> Trial:
    """The same where everything that a repository can name has this name."""
    kill = Kill(test=name, how="exception", why=name)
    diff = DIFF.replace("one", name).replace("a < b", name)
    rows = (
        tried(name, Survived(executions=3, diff=diff), path=name),
        tried(name, Killed(kills=(kill,), executions=1), path=name),
        tried(name, Unreached(diff=diff), path=f"{name}/{name}.py"),
    )
    return Trial(tried=rows, files=(name,), unreadable=((name, name),), broken=((name, name),), tests=3)
