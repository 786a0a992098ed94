"""Kinds of facts of tasks, and of what was proposed for them."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from outpace.model.proof import Check, Conclusion
from outpace.proving.proposing.budget import Booking
from outpace.proving.proposing.ports import Origin, Spent
from outpace.proving.tasks import Task


class TaskGiven(Struct, frozen=True, kw_only=True):
    """Somebody asked for a change, within limits, and said by what it will be judged."""

    KIND: ClassVar[str] = "task_given"
    VERSION: ClassVar[int] = 1
    task: Task
    vulnerabilities: tuple[str, ...] = ()


class ProposalJudged(Struct, frozen=True, kw_only=True):
    """What became of one attempt at a task; without a `patch`, nothing was proposed."""

    KIND: ClassVar[str] = "proposal_judged"
    VERSION: ClassVar[int] = 1
    task: str
    task_kind: str
    proposer: str  # upgrade, template, recorded, agent, model, or person
    by: str = ""  # name and version, model as answered, digest of the command
    origin: Origin = "live"
    request: str = ""  # digest of what was asked
    patch: str = ""  # digest of the change
    conclusion: Conclusion
    checks: tuple[Check, ...] = ()
    tier: str = ""
    spent: Spent = Spent()
    revision: str = ""  # the commit that holds it, where there is one
    vulnerabilities: tuple[str, ...] = ()


class AttemptBooked(Struct, frozen=True, kw_only=True):
    """What an attempt may take, kept before it is made; settled, what it took."""

    KIND: ClassVar[str] = "attempt_booked"
    VERSION: ClassVar[int] = 1
    booking: Booking
    vulnerabilities: tuple[str, ...] = ()
