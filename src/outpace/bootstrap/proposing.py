"""The proposers of a task in their order, what they may spend, and what becomes of a proposal that is proved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct, structs

from outpace.model.errors import UsageError

if TYPE_CHECKING:
    from outpace.app.judge import Candidate
    from outpace.app.propose import Attempt, Proposed
    from outpace.app.task_book import Way
    from outpace.bootstrap.judging import JudgePlace
    from outpace.engines.language_model import DryRun
    from outpace.model.proof import Proof
    from outpace.model.proposers import ProposerBudget
    from outpace.proving.proposing.budget import Booking
    from outpace.proving.proposing.ports import NoProposal, Proposer
    from outpace.proving.tasks import Task

NAMES = ("template", "recorded", "agent", "model")
IN_CONFIGURATION = {
    "agent": '[proposers.agent] with command = ["PROGRAM", "ARGUMENT"]; docs/agents.md has those of known agents',
    "model": '[proposers.model] with name = "openai:MODEL", base_url = "http://127.0.0.1:11434/v1", '
    'send = ["src/**"]; docs/models.md says what leaves',
}
SEE_SERVER = (
    "see that it runs and that `base_url` of [proposers.model] in outpace.toml leads to it; nothing was sent, and no "
    "attempt is counted"
)
RECORDS = "model-answers.jsonl"
LARGEST_TASK = 1 << 20


class Wanted(Struct, frozen=True, kw_only=True):
    """What the options of `outpace propose` say."""

    only: str | None = None
    attempts: int | None = None
    offline: bool = False


@runtime_checkable
class Checked(Protocol):
    """A proposer that can tell before anybody is asked that what is said of it cannot be."""

    def check(self) -> None:
        """Raises BadConfiguration or BadInput."""
        ...


def proposers(here: JudgePlace, task: Task, wanted: Wanted) -> tuple[Proposer, ...]:
    """Those that are there, by cost and trust. Raises UsageError for one that is not declared, or not as it can be."""
    found = {each.name: each for each in _all(here, task, offline=wanted.offline)}
    if wanted.only is not None and wanted.only not in found:
        raise _not_there(task, wanted)
    chosen = tuple(each for name, each in found.items() if wanted.only in (None, name))
    for each in chosen:
        if isinstance(each, Checked):
            each.check()
    return chosen


def left_out(here: JudgePlace, wanted: Wanted) -> tuple[str, ...]:
    """Who is declared, and not asked since nobody is to be."""
    declared = here.setup.configuration.proposers
    named = {"agent": declared.agent, "model": declared.model}
    return tuple(name for name, each in named.items() if wanted.offline and each is not None)


def _not_there(task: Task, wanted: Wanted) -> UsageError:
    """What is to be done so that it is."""
    match wanted.only:
        case "template":
            return UsageError(
                f"a task of kind {task.kind} has no template: tests and mends have one",
                hint=f"work from the brief, {by_hand(task)}; or ask --with agent or --with model",
            )
        case "agent" | "model" as name if wanted.offline:
            return UsageError(f"--offline asks no {name}", hint="leave out one of the two")
        case "agent":
            return UsageError(
                "outpace.toml declares no agent, so there is none to ask",
                hint=f"write into it {IN_CONFIGURATION['agent']}",
            )
        case "model" | "recorded" as name:
            whose = "" if name == "model" else ", whose answers could be on record"
            return UsageError(
                f"outpace.toml declares no model{whose}, so there is none to ask",
                hint=f"write into it {IN_CONFIGURATION['model']}",
            )
        case other:
            return UsageError(f"there is no proposer {other!r}", hint=f"there are {', '.join(NAMES)}: --with template")


def by_hand(task: Task) -> str:
    return f"outpace task {task.id}, then outpace prove --task {task.id}"


def raise_budget(task: Task) -> str:
    """What to do where it is spent."""
    from outpace.bootstrap.templates import OF_TEMPLATES

    other = (
        "ask --with template, which costs nothing" if task.kind in OF_TEMPLATES else f"go on yourself: {by_hand(task)}"
    )
    return f"raise it in [proposers.budget] of outpace.toml, or {other}"


def _all(here: JudgePlace, task: Task, *, offline: bool) -> Iterator[Proposer]:
    from outpace.bootstrap.templates import OF_TEMPLATES, Templates

    declared = here.setup.configuration.proposers
    if task.kind in OF_TEMPLATES:
        yield Templates(here, task)
    if declared.model is not None:
        from outpace.engines.model_records import RecordedAnswers

        yield RecordedAnswers(config=declared.model, records=(records(here),))
    if declared.agent is not None and not offline:
        from outpace.engines.agent_command import Agent

        home = Path(os.environ.get("HOME", "/nonexistent"))
        yield Agent(declared.agent, environ=here.environ, home=home, report=here.report, project=here.built)
    if declared.model is not None and not offline:
        from outpace.engines.language_model import LanguageModel

        yield LanguageModel(config=declared.model, records=records(here), report=here.report)


def records(here: JudgePlace) -> Path:
    return here.workplace.places.state / RECORDS


def budget(here: JudgePlace, wanted: Wanted) -> ProposerBudget:
    declared = here.setup.configuration.proposers.budget
    return declared if wanted.attempts is None else structs.replace(declared, attempts=wanted.attempts)


class Booked:
    """Implements `app.propose.Books` by facts; a day's cost is that of every application that keeps its facts there."""

    def __init__(self, here: JudgePlace) -> None:
        self._here = here

    def booked(self) -> tuple[Booking, ...]:
        """What was settled stands for what was reserved of it."""
        from outpace.stories.kinds import AttemptBooked, body_of

        facts = self._here.facts
        found: dict[tuple[str, int], Booking] = {}
        for subject in facts.subjects():
            for fact in facts.of(subject, AttemptBooked.KIND):
                body = body_of(fact)
                if isinstance(body, AttemptBooked):
                    key = (body.booking.task, body.booking.number)
                    if key not in found or body.booking.settled:
                        found[key] = body.booking
        return tuple(found.values())

    def book(self, booking: Booking) -> None:
        from outpace.stories.keeping import Noted
        from outpace.stories.kinds import AttemptBooked

        noted = Noted(AttemptBooked(booking=booking), (booking.task, booking.number, booking.settled))
        self._here.facts.add([noted.fact(self._here.subject, booking.at)])


