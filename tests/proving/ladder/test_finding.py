"""A finding is gone, still there, moved, reworded, replaced by a new one or silenced: what each comes to."""

from __future__ import annotations

import pytest
from msgspec import structs

from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.proving.ladder import finding
from outpace.proving.ladder.finding import Finding, Findings
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.tasks import Task

BASE = """import subprocess


def run(name):
    return subprocess.run(f"echo {name}", shell=True)


def list_all():
    return subprocess.run("ls -l", shell=True)


def list_again():
    return subprocess.run("ls -l", shell=True)
"""
RUN = '    return subprocess.run(f"echo {name}", shell=True)\n'
RIGHT = BASE.replace(RUN, '    return subprocess.run(["echo", name])\n')
REWORDED = BASE.replace(RUN, '    return subprocess.run("echo " + name, shell=True)\n')
MOVED = BASE.replace(RUN, "    return _run(name)\n") + "\n\ndef _run(name):\n" + RUN
LOWER = RIGHT.replace("import subprocess\n", "import subprocess\n\nNAME = 1\n")
AGAIN_ONLY = '    return subprocess.run("ls -l", shell=True)\n'
OTHER_FIXED = BASE[::-1].replace(AGAIN_ONLY[::-1], '    return subprocess.run(["ls", "-l"])\n'[::-1], 1)[::-1]
SWAPPED = "\n\n".join([*BASE.split("\n\n")[:1], *reversed(RIGHT.split("\n\n")[1:])])
TWO = "import subprocess\n\nsubprocess.run(one, shell=True)\nsubprocess.run(two, shell=True)\n"
OTHER_OF_TWO = TWO.replace("run(one,", "run(any_one,").replace("run(two, shell=True)", "run(two)")
TASK = Task(goal="no shell", editable=("notes.py",), rule="S602", analyzer="ruff", finding="notes.py:5")
WHERE_IT_MAY = structs.replace(TASK, finding="")
IN_THE_FILE = structs.replace(TASK, finding="notes.py")
SECOND = structs.replace(TASK, finding="notes.py:13")


def patch(after: str, before: str = BASE) -> Patch:
    return Patch.of([PatchedFile(path="notes.py", before=before.encode(), after=after.encode())])


def at(*lines: int, rule: str = "S602", path: str = "notes.py", level: finding.Level = "error") -> tuple[Finding, ...]:
    return tuple(Finding(rule=rule, path=path, line=line, last=line, level=level, message="no") for line in lines)


def told(*found: Finding, failures: tuple[str, ...] = ()) -> Findings:
    return Findings(tool="ruff 1", found=found, failures=failures)


ON_BASE = told(*at(5, 9, 13), *at(2, path="other.py"), *at(5, rule="S607"), *at(1, rule="F401"))
REST = (*at(9, 13), *at(2, path="other.py"), *at(1, rule="F401"))
GONE = Passed("1 finding of S602 on base, none of them on the change and nothing new, by ruff 1")

