"""Tasks are made of files, functions, tests and refuted upgrades, found again, and judged so often and no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from outpace.app.task_book import (
    MEND_LINES,
    TEST_LINES,
    UPGRADE_LINES,
    Way,
    branch_of,
    check_attempts,
    for_mend,
    for_test,
    for_upgrade,
    found,
    from_file,
    given,
    message_of,
    noted_proposal,
    noted_task,
    on_top_of,
)
from outpace.model.change import Change, Move
from outpace.model.errors import BadInput, NotFound, Refused
from outpace.model.package import Package
from outpace.model.proof import Check, Conclusion, Failed, Passed, Proof, Proved, Refuted, Skipped, Undecided
from outpace.proving.proposing.ports import Spent
from outpace.proving.tasks import Task
from outpace.stories.history import History
from outpace.stories.keeping import Noted
from outpace.stories.kinds import ProposalJudged, Proposed, ProvedFact

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE, SMALL, LARGE = "b" * 40, "c" * 40, "d" * 40
IDS = ("PYSEC-2023-83", "CVE-2023-29159")
FILE = b'goal = "read() stays in its folder"\neditable = ["notes.py"]\n'
PACKAGE = Package(ecosystem="pypi", name="starlette")


def history(*noted: Noted) -> History:
    return History(each.fact("shop", NOON + timedelta(minutes=number)) for number, each in enumerate(noted))


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(BadInput) as told:
        from_file(content, "fix.toml", BASE)
    return told.value.message, told.value.hint


def test_a_file_says_a_task_of_the_commit_that_is_checked_out() -> None:
    assert from_file(FILE, "fix.toml", BASE) == Task(
        goal="read() stays in its folder", editable=("notes.py",), base=BASE
    )
    assert from_file(FILE + b'base = "0123abcd"\n', "fix.toml", BASE).base == "0123abcd"


NO_TASKS = {
    "no TOML": (b"goal = ", "fix.toml is no task: "),
    "no text": (b"goal = '\xff'", "fix.toml is no task: "),
    "a power that is none": (
        FILE + b'granted = ["uses network"]\n',
        "fix.toml is no task: 'uses network' of its `granted` is no power: did you mean \"uses the network\"?",
    ),
    "another key": (FILE + b"land = true\n", "fix.toml is no task: Object contains unknown field `land`"),
    "no goal": (b'editable = ["notes.py"]\n', "fix.toml is no task: Object missing required field `goal`"),
    "another kind": (FILE + b'kind = "magic"\n', "fix.toml is no task: Invalid enum value 'magic' - at `$.kind`"),
    "an effect that there is not": (
        FILE + b'witnesses = [{ does = "f()", exploited = { type = "smells" } }]\n',
        "fix.toml is no task: Invalid value 'smells' - at `$.witnesses[0].exploited.type`",
    ),
    "an upgrade": (FILE + b'kind = "upgrade"\n', "a task of kind upgrade cannot be written in fix.toml"),
    "a mend of nothing": (FILE + b'kind = "mend"\n', "a task of kind mend cannot be written in fix.toml"),
    "nothing to edit": (b'goal = "a"\neditable = []\n', "fix.toml lets nothing be edited"),
}


@pytest.mark.parametrize(("content", "message"), NO_TASKS.values(), ids=NO_TASKS.keys())
def test_what_is_no_task_is_refused_with_a_hint(content: bytes, message: str) -> None:
    said, hint = refused(content)
    assert said.startswith(message)
    assert hint


def test_a_task_is_found_by_its_id_and_by_the_beginning_of_it() -> None:
    one, other = (from_file(FILE + f"lines = {lines}\n".encode(), "fix.toml", BASE) for lines in (1, 2))
    kept = history(noted_task(one), noted_task(other))
    short = one.id.removeprefix("task-")[:6]
    assert given(kept) == {one.id: one, other.id: other}
    assert [found(kept, name) for name in (one.id, short, f"task-{short}", other.id)] == [one, one, one, other]


@pytest.mark.parametrize(("named", "message"), [("task-0", "there is no task task-0"), ("task-", "task- may be 2")])
def test_what_is_no_task_or_several_is_told_with_those_that_are_known(named: str, message: str) -> None:
    tasks = [Task(goal=goal, editable=("a.py",)) for goal in ("one", "two")]
    with pytest.raises(NotFound) as told:
        found(history(*map(noted_task, tasks)), named)
    assert told.value.message.startswith(message)
    assert told.value.hint.startswith(f"known here: {tasks[0].id}, {tasks[1].id}; ")


def test_without_any_task_that_is_said() -> None:
    with pytest.raises(NotFound) as told:
        found(history(), "task-1")
    assert told.value.hint.startswith("known here: none was given yet; ")


def test_a_test_may_be_new_in_the_folder_of_tests_and_nothing_else() -> None:
    assert for_test("src/prices.py", "Cart.total", base=BASE, evidence=["a lives"], tests="tests/shop") == Task(
        kind="test",
        goal="A test that notices what the tests of src/prices.py::Cart.total let pass",
        editable=(),
        created=("tests/shop/test_gap_*.py", "tests/shop/test_cart_total_*.py"),
        lines=TEST_LINES,
        context=("src/prices.py",),
        subject=("src/prices.py::Cart.total",),
        evidence=("a lives",),
        base=BASE,
    )
    assert for_test("src/_prices.py", "", base=BASE, evidence=(), tests="tests").created == (
        "tests/test_gap_*.py",
        "tests/test_prices_*.py",
    )


def test_a_mend_edits_the_files_of_its_tests() -> None:
    tests = ("tests/test_a.py::test_b", "tests/test_a.py::test_c[1]")
    assert for_mend(tests, base=BASE, before=SMALL, evidence=["red"]) == Task(
        kind="mend",
        goal="tests/test_a.py::test_b, tests/test_a.py::test_c[1] green again, and as able to notice faults as before",
        editable=("tests/test_a.py",),
        lines=MEND_LINES,
        subject=tests,
        evidence=("red",),
        base=BASE,
        before=SMALL,
    )


def upgrade(revision: str, after: str) -> Change:
    return Change(
        branch=f"outpace/fix-{after}",
        base=BASE,
        revision=revision,
        fixes=("PYSEC-2023-83",),
        moves=(Move(package=PACKAGE, before="0.26.1", after=after),),
    )


def proposed(change: Change) -> Noted:
    return Noted(Proposed(vulnerabilities=IDS, change=change), (change.revision,))


def proof(revision: str, conclusion: Conclusion, *checks: Check, base: str = BASE) -> Proof:
    return Proof(
        base=base, revision=revision, fixes=("PYSEC-2023-83",), conclusion=conclusion, checks=checks, digest="f" * 64
    )


def kept_proof(of: Proof) -> Noted:
    return Noted(ProvedFact(vulnerabilities=IDS, proof=of), (of.revision, of.base, type(of.conclusion).__name__))


RED = Check(name="suite", result=Failed("tests/test_a.py::test_b is red"), red=("tests/test_a.py::test_b",))
REFUTED = Refuted("suite: tests/test_a.py::test_b is red")
PATHS = ("shop/app.py", "tests/test_a.py", "setup.py", "README.md")


def test_code_is_asked_for_the_smallest_upgrade_that_was_refuted() -> None:
    kept = history(
        proposed(upgrade(SMALL, "0.27.0")),
        kept_proof(proof(SMALL, REFUTED, RED)),
        proposed(upgrade(LARGE, "0.28.0")),
        kept_proof(proof(LARGE, REFUTED, RED)),
    )
    assert for_upgrade(kept, "CVE-2023-29159", frozenset(IDS), PATHS) == Task(
        kind="upgrade",
        goal="The code works with the upgrade that fixes PYSEC-2023-83: starlette 0.26.1 to 0.27.0",
        editable=("shop/app.py",),
        lines=UPGRADE_LINES,
        advisories=("PYSEC-2023-83",),
        evidence=(
            "suite: tests/test_a.py::test_b is red",
            "tests/test_a.py::test_b is red with the upgrade",
        ),
        base=SMALL,
        before=BASE,
    )


def test_no_code_is_asked_for_an_upgrade_that_was_not_refuted() -> None:
    elsewhere = proof(SMALL, REFUTED, RED, base=LARGE)
    kept = history(
        proposed(upgrade(SMALL, "0.27.0")), kept_proof(elsewhere), kept_proof(proof(SMALL, Undecided("no suite")))
    )
    with pytest.raises(NotFound) as told:
        for_upgrade(kept, "PYSEC-2023-83", frozenset(IDS), PATHS)
    assert (told.value.message, told.value.hint) == (
        "no upgrade for PYSEC-2023-83 was refuted, so no code is asked for",
        "outpace prove outpace/fix-0.27.0",
    )


def test_no_code_is_asked_for_where_a_larger_upgrade_is_proved() -> None:
    kept = history(
        proposed(upgrade(SMALL, "0.27.0")),
        kept_proof(proof(SMALL, REFUTED, RED)),
        proposed(upgrade(LARGE, "0.28.0")),
        kept_proof(proof(LARGE, Proved())),
    )
    with pytest.raises(NotFound) as told:
        for_upgrade(kept, "PYSEC-2023-83", frozenset(IDS), PATHS)
    assert told.value.message == "outpace/fix-0.28.0 is proved, so no code is asked for"


def test_an_upgrade_of_a_base_that_has_moved_on_is_not_asked_about() -> None:
    newer = structs.replace(upgrade(LARGE, "0.27.1"), base=SMALL)
    kept = history(
        proposed(upgrade("e" * 40, "0.27.0")),
        kept_proof(proof("e" * 40, REFUTED, RED)),
        proposed(newer),
        kept_proof(proof(LARGE, REFUTED, RED, base=SMALL)),
    )
    task = for_upgrade(kept, "PYSEC-2023-83", frozenset(IDS), PATHS)
    assert (task.base, task.before) == (LARGE, SMALL)


def test_an_upgrade_that_was_never_proposed_is_to_be_proposed_first() -> None:
    with pytest.raises(NotFound) as told:
        for_upgrade(history(), "PYSEC-2023-83", frozenset(IDS), PATHS)
    assert told.value.message == "no upgrade for PYSEC-2023-83 was proposed yet"


def test_code_on_top_of_an_upgrade_is_that_upgrade_on_a_branch_of_the_task() -> None:
    change = upgrade(SMALL, "0.27.0")
    task = Task(kind="upgrade", goal="g", editable=("a.py",), base=SMALL)
    on_top = on_top_of(history(proposed(change)), task, LARGE)
    assert (on_top.base, on_top.revision, on_top.branch) == (BASE, LARGE, branch_of(task))
    assert (on_top.fixes, on_top.moves) == (change.fixes, change.moves)
    with pytest.raises(NotFound):
        on_top_of(history(), task, LARGE)


TASK = Task(goal="read() stays in its folder", editable=("notes.py",), base=BASE)


def test_the_message_of_a_commit_says_what_for_what_was_checked_and_who_proposed_it() -> None:
    checks = [Check(name=name, result=Passed()) for name in ("shape", "parses")]
    checks.append(Check(name="finding gone", result=Skipped("no analyzer is declared")))
    said = message_of(TASK, proof(SMALL, Proved(), *checks), Way(proposer="agent", by="tidy 1.0"))
    assert said == (
        "read() stays in its folder\n\nread() stays in its folder.\n\nChecked in the sandbox: shape, parses.\n\n"
        f"Task: {TASK.id}\nProof: {'f' * 16}\nProposed-by: agent tidy 1.0\n"
    )
    assert branch_of(TASK) == f"outpace/{TASK.id}"


SUBJECTS = {
    "upgrade": (
        Task(kind="upgrade", goal="g", editable=(), advisories=IDS),
        "Make the code work with the fix of PYSEC-2023-83, CVE-2023-29159",
    ),
    "test": (Task(kind="test", goal="g", editable=(), subject=("a.py::f",)), "Test a.py::f"),
    "mend": (Task(kind="mend", goal="g", editable=(), subject=("test_a.py::b",)), "Mend test_a.py::b"),
    "long": (Task(goal="g" * 100, editable=()), "g" * 72),
}


@pytest.mark.parametrize(("task", "subject"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_the_subject_of_the_commit_says_the_kind_within_72_characters(task: Task, subject: str) -> None:
    assert message_of(task).splitlines()[0] == subject


def test_neither_a_goal_nor_a_model_s_name_adds_a_trailer_to_the_commit() -> None:
    forging = "x\n\nFixes: CVE-2020-1\nMoves: a 1 -> 2\u2028Fixes: CVE-2020-2"
    said = message_of(Task(goal=forging, editable=()), proof(SMALL, Proved()), Way(proposer="model", by=forging))
    assert [line for line in said.splitlines() if line.startswith(("Fixes:", "Moves:"))] == []


def judged(patches: Iterable[str], task: Task = TASK) -> History:
    return history(*(noted_proposal(task, proof(SMALL, REFUTED), Way(by=patch), digest=patch) for patch in patches))


def test_so_many_different_changes_are_judged_for_a_task_and_no_more() -> None:
    with pytest.raises(Refused) as told:
        check_attempts(judged(["1", "2", "3"]), TASK, "4", most=3)
    assert told.value.message == f"3 proposals for {TASK.id} were judged already, and 3 is the most"


@pytest.mark.parametrize(("patches", "digest"), [(["1", "2"], "3"), (["1", "2", "3"], "2"), (["1", "", "2"], "3")])
def test_the_same_change_again_and_what_came_to_nothing_count_for_no_more(patches: list[str], digest: str) -> None:
    assert check_attempts(judged(patches), TASK, digest, most=3) is None
    assert check_attempts(judged(["1", "2", "3"], Task(goal="another", editable=())), TASK, "4", most=3) is None


def test_an_attempt_that_is_kept_twice_is_one_and_another_proposer_s_is_another() -> None:
    of = proof(SMALL, REFUTED, RED)
    way = Way(proposer="model", by="m", origin="recorded", request="r", spent=Spent(seconds=2.0, cost_usd=0.5))
    one = noted_proposal(TASK, of, way, digest="p", revision="")
    assert one.body == ProposalJudged(
        task=TASK.id,
        task_kind="code-fix",
        proposer="model",
        by="m",
        origin="recorded",
        request="r",
        patch="p",
        conclusion=REFUTED,
        checks=(RED,),
        spent=Spent(seconds=2.0, cost_usd=0.5),
    )
    facts = [each.fact("shop", NOON) for each in (one, noted_proposal(TASK, of, way, digest="p"))]
    other = noted_proposal(TASK, of, Way(proposer="agent"), digest="p").fact("shop", NOON)
    assert facts[0].digest == facts[1].digest != other.digest
