"""A proposal that was judged before gets the same answer, and an answer is found again by its handle."""

from __future__ import annotations

from outpace.app.climb_findings import Analysis
from outpace.app.judge import proof_digest
from outpace.model.errors import NotFound
from outpace.model.fact import Fact, digest_of
from outpace.model.proof import Undecided
from outpace.proving.ladder.patch import Patch
from outpace.proving.tasks import Task
from outpace.stories.history import History
from outpace.stories.kinds import ProposalJudged

SHORT = 12


def judged_before(
    history: History, task: Task, patch: Patch, analysis: Analysis | None = None
) -> ProposalJudged | None:
    """By the ladder as it is now; what was undecided is judged again, since what was missing may be there now."""
    digest, proof = digest_of("patch", patch), proof_digest(task, patch, analysis)
    asked = [(fact, body) for fact, body in history.all(ProposalJudged) if (body.task, body.patch) == (task.id, digest)]
    found = [body for fact, body in asked if _rests_on(fact, body, proof)]
    return found[-1] if found and not isinstance(found[-1].conclusion, Undecided) else None


def _rests_on(fact: Fact, body: ProposalJudged, proof: str) -> bool:
    """What a fact was derived from is in its digest: an older ladder gave another one."""
    inputs = (body.task, body.patch, body.proposer, body.by, body.request, proof, body.revision)
    return fact.digest == digest_of(*inputs)


def handle_of(fact_or_task: str, patch: str) -> str:
    """Of an attempt: short, and the same for whoever asks."""
    return f"proof-{digest_of(fact_or_task, patch)[:SHORT]}"


def by_handle(history: History, handle: str) -> ProposalJudged:
    """The last word on it. Raises NotFound."""
    found = [body for _, body in history.all(ProposalJudged) if handle_of(body.task, body.patch) == handle]
    if not found:
        raise NotFound(f"there is no {handle} here", hint="prove_change gives such a handle with its answer")
    return found[-1]