def proposed(here: JudgePlace, task: Task, wanted: Wanted) -> Proposed:
    """Asks them in their order, and judges what they propose. Raises Refused where it could be put on no branch."""
    from outpace.app.judge import LADDERS
    from outpace.app.propose import Hands, propose
    from outpace.app.task_book import message_of
    from outpace.bootstrap.verdict import judged
    from outpace.formats import task as formats
    from outpace.model.proof import Proved
    from outpace.model.times import now

    ladder = LADDERS[task.kind]
    asked = proposers(here, task, wanted)
    tip_of_ours(here, task)

    def judge(candidate: Candidate, way: Way) -> Proof:
        def revision(proof: Proof) -> str:
            is_proved = isinstance(proof.conclusion, Proved)
            return here.commit(task, candidate.patch, message_of(task, proof, way)) if is_proved else ""

        return judged(here, task, candidate, way, revision=revision)

    hands = Hands(
        patched=lambda diff: here.from_diff(task, diff),
        judged=judge,
        nothing=lambda answer, way: _keep_nothing(here, task, answer, way),
        books=Booked(here),
        now=now,
        report=here.report,
    )
    return propose(
        task,
        asked,
        tree=without_tasks(here.tree_of(task.base)),
        brief=formats.brief(task, ladder),
        brief_json=formats.answer(task, ladder),
        budget=budget(here, wanted),
        hands=hands,
    )


def check_asked(found: Proposed) -> None:
    """Where nobody could be asked that is declared, that is an error and no answer. Raises Refused, BadConfiguration,
    Unreachable, ToolMissing, Unconfined."""
    from outpace.model.errors import BadConfiguration, Refused, ToolMissing, Unconfined, Unreachable

    if found.asked:
        return
    if found.exceeded:
        raise Refused(f"nobody was asked: {found.exceeded}", hint=raise_budget(found.task))
    for each in reversed(found.attempts):
        match each.absent:
            case "not configured":
                page = "agents" if each.way.proposer == "agent" else "models"
                raise BadConfiguration(f"nobody was asked: {each.why}", hint=f"docs/{page}.md has an annotated example")
            case "unreachable":
                raise Unreachable(f"nobody was asked: {each.why}", hint=SEE_SERVER)
            case "not installed":
                raise ToolMissing(
                    f"nobody was asked: {each.why}", hint="docs/agents.md has the commands of known agents"
                )
            case "no sandbox":
                raise Unconfined(f"nobody was asked: {each.why}", hint="docs/agents.md says what an agent needs")
            case "no answer" | None:
                continue