JUDGED: dict[str, tuple[Task, str, Findings, Result]] = {
    "gone": (TASK, RIGHT, told(*REST), GONE),
    "gone, the others further down": (
        TASK,
        LOWER,
        told(*at(11, 15), *at(2, path="other.py"), *at(1, rule="F401")),
        GONE,
    ),
    "on the edited line": (TASK, RIGHT, told(*at(5), *REST), Failed("found elsewhere now: S602 at notes.py:5: no")),
    "on a line that was not touched": (
        TASK,
        BASE + "\n# The end.\n",
        told(*at(5), *REST),
        Failed("still found: S602 at notes.py:5: no"),
    ),
    "worded in another way": (
        TASK,
        REWORDED,
        told(*at(5), *REST),
        Failed("found elsewhere now: S602 at notes.py:5: no"),
    ),
    "moved to another line": (
        TASK,
        MOVED,
        told(*at(17), *REST),
        Failed("found elsewhere now: S602 at notes.py:17: no"),
    ),
    "moved to another file": (
        TASK,
        RIGHT,
        told(*at(7, path="other.py"), *REST),
        Failed("found elsewhere now: S602 at other.py:7: no"),
    ),
    "the other of two equal lines mended": (
        SECOND,
        BASE.replace(AGAIN_ONLY, '    return subprocess.run(["ls", "-l"])\n', 1),
        told(*at(5, 13), *at(2, path="other.py"), *at(1, rule="F401"), *at(5, rule="S607")),
        Failed("still found: S602 at notes.py:13: no"),
    ),
    "the right one of two equal lines mended": (
        SECOND,
        OTHER_FIXED,
        told(*at(5, 9), *at(2, path="other.py"), *at(1, rule="F401"), *at(5, rule="S607")),
        GONE,
    ),
    "the others stay where all are to go": (
        WHERE_IT_MAY,
        RIGHT,
        told(*REST),
        Failed("still found: S602 at notes.py:9: no, and 1 more"),
    ),
    "the others stay where all of the file are to go": (
        IN_THE_FILE,
        RIGHT,
        told(*REST),
        Failed("still found: S602 at notes.py:9: no, and 1 more"),
    ),
    "another rule on the edited line, as before": (TASK, RIGHT, told(*REST, *at(5, rule="S607")), GONE),
    "another rule on the edited line, twice": (
        TASK,
        RIGHT,
        told(*REST, *at(5, 5, rule="S607")),
        Failed("found anew: S607 at notes.py:5: no"),
    ),
    "another rule on the edited line, new": (
        TASK,
        RIGHT,
        told(*REST, *at(5, rule="S603")),
        Failed("found anew: S603 at notes.py:5: no"),
    ),
    "a note, new": (TASK, RIGHT, told(*REST, *at(5, rule="S404", level="note")), GONE),
    "of another rule on a line that has none": (
        TASK,
        RIGHT,
        told(*REST, *at(9, rule="F401")),
        Failed("found anew: F401 at notes.py:9: no"),
    ),
    "a part of the rule": (
        TASK,
        RIGHT,
        told(*REST, *at(5, rule="S602/1", level="note")),
        Failed("found elsewhere now: S602/1 at notes.py:5: no"),
    ),
    "of no place, new": (
        TASK,
        RIGHT,
        told(*REST, Finding(rule="X", message="no settings")),
        Failed("found anew: X at no place: no settings"),
    ),
    "a file that could not be read": (
        TASK,
        RIGHT,
        told(*REST, failures=("notes.py: syntax error",)),
        CheckUndecided("ruff 1 may not have looked at all of the change: notes.py: syntax error"),
    ),
}


@pytest.mark.parametrize(("task", "after", "change", "result"), JUDGED.values(), ids=JUDGED.keys())
def test_what_is_found_on_the_change_decides(task: Task, after: str, change: Findings, result: Result) -> None:
    assert finding.judge(task, ON_BASE, change, patch(after)) == result


def test_a_function_that_was_moved_takes_its_other_findings_with_it() -> None:
    """`list_all` and `list_again` come before `run` now."""
    lines = [number for number, line in enumerate(SWAPPED.splitlines(), 1) if '"ls -l"' in line]
    moved = told(*at(*lines), *at(2, path="other.py"), *at(1, rule="F401"))
    assert lines != [9, 13]
    assert finding.judge(TASK, ON_BASE, moved, patch(SWAPPED)) == GONE


def test_a_finding_that_took_the_place_of_another_of_its_rule_is_found() -> None:
    """The line beside it was mended, which may stay as it was, and that of the task reads otherwise now."""
    task = structs.replace(TASK, finding="notes.py:3")
    found = finding.judge(task, told(*at(3, 4)), told(*at(3)), patch(OTHER_OF_TWO, TWO))
    assert found == Failed("found elsewhere now: S602 at notes.py:3: no")


def test_what_could_not_be_read_on_base_either_is_not_held_against_the_change() -> None:
    broken = ("b.py: syntax error",)
    base = structs.replace(ON_BASE, failures=broken)
    assert finding.judge(TASK, base, told(*REST, failures=broken), patch(RIGHT)) == GONE


