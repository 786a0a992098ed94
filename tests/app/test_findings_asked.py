"""What an analyzer is asked, on which side, and what the rung makes of each answer and of none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from outpace.app.climb_findings import Analysis, judged
from outpace.app.climb_runs import Tree
from outpace.app.judge import proof_digest
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.proving.ladder.finding import Finding, Findings
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.tasks import Task
from outpace.testing.ports import Told

TASK = Task(goal="no eval", editable=("a.py",), rule="R1", analyzer="scan")
PATCH = Patch.of([PatchedFile(path="a.py", before=b"x = 1  # one\neval(x)\n", after=b"x = 1  # one\nf(x)  # quiet\n")])
NONE, ONE = Findings(tool="scan 1"), Findings(tool="scan 1", found=(Finding(rule="R1", path="a.py", line=2, last=2),))
SLOW = Unknown("it did not end in 1 s", "more time")
GONE = Passed("1 finding of R1 on base, none of them on the change and nothing new, by scan 1")
BASE, CHANGE, BARE_CHANGE, BARE_BASE = "base", "change", "change without comments", "base without comments"
Answers = Mapping[str, Findings | Unknown]


class Nobody:
    """No project's code runs for this rung."""

    def ask(self, module: str, request: Mapping[str, Any], **_: Any) -> Told:
        raise AssertionError(module)


def tree(name: str) -> Tree:
    return Tree(root=Path(name), inside=Nobody())


class Scripted:
    """An analyzer with an answer for each side, which remembers what it was asked."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, side: Tree, instead: Mapping[str, bytes]) -> Findings | Unknown:
        name = f"{side.root} without comments" if instead else str(side.root)
        texts = {BARE_CHANGE: b"x = 1  # xxx\nf(x)  # xxxxx\n", BARE_BASE: b"x = 1  # xxx\neval(x)\n"}
        assert instead == ({"a.py": texts[name]} if instead else {})
        self.asked.append(name)
        return self.answers[name]


ASKED: dict[str, tuple[Answers, list[str], Result]] = {
    "gone": ({BASE: ONE, CHANGE: NONE, BARE_CHANGE: NONE}, [BASE, CHANGE, BARE_CHANGE], GONE),
    "not on base": (
        {BASE: NONE},
        [BASE],
        CheckUndecided(
            "on base scan 1 finds no R1 in what may be edited; there are none",
            "`rule` and `finding` of the task as the analyzer tells them of base",
        ),
    ),
    "still there": ({BASE: ONE, CHANGE: ONE}, [BASE, CHANGE], Failed("found elsewhere now: R1 at a.py:2")),
    "silenced": (
        {BASE: ONE, CHANGE: NONE, BARE_CHANGE: ONE, BARE_BASE: ONE},
        [BASE, CHANGE, BARE_CHANGE, BARE_BASE],
        Failed("silenced, not gone: R1 at a.py:2"),
    ),
    "something else that was silent on base": (
        {
            BASE: ONE,
            CHANGE: NONE,
            BARE_CHANGE: Findings(tool="scan 1", found=(Finding(rule="R2", path="a.py", line=1, last=1),)),
            BARE_BASE: Findings(tool="scan 1", found=(*ONE.found, Finding(rule="R2", path="a.py", line=1, last=1))),
        },
        [BASE, CHANGE, BARE_CHANGE, BARE_BASE],
        GONE,
    ),
    "slow on base": ({BASE: SLOW}, [BASE], CheckUndecided("scan on base: it did not end in 1 s", "more time")),
    "slow on the change": (
        {BASE: ONE, CHANGE: SLOW},
        [BASE, CHANGE],
        CheckUndecided("scan on the change: it did not end in 1 s", "more time"),
    ),
    "slow on the change without comments": (
        {BASE: ONE, CHANGE: NONE, BARE_CHANGE: SLOW},
        [BASE, CHANGE, BARE_CHANGE],
        CheckUndecided("scan on the change without its comments: it did not end in 1 s", "more time"),
    ),
    "slow on base without comments": (
        {BASE: ONE, CHANGE: NONE, BARE_CHANGE: ONE, BARE_BASE: SLOW},
        [BASE, CHANGE, BARE_CHANGE, BARE_BASE],
        CheckUndecided("scan on base without its comments: it did not end in 1 s", "more time"),
    ),
}


@pytest.mark.parametrize(("answers", "asked", "result"), ASKED.values(), ids=ASKED.keys())
def test_an_analyzer_is_asked_as_often_as_it_takes_and_no_answer_is_undecided(
    answers: Answers, asked: list[str], result: Result
) -> None:
    find = Scripted(answers)
    assert judged(TASK, PATCH, tree(BASE), tree(CHANGE), find, lambda _: None) == result
    assert find.asked == asked


UNASKED: dict[str, tuple[Task, Result]] = {
    "no rule": (structs.replace(TASK, rule="", analyzer=""), Skipped("no finding is named")),
    "no analyzer": (structs.replace(TASK, analyzer=""), Skipped("no analyzer is declared")),
    "a place that has none": (
        TASK,
        CheckUndecided("the analyzer scan is not to be had here", "outpace prove --task"),
    ),
}


@pytest.mark.parametrize(("task", "result"), UNASKED.values(), ids=UNASKED.keys())
def test_without_an_analyzer_a_named_finding_is_not_passed(task: Task, result: Result) -> None:
    assert judged(task, PATCH, tree(BASE), tree(CHANGE), None, lambda _: None) == result


def test_an_analyzer_that_is_declared_in_another_way_makes_another_proof() -> None:
    one, other = (Analysis(find=Scripted({}), digest=each) for each in ("one", "other"))
    digests = {proof_digest(TASK, PATCH, each) for each in (None, one, other)}
    assert len(digests) == 3