def without_tasks(tree: Path) -> Path:
    """Files that say a task hold what is held out of its brief: a proposer sees none of them."""
    import msgspec

    from outpace.proving.tasks import Task

    for path in tree.rglob("*.toml"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST_TASK:
            try:
                msgspec.toml.decode(path.read_bytes(), type=Task)
            except (msgspec.DecodeError, ValueError):
                continue
            path.unlink()
    return tree


def _keep_nothing(here: JudgePlace, task: Task, answer: NoProposal, way: Way) -> None:
    """Nothing came of it, and it counts: by its time, since two of them may be alike."""
    from outpace.model.proof import Undecided
    from outpace.model.times import now
    from outpace.stories.keeping import Noted
    from outpace.stories.kinds import ProposalJudged

    at = now()
    body = ProposalJudged(
        task=task.id,
        task_kind=task.kind,
        proposer=way.proposer,
        by=way.by,
        origin=way.origin,
        request=way.request,
        conclusion=Undecided(f"nothing was proposed: {answer.why}"),
        spent=way.spent,
        vulnerabilities=task.advisories,
    )
    here.facts.add([Noted(body, (task.id, way.proposer, at)).fact(here.subject, at)])


def tip_of_ours(here: JudgePlace, task: Task) -> str | None:
    """Where the branch of the task stands, if it does. Raises Refused where it is checked out, or is at a commit that
    no proposal of this machine's record made: a commit on top of one of ours is somebody else's too."""
    from outpace.app.task_book import PERSON, branch_of
    from outpace.model.errors import Refused
    from outpace.stories.history import History
    from outpace.stories.kinds import ProposalJudged

    branch = branch_of(task)
    tip = here.repository.resolve(f"refs/heads/{branch}")
    if tip is None:
        return None
    if f"refs/heads/{branch}" in here.repository.checked_out():
        raise Refused(f"{branch} is checked out and is not moved", hint="git switch to another branch, and run again")
    judged = History(here.facts.of(here.subject)).all(ProposalJudged)
    if tip not in {body.revision for _, body in judged if body.task == task.id and body.proposer != PERSON}:
        raise Refused(
            f"the branch {branch} is somebody else's: outpace has no record that it made {tip[:12]}, where it stands. "
            "Nothing was changed",
            hint=f"look at it with git log {branch}, keep it with git branch -m {branch} ANOTHER, and run again",
        )
    return tip


def landed(here: JudgePlace, task: Task, attempt: Attempt) -> str:
    """Puts what is proved on a branch of its own, and gives its name; of an upgrade, `outpace respond` goes on with it.

    No branch that is checked out or somebody else's is moved, and nothing is pushed. Raises Refused."""
    from outpace.app.task_book import branch_of, message_of

    assert attempt.patch is not None
    assert attempt.proof is not None
    revision = here.commit(task, attempt.patch, message_of(task, attempt.proof, attempt.way))
    branch = branch_of(task)
    here.repository.create_branch(branch, revision, tip_of_ours(here, task))
    if task.kind == "upgrade":
        _told_of_upgrade(here, task, attempt.proof, attempt.way.proposer, revision)
    return branch


def _told_of_upgrade(here: JudgePlace, task: Task, proof: Proof, proposer: str, revision: str) -> None:
    """So that the story lands it as any other change that is proved."""
    from outpace.app.task_book import on_top_of
    from outpace.model.times import now
    from outpace.stories import keeping

    change = structs.replace(on_top_of(here.history, task, revision), proposer=proposer)
    world, at = here.workplace.world, now()
    proof = structs.replace(proof, base=change.base, revision=revision)
    found = tuple(
        {each.vulnerability.ids: each.vulnerability for each in world.matched(change.base).exposures}.values()
    )
    concerned = tuple(each for each in found if each.ids & set(change.fixes))
    ids = keeping.all_ids(change.fixes, (each.ids for each in concerned))
    kept = [keeping.of_change(change, concerned)]
    locks = world.locks(revision)
    kept += keeping.of_proof(proof, ids, concerned, locks=locks, probes=here.workplace.setup.probes, now=at)
    here.facts.add([each.fact(here.subject, at) for each in kept])


def dry_run(here: JudgePlace, task: Task) -> DryRun:
    """What the model would be sent, first of all. Raises UsageError where none is declared."""
    from outpace.app.judge import LADDERS
    from outpace.app.propose import asked_of
    from outpace.engines.language_model import LanguageModel
    from outpace.formats import task as formats

    declared = here.setup.configuration.proposers.model
    if declared is None:
        raise UsageError(
            "outpace.toml declares no model, so nothing would be sent",
            hint=f"write into it {IN_CONFIGURATION['model']}",
        )
    ladder = LADDERS[task.kind]
    brief, brief_json = formats.brief(task, ladder), formats.answer(task, ladder)
    asked = asked_of(task, without_tasks(here.tree_of(task.base)), brief, brief_json)
    return LanguageModel(config=declared, records=records(here), report=here.report).dry_run(asked)
