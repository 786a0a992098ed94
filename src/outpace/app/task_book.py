"""Tasks: how one is made from what is asked for, found again, and what is kept of proposals for it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import msgspec
from msgspec import Struct, structs

from outpace.ecosystems.spelling import printable
from outpace.model.change import Change
from outpace.model.errors import BadInput, NotFound, Refused
from outpace.model.proof import Passed, Proof, Proved, Refuted
from outpace.proving.ladder.without_task import unknown_power
from outpace.proving.proposing.ports import Origin, Spent
from outpace.proving.tasks import PROOFS, Task
from outpace.stories.history import History
from outpace.stories.keeping import Noted
from outpace.stories.kinds import ProposalJudged, TaskGiven
from outpace.testing.mutants.targets import product

TEST_LINES, UPGRADE_LINES, MEND_LINES = 120, 200, 60
RED_SHOWN, KNOWN = 10, 5
PERSON = "person"
SUBJECTS = {
    "test": 'subject = ["src/shop/prices.py::total"]',
    "mend": 'subject = ["tests/test_prices.py::test_total"]',
}


class Way(Struct, frozen=True, kw_only=True):
    """How a proposal came to be."""

    proposer: str = PERSON
    by: str = ""
    origin: Origin = "live"
    request: str = ""
    spent: Spent = Spent()


def given(history: History) -> dict[str, Task]:
    """By id, the newest last."""
    return {body.task.id: body.task for _, body in history.all(TaskGiven)}


def found(history: History, named: str) -> Task:
    """By its id, or the start of one. Raises NotFound."""
    tasks = given(history)
    fitting = [each for name, each in tasks.items() if name == named or name.startswith((named, f"task-{named}"))]
    if len(fitting) != 1 or not named:
        several = [each.id for each in fitting] if named else []
        known = ", ".join((several or list(tasks))[-KNOWN:]) or "none was given yet"
        raise NotFound(
            f"{named} may be {len(several)} tasks" if several else f"there is no task {named or repr(named)}",
            hint=f"known here: {known}; outpace task makes one from an advisory, a function, a test or a file",
        )
    return fitting[0]


def from_file(content: bytes, name: str, base: str) -> Task:
    """A task that somebody wrote, of the commit `base`. Raises BadInput."""
    try:
        task = msgspec.toml.decode(content, type=Task)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput(f"{name} is no task: {error}", hint="docs/tasks.md shows what a task holds") from error
    if wrong := _wrong_with(task):
        raise BadInput(f"{name} is no task: {wrong}", hint="docs/tasks.md shows what a task holds")
    if task.kind == "upgrade" or (task.kind == "mend" and not task.before):
        raise BadInput(
            f"a task of kind {task.kind} cannot be written in {name}",
            hint="outpace task ADVISORY makes one of an upgrade, outpace task TEST_ID one of a red test",
        )
    if task.kind in ("test", "mend") and not task.subject:
        raise BadInput(f"{name} is no task: `subject` says of what the {task.kind} is", hint=SUBJECTS[task.kind])
    if not task.editable and not task.created:
        raise BadInput(f"{name} lets nothing be edited", hint='editable = ["src/**/*.py"]')
    return structs.replace(task, base=task.base or base)


def _wrong_with(task: Task) -> str:
    """What could not be tried, in words."""
    given = [("witnesses", each.setup, each.does) for each in task.witnesses]
    given += [("benign", each.setup, each.does) for each in task.benign]
    given += [("siblings", "", each) for each in task.siblings]
    for where, setup, does in given:
        try:
            ast.parse(setup)
            ast.parse(does, mode="eval")
        except (SyntaxError, ValueError, RecursionError) as error:
            return f"{does!r} of its {where} cannot be read: {error}"
    if task.analyzer and not (task.rule and task.kind == "code-fix"):
        return f"analyzer = {task.analyzer!r} is of a code-fix with the `rule` that it finds"
    if task.finding and not task.analyzer:
        return f"finding = {task.finding!r} does not say which `analyzer` tells it"
    for power in task.granted:
        if why := unknown_power(power):
            return f"{power!r} of its `granted` is no power: {why}"
    outside = next((each.path for each in task.room if not is_plain_path(each.path)), None)
    if outside is not None:
        return f"{outside!r} of its room leads out of the room"
    return f"lines = {task.lines} lets nothing be changed" if task.lines < 1 else ""


def is_plain_path(path: str) -> bool:
    return bool(path) and not path.startswith("/") and ".." not in path.split("/")


def for_test(
    path: str, function: str, *, base: str, evidence: Iterable[str], tests: str, functions: Iterable[str] = ()
) -> Task:
    """Of a function whose mutants live, or of a class with its `functions`."""
    subject = f"{path}::{function}" if function else path
    stem = (function or path.removesuffix(".py").rpartition("/")[2]).replace(".", "_").strip("_").lower()
    return Task(
        kind="test",
        goal=f"A test that notices what the tests of {subject} let pass",
        editable=(),
        created=(f"{tests}/test_gap_*.py", f"{tests}/test_{stem}_*.py"),
        lines=TEST_LINES,
        context=(path,),
        subject=tuple(f"{path}::{each}" for each in functions) or (subject,),
        evidence=tuple(evidence),
        base=base,
    )


def for_mend(tests: tuple[str, ...], *, base: str, before: str, evidence: Iterable[str]) -> Task:
    files = tuple(dict.fromkeys(test.partition("::")[0] for test in tests))
    return Task(
        kind="mend",
        goal=f"{', '.join(tests)} green again, and as able to notice faults as before",
        editable=files,
        lines=MEND_LINES,
        subject=tests,
        evidence=tuple(evidence),
        base=base,
        before=before,
    )


def for_upgrade(history: History, advisory: str, ids: frozenset[str], paths: Iterable[str]) -> Task:
    """Of the smallest upgrade of the newest base, which the suite refuted. Raises NotFound."""
    changes = history.changes(ids)
    asked = [(each, history.last_proof(each.base, each.revision)) for each in changes if each.base == changes[-1].base]
    proved = next((each for each, proof in asked if proof and isinstance(proof.conclusion, Proved)), None)
    if proved is not None:
        raise NotFound(f"{proved.branch} is proved, so no code is asked for", hint="outpace respond goes on with it")
    for change, proof in asked:
        if proof is None or not isinstance(proof.conclusion, Refuted):
            continue
        red = tuple(test for check in proof.checks for test in check.red)
        moves = ", ".join(f"{move.package.name} {move.before} to {move.after}" for move in change.moves)
        return Task(
            kind="upgrade",
            goal=f"The code works with the upgrade that fixes {', '.join(change.fixes)}: {moves}",
            editable=product(paths),
            lines=UPGRADE_LINES,
            advisories=change.fixes,
            evidence=(proof.conclusion.reason, *(f"{test} is red with the upgrade" for test in red[:RED_SHOWN])),
            base=change.revision,
            before=change.base,
        )
    if changes:
        raise NotFound(
            f"no upgrade for {advisory} was refuted, so no code is asked for",
            hint=f"outpace prove {changes[-1].branch}",
        )
    raise NotFound(f"no upgrade for {advisory} was proposed yet", hint=f"outpace fix {advisory}, then outpace prove")


def on_top_of(history: History, task: Task, revision: str) -> Change:
    """The change of the upgrade with code on top of it. Raises NotFound."""
    change = history.proposed(task.base)
    if change is None:
        raise NotFound(f"the upgrade {task.base[:12]} of {task.id} is not on record here", hint="outpace fix")
    return structs.replace(change, revision=revision, branch=branch_of(task))


def branch_of(task: Task) -> str:
    return f"outpace/{task.id}"


def message_of(task: Task, proof: Proof | None = None, way: Way | None = None) -> str:
    """Of the commit that holds the change: what for, by whom, and what was checked."""
    lines = [_one_line(_subject(task))[:72], "", _one_line(task.goal) + "."]
    if proof is not None:
        passed = [check.name for check in proof.checks if isinstance(check.result, Passed)]
        lines += ["", f"Checked in the sandbox: {', '.join(passed)}."]
    lines += ["", f"Task: {task.id}"]
    if task.advisories:
        lines.append(f"Fixes: {', '.join(task.advisories)}")
    if proof is not None:
        lines.append(f"Proof: {proof.digest[:16]}")
    if way is not None:
        lines.append(f"Proposed-by: {_one_line(f'{way.proposer} {way.by}')}")
    return "\n".join(lines) + "\n"


def _subject(task: Task) -> str:
    match task.kind:
        case "upgrade":
            return f"Make the code work with the fix of {', '.join(task.advisories)}"
        case "test":
            return f"Test {task.subject[0] if task.subject else 'what was missed'}"
        case "mend":
            return f"Mend {task.subject[0] if task.subject else 'a test'}"
        case "code-fix":
            return task.goal


def _one_line(text: str) -> str:
    """So that what a model calls itself adds no trailer."""
    return printable(" ".join(text.split()))


def noted_task(task: Task) -> Noted:
    return Noted(TaskGiven(task=task, vulnerabilities=task.advisories), (task,))


def noted_proposal(task: Task, proof: Proof, way: Way, *, digest: str, revision: str = "") -> Noted:
    """Each attempt counts once, whoever asks for the same proof again."""
    body = ProposalJudged(
        task=task.id,
        task_kind=task.kind,
        proposer=way.proposer,
        by=way.by,
        origin=way.origin,
        request=way.request,
        patch=digest,
        conclusion=proof.conclusion,
        checks=proof.checks,
        tier=proof.tier,
        spent=way.spent,
        revision=revision,
        vulnerabilities=task.advisories,
    )
    return Noted(body, (task.id, digest, way.proposer, way.by, way.request, proof.digest, revision))


def judged_patches(history: History, task: Task) -> frozenset[str]:
    """Digests of the different changes that were judged for it."""
    return frozenset(body.patch for _, body in history.all(ProposalJudged) if body.task == task.id and body.patch)


def check_attempts(history: History, task: Task, digest: str, *, most: int = PROOFS) -> None:
    """Whoever asks for many proofs of one task learns what is held out. Raises Refused."""
    asked = judged_patches(history, task)
    if digest not in asked and len(asked) >= most:
        raise Refused(
            f"{len(asked)} proposals for {task.id} were judged already, and {most} is the most",
            hint="look at what they have in common: outpace proposals; a new base makes a new task",
        )
