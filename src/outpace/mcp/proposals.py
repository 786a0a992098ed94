"""The tools that ask for work to be judged: a task's brief, and the proof of a change for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.mcp import offered
from outpace.mcp.exposed import inside
from outpace.mcp.runs import Runs
from outpace.model.errors import BadInput
from outpace.model.fact import digest_of

if TYPE_CHECKING:
    from outpace.bootstrap.judging import JudgePlace
    from outpace.bootstrap.testing import Asked
    from outpace.formats.task import TaskV1
    from outpace.model.proof import Check, Conclusion
    from outpace.proving.ladder.patch import Patch
    from outpace.proving.tasks import Task

RUN = "run-"
PROOF = "proof-"


class Running(Struct, frozen=True, kw_only=True):
    handle: str
    next: str
    state: Literal["running"] = "running"


class CheckRow(Struct, frozen=True, kw_only=True):
    name: str
    result: str
    text: str
    would_settle: str = ""


class Judged(Struct, frozen=True, kw_only=True):
    """`reason` is the first check that failed or is undecided, in a sentence. `handle` is for explain."""

    state: Literal["proved", "refuted", "undecided"]
    task: str
    reason: str
    would_settle: str
    passed: tuple[str, ...]
    tries_left: int
    handle: str
    applied: bool = False


class Proposals:
    """One proof at a time; the same question is answered from what is on record."""

    def __init__(self, cwd: Path, asked: Asked, *, report: Callable[[str], None], runs: Runs[object]) -> None:
        self._cwd = cwd
        self._asked = asked
        self._report = report
        self._runs = runs

    def task(self, named: str) -> object:
        """Its brief; where it must be made first, that may take long. Raises NotFound, BadInput, UsageError."""
        from outpace.bootstrap.judging import judge_place

        if named.endswith(".toml"):
            with judge_place(self._cwd, self._asked, report=self._report) as here:
                _check_committed(here, self._cwd, named)
        found = self._runs.ask(f"{RUN}{digest_of('task', named)[:12]}", lambda: self._made(named))
        return found or Running(handle=named, next="ask for the same task again")

    def _made(self, named: str) -> TaskV1:
        from outpace.app.judge import LADDERS
        from outpace.bootstrap.judging import judge_place
        from outpace.bootstrap.tasks import task_of
        from outpace.formats.task import of

        with judge_place(self._cwd, self._asked, report=self._report) as here:
            task = task_of(here, named)
            return of(task, LADDERS[task.kind])

    def prove(self, asked: offered.ProveChange, by: str) -> object:
        """Raises NotFound, BadInput, Refused, and what judging raises."""
        if asked.handle:
            if asked.handle.startswith(PROOF):
                return self.recorded(asked.handle)
            return self._runs.again(asked.handle) or _running(asked.handle)
        if not asked.task_id or not asked.diff.strip():
            raise BadInput(
                "a proof needs a task and a diff", hint="task gives a task's id; the diff is one that git diff writes"
            )
        handle = f"{RUN}{digest_of('proof', asked.task_id, asked.diff)[:12]}"
        return self._runs.ask(handle, lambda: self._judged(asked, by)) or _running(handle)

    def recorded(self, handle: str) -> dict[str, object]:
        """Every check of a proof that was made before. Raises NotFound."""
        from outpace.app.judged_before import by_handle
        from outpace.bootstrap.judging import judge_place

        with judge_place(self._cwd, self._asked, report=self._report) as here:
            body = by_handle(here.history, handle)
        state, reason, settle = _concluded(body.conclusion)
        rows = tuple(map(_row, body.checks))
        return {"state": state, "task": body.task, "reason": reason, "would_settle": settle, "checks": rows}

    def _judged(self, asked: offered.ProveChange, by: str) -> Judged:
        from outpace.app.judge import Candidate
        from outpace.app.judged_before import judged_before
        from outpace.app.task_book import Way, check_attempts, found
        from outpace.bootstrap.judging import judge_place
        from outpace.bootstrap.verdict import judged

        with judge_place(self._cwd, self._asked, report=self._report) as here:
            task = found(here.history, asked.task_id)
            patch = here.from_diff(task, _whole(asked.diff))
            known = judged_before(here.history, task, patch, here.analysis(task))
            if known is not None:
                return _told(here, task, patch, known.conclusion, known.checks)
            _ = here.tier  # an agent's change never runs without a sandbox
            candidate = Candidate(patch=patch, name=f"diff-{digest_of('patch', patch)[:7]}")
            check_attempts(here.history, task, candidate.digest)
            proof = judged(here, task, candidate, Way(proposer="agent", by=by))
            del here.history
            return _told(here, task, patch, proof.conclusion, proof.checks)


def _whole(diff: str) -> bytes:
    """Its last line often comes without its end."""
    return (diff if diff.endswith("\n") else f"{diff}\n").encode("utf-8", "replace")


def _check_committed(here: JudgePlace, cwd: Path, named: str) -> None:
    """A task says by what a change is judged: through this door it is one that is in the repository's history, and not
    one that was written a moment ago by whoever will be judged."""
    path = inside(here.root, cwd, named).relative_to(here.root.resolve()).as_posix()
    if here.repository.read(here.repository.head(), path) != (here.root / path).read_bytes():
        raise BadInput(
            f"{named} is not committed as it lies here", hint="a person commits the tasks that agents work on"
        )


def _running(handle: str) -> Running:
    return Running(handle=handle, next="call prove_change again with this handle alone")


def _told(here: JudgePlace, task: Task, patch: Patch, conclusion: Conclusion, checks: tuple[Check, ...]) -> Judged:
    from outpace.app.judged_before import handle_of
    from outpace.app.task_book import judged_patches
    from outpace.model.proof import Passed
    from outpace.proving.tasks import PROOFS

    state, reason, settle = _concluded(conclusion)
    return Judged(
        state=state,
        task=task.id,
        reason=reason,
        would_settle=settle,
        passed=tuple(check.name for check in checks if isinstance(check.result, Passed)),
        tries_left=max(0, PROOFS - len(judged_patches(here.history, task))),
        handle=handle_of(task.id, digest_of("patch", patch)),
    )


def _concluded(conclusion: Conclusion) -> tuple[Literal["proved", "refuted", "undecided"], str, str]:
    from outpace.model.proof import Proved, Refuted, Undecided

    match conclusion:
        case Proved():
            return "proved", "", ""
        case Refuted(reason):
            return "refuted", reason, ""
        case Undecided(missing, would_settle):
            return "undecided", missing, would_settle


def _row(check: Check) -> CheckRow:
    from outpace.model.proof import CheckUndecided, Failed, Passed, Skipped

    match check.result:
        case Passed(evidence):
            return CheckRow(name=check.name, result="passed", text=evidence)
        case Failed(evidence):
            return CheckRow(name=check.name, result="failed", text=evidence)
        case CheckUndecided(missing, would_settle):
            return CheckRow(name=check.name, result="undecided", text=missing, would_settle=would_settle)
        case Skipped(because):
            return CheckRow(name=check.name, result="skipped", text=because)
