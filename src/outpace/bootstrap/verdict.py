"""Judges a proposal, and keeps what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.app.judge import Candidate
    from outpace.app.task_book import Way
    from outpace.bootstrap.judging import JudgePlace
    from outpace.model.proof import Proof
    from outpace.proving.tasks import Task


def judged(
    here: JudgePlace,
    task: Task,
    candidate: Candidate,
    way: Way,
    *,
    revision: Callable[[Proof], str] = lambda _: "",
) -> Proof:
    """By the ladder of the task's kind. `revision` tells the commit that holds what is judged, where there is one."""
    from outpace.app.judge import judge
    from outpace.app.task_book import noted_proposal
    from outpace.model.times import now

    proof = judge(task, candidate, here, analysis=here.analysis(task))
    noted = noted_proposal(task, proof, way, digest=candidate.digest, revision=revision(proof))
    here.facts.add([noted.fact(here.subject, now())])
    return proof