NOT_THERE = {
    "another line": (structs.replace(TASK, finding="notes.py:6"), "notes.py:6", "S602 at notes.py:5: no; S602 at"),
    "another rule": (structs.replace(WHERE_IT_MAY, rule="S9"), "what may be edited", "there are F401, S602, S607"),
    "another file": (structs.replace(TASK, finding="gone.py"), "gone.py", "S602 at notes.py:5: no; S602 at notes.py:9"),
    "nowhere that may be edited": (
        structs.replace(WHERE_IT_MAY, editable=("src/**",)),
        "what may be edited",
        "S602 at notes.py:5: no; S602 at",
    ),
}


@pytest.mark.parametrize(("task", "where", "others"), NOT_THERE.values(), ids=NOT_THERE.keys())
def test_what_is_not_found_on_base_cannot_be_seen_to_go(task: Task, where: str, others: str) -> None:
    result = finding.judge(task, ON_BASE, told(), patch(RIGHT))
    assert isinstance(result, CheckUndecided)
    assert result.missing.startswith(f"on base ruff 1 finds no {task.rule} in {where}; {others}")


def test_a_file_that_becomes_large_may_have_been_left_out() -> None:
    large = RIGHT + f"# {'x' * (65 << 10)}\n"
    assert finding.judge(TASK, ON_BASE, told(*REST), patch(large)) == CheckUndecided(
        "ruff 1 may not have looked at all of the change: notes.py grows by more than 64 KiB"
    )
    assert finding.judge(TASK, ON_BASE, told(*REST), patch(large, BASE + large[len(RIGHT) :])) == GONE


def test_what_a_hostile_name_or_number_says_is_no_line_and_shown_as_text() -> None:
    assert finding.place_of("a.py:" + "9" * 5000) == ("a.py:" + "9" * 5000, 0)
    assert finding.place_of("a:b.py:7") == ("a:b.py", 7)
    assert Finding(rule="R", path="a\udcff\x1b.py", line=1).told == "R at a\\udcff\\x1b.py:1"


def test_a_finding_that_was_suppressed_on_base_is_none_that_could_go() -> None:
    base = told(*(structs.replace(each, suppressed=True) for each in at(5)))
    assert isinstance(finding.judge(TASK, base, told(), patch(RIGHT)), CheckUndecided)


def test_a_fingerprint_tells_the_same_finding_on_a_line_that_reads_otherwise() -> None:
    marked = [structs.replace(each, fingerprints=frozenset({("v1", f"{n}")})) for n, each in enumerate(at(5, 9))]
    edited = RIGHT.replace('run("ls -l", shell=True)', 'run("ls -la", shell=True)', 1)
    assert finding.judge(TASK, told(*marked), told(marked[1]), patch(edited)) == GONE
    still = structs.replace(marked[0], line=9, last=9)
    assert finding.judge(TASK, told(*marked), told(still, marked[1]), patch(edited)) == Failed(
        "still found: S602 at notes.py:9: no"
    )


def test_what_was_silent_on_base_may_stay_so_and_nothing_else() -> None:
    """`list_again` was silenced by a comment, and its line moves."""
    wanted = at(5)
    bare_base = told(*at(5, 9, 13))
    assert finding.silenced(TASK, wanted, bare_base, told(*at(11, 15)), patch(LOWER)) is None
    assert finding.silenced(TASK, wanted, bare_base, told(*at(5, 9, 13)), patch(BASE + "\n")) == Failed(
        "silenced, not gone: S602 at notes.py:5: no"
    )
    new = told(*at(9, 13), *at(5, rule="S605"))
    assert finding.silenced(TASK, wanted, bare_base, new, patch(RIGHT)) == Failed(
        "silenced, not gone: S605 at notes.py:5: no"
    )


def test_what_is_told_as_suppressed_is_hidden() -> None:
    silent = tuple(structs.replace(each, suppressed=True) for each in at(5))
    assert finding.is_hidden(told(*silent), told(*silent))
    assert not finding.is_hidden(told(*at(9)), told(*at(9)))
    assert finding.silenced(TASK, at(5), told(*at(5)), told(*silent), patch(BASE + "\n")) == Failed(
        "silenced, not gone: S602 at notes.py:5: no"
    )
